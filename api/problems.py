"""Refusals and errors as problem details (RFC 9457): a stable code, a sentence in vi and en, never a traceback."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import orjson
import structlog
from flask import Flask, Response, g, request
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, MethodNotAllowed, RequestEntityTooLarge

from api.context import api, language, request_id
from api.validation_words import in_vietnamese
from engine.errors import InvalidInput, Refusal

PROBLEM = "application/problem+json"
log = structlog.get_logger("motcua.api")


class NoSuchAddress(Refusal):
    """There is nothing at this address."""

    code = "no-such-address"
    status = 404
    vi = "Không có gì ở địa chỉ này."
    en = "There is nothing at this address."


class WrongMethod(Refusal):
    """The address exists, the method does not."""

    code = "wrong-method"
    status = 405
    vi = "Địa chỉ này không nhận phương thức {method}; được phép: {allowed}."
    en = "This address does not take {method}; allowed: {allowed}."


class TooLarge(Refusal):
    """The upload is larger than this installation takes."""

    code = "too-large"
    status = 413
    vi = "Nội dung gửi lên quá lớn."
    en = "What was sent is too large."


class BadRequest(Refusal):
    """The request could not be understood at the level of HTTP."""

    code = "malformed-request"
    status = 400
    vi = "Yêu cầu không hợp lệ."
    en = "The request is malformed."


class Unavailable(Refusal):
    """The database does not answer; nothing was changed."""

    code = "unavailable"
    status = 503
    vi = "Hệ thống tạm thời không phục vụ được. Xin thử lại sau."
    en = "The system cannot answer at present. Please try again."


class InternalError(Refusal):
    """A fault of ours, written to the log under the request's id."""

    code = "internal-error"
    status = 500
    vi = "Hệ thống gặp lỗi; mã yêu cầu {request} giúp người quản trị tìm nguyên nhân."
    en = "The system has failed; the request id {request} lets the administrator find the cause."


def register_problems(app: Flask) -> None:
    app.register_error_handler(Refusal, refused)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _failed)


def refused(refusal: Refusal) -> Response:
    """The problem that a refusal is."""
    api().metrics.refusals.labels(refusal.code).inc()
    g.refusal = refusal.code
    return _problem(refusal)


def every_code() -> list[dict[str, Any]]:
    """All refusals that this program knows, for readers of the documentation."""
    known: dict[str, type[Refusal]] = {}
    waiting = [Refusal]
    while waiting:
        one = waiting.pop()
        known.setdefault(one.code, one)
        waiting.extend(one.__subclasses__())
    return [
        {"code": code, "status": one.status, "vi": one.vi, "en": one.en, "meaning": (one.__doc__ or "").strip()}
        for code, one in sorted(known.items())
    ]


def document(refusal: Refusal, words: str, request: str) -> dict[str, Any]:
    """What a problem says of a refusal in the language ``words``, to the request with this id."""
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


def _problem(refusal: Refusal, headers: Mapping[str, str] | None = None) -> Response:
    body = document(refusal, language(), request_id())
    response = Response(orjson.dumps(body, option=orjson.OPT_NON_STR_KEYS), refusal.status, {"Content-Type": PROBLEM})
    response.headers.update(headers or {})
    if refusal.status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="motcua"'
    if refusal.status in (429, 503) and "Retry-After" not in response.headers:
        response.headers["Retry-After"] = str(refusal.facts.get("seconds", 1))
    return response


_WORDS = frozenset({"why_vi", "why_en", "summary"})


def _sentence(refusal: Refusal, tongue: str) -> str:
    if not isinstance(refusal, InvalidInput) or not refusal.errors:
        return refusal.sentence(tongue)
    listed = "; ".join(f"{where}: {_error(what, tongue)}" for where, what in refusal.errors.items())
    return (refusal.en if tongue == "en" else refusal.vi).replace("{summary}", listed)[:4000]


def _error(what: Any, tongue: str) -> str:
    if hasattr(what, "in_"):
        return str(what.in_(tongue))
    if isinstance(what, Mapping):
        return str(what.get(tongue) or what.get("en") or what.get("vi"))
    if isinstance(what, (list, tuple)):
        return "; ".join(_error(one, tongue) for one in what)
    return in_vietnamese(str(what)) if tongue == "vi" else str(what)


def _plain(value: Any) -> Any:
    if isinstance(value, (str, int, float, bool)) or value is None:
        return value
    if hasattr(value, "vi") and hasattr(value, "en"):
        return {"vi": value.vi, "en": value.en}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(item) for item in value]
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
    return str(value)


def _http_error(error: HTTPException) -> Response:
    if isinstance(error, MethodNotAllowed):
        allowed = sorted(error.valid_methods or ())
        api().metrics.refusals.labels(WrongMethod.code).inc()
        return _problem(WrongMethod(method=request.method[:20], allowed=allowed), {"Allow": ", ".join(allowed)})
    if isinstance(error, RequestEntityTooLarge):
        return refused(TooLarge())
    if error.code == 404:
        return refused(NoSuchAddress())
    if error.code is not None and 300 <= error.code < 400:
        return Response(status=error.code, headers=dict(error.get_response().headers))
    if error.code is not None and error.code < 500:
        return refused(BadRequest())
    return _failed(error)


def _failed(error: Exception) -> Response:
    if isinstance(error, PoolTimeout | OperationalError):
        log.error("database_unavailable", exc_info=error, request=request_id())
        return refused(Unavailable())
    log.error("internal_error", exc_info=error, request=request_id(), path=request.url_rule and request.url_rule.rule)
    api().metrics.refusals.labels(InternalError.code).inc()
    return _problem(InternalError(request=request_id()))
