"""Renders refusals as problem details (RFC 9457): a stable code, a sentence in vi and en, and the facts in it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import orjson
from flask import Response

from engine.errors import InvalidInput, Refusal
from engine.text import Text
from server.context import language, request_id
from server.refusals import WrongMethod
from server.validation_words import in_vietnamese

PROBLEM = "application/problem+json"


def problem(refusal: Refusal) -> Response:
    """The response to a refused request: ``detail`` in the language of the request, and both sentences."""
    body = document(refusal, language(), request_id())
    response = Response(orjson.dumps(body, option=orjson.OPT_NON_STR_KEYS), refusal.status, {"Content-Type": PROBLEM})
    if isinstance(refusal, WrongMethod):
        response.headers["Allow"] = ", ".join(refusal.facts["allowed"])
    if refusal.status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="motcua"'
    if refusal.status in (429, 503):
        response.headers["Retry-After"] = str(refusal.facts.get("seconds", 1))
    return response


def document(refusal: Refusal, words: str, request: str) -> dict[str, Any]:
    """The problem details of a refusal. ``words`` is the language of ``detail``, ``request`` the id of the request."""
    both = {tongue: _sentence(refusal, tongue) for tongue in ("vi", "en")}
    body: dict[str, Any] = {
        "type": f"/api/v1/problems/{refusal.code}",
        "title": refusal.code.replace("-", " ").capitalize(),
        "status": refusal.status,
        "code": refusal.code,
        "detail": both[words],
        "detail_vi": both["vi"],
        "detail_en": both["en"],
        "instance": f"urn:request:{request}",
    }
    if isinstance(refusal, InvalidInput):
        body["errors"] = {where: _error(what, words) for where, what in refusal.errors.items()}
    elif refusal.facts:
        body["facts"] = {key: _plain(value) for key, value in refusal.facts.items() if key not in _WORDS}
    return body


_WORDS = frozenset({"why_vi", "why_en", "summary"})


def _sentence(refusal: Refusal, tongue: str) -> str:
    if not isinstance(refusal, InvalidInput) or not refusal.errors:
        return refusal.sentence(tongue)
    listed = "; ".join(f"{where}: {_error(what, tongue)}" for where, what in refusal.errors.items())
    return (refusal.en if tongue == "en" else refusal.vi).replace("{summary}", listed)[:4000]


def _error(what: Any, tongue: str) -> str:
    if isinstance(what, Text):
        return what.in_(tongue)
    if isinstance(what, Mapping):
        return str(what.get(tongue) or what.get("en") or what.get("vi"))
    if isinstance(what, (list, tuple)):
        return "; ".join(_error(one, tongue) for one in what)
    return in_vietnamese(str(what)) if tongue == "vi" else str(what)


def _plain(value: Any) -> Any:
    if isinstance(value, (str, int, float, bool)) or value is None:
        return value
    if isinstance(value, Text):
        return {"vi": value.vi, "en": value.en}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(item) for item in value]
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
    return str(value)
