"""Carries out the act of a form once: a double click, a reload, the back button and a lost connection repeat nothing.

The form carries a random key. The answer, 303 with the address of the next page, is recorded under it in the act's own
transaction (``server.once``).
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from collections.abc import Callable
from typing import TypeVar

import orjson
from flask import Response, request

from engine.dossier.case import Case
from engine.errors import InvalidInput
from engine.text import Text
from engine.transaction import UnitOfWork
from server.answer import Answer
from server.once import KeyMissing, KeyUnreadable, perform
from web.cookies import FLASH, set_cookie
from web.form_values import PROOFS

T = TypeVar("T")
_KEY = re.compile(r"[A-Za-z0-9_\-]{16,64}")
_VERSION = re.compile(r"[1-9][0-9]{0,8}")


def fresh_key() -> str:
    """A new key for a form."""
    return secrets.token_urlsafe(18)


def once(
    name: str,
    doing: Callable[[UnitOfWork], T],
    *,
    to: str | Callable[[T], str],
    done: Text | Callable[[T], Text] | None = None,
) -> Response:
    """Runs ``doing`` once for the key of the form, and leads to the page ``to``, which says ``done`` first.

    ``name`` labels the act in the metrics. Raises KeyMissing, KeyUnreadable, KeyReused, and the refusals of the act.
    """

    def answer(unit: UnitOfWork) -> Answer:
        result = doing(unit)
        where = to(result) if callable(to) else to
        said = done(result) if callable(done) else done
        about = {"code": result.code} if isinstance(result, Case) else {}
        flash = {"vi": said.vi, "en": said.en} if said is not None else None
        return Answer(303, orjson.dumps({**about, "flash": flash}), {"Location": where})

    return _redirected(perform(name, answer, form_key=_form_key()))


def see_other(to: str, done: Text | None = None) -> Response:
    """Leads to another page after a post, which says ``done`` first."""
    flash = {"vi": done.vi, "en": done.en} if done is not None else None
    return _redirected(Answer(303, orjson.dumps({"flash": flash}), {"Location": to}))


def form_version() -> int | None:
    """The version of the dossier that the form was made from; None where it names none."""
    given = request.form.get("version")
    if not given:
        return None
    if not _VERSION.fullmatch(given):
        raise InvalidInput({"version": Text("không phải phiên bản của hồ sơ", "is not a version of a dossier")})
    return int(given)


def seal_form() -> None:
    """Digests the form for the comparison of two requests with one key: everything but what varies, the CSRF token
    and a proof of who it is."""
    digest = hashlib.sha256()
    for name, value in sorted(request.form.items(multi=True)):
        if name != "csrf" and name not in PROOFS:
            digest.update(repr((name, value)).encode())
    for name, file in sorted(request.files.items(multi=True)):
        content = file.stream.read()
        file.stream.seek(0)
        digest.update(repr((name, file.filename, hashlib.sha256(content).hexdigest())).encode())
    request.environ["motcua.body_digest"] = digest.digest()


def flash_of(response_cookie: str | None) -> Text | None:
    """What the page before wanted said; None where it is missing or not readable."""
    try:
        told = orjson.loads(base64.urlsafe_b64decode((response_cookie or "").encode()))
        return Text(str(told["vi"]), str(told["en"]))
    except (ValueError, KeyError, TypeError):
        return None


def _form_key() -> str:
    key = request.form.get("key")
    if not key:
        raise KeyMissing()
    if not _KEY.fullmatch(key):
        raise KeyUnreadable()
    return key


def _redirected(given: Answer) -> Response:
    response = Response(status=303, headers={"Location": given.headers["Location"]})
    if flash := orjson.loads(given.body).get("flash"):
        set_cookie(response, FLASH, base64.urlsafe_b64encode(orjson.dumps(flash)).decode(), seconds=60)
    return response
