"""Refusals as pages, with the code and the sentence that the API gives, and what is possible instead."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote, urlsplit

from flask import Response, g, request
from werkzeug.exceptions import HTTPException

from engine.dossier.stale import Stale
from engine.errors import Refusal
from server.context import language, request_id
from server.identity import NoSuchLink, NotSignedIn
from server.refusals import WrongMethod
from web.addresses import own_address
from web.form_values import KEYS
from web.headers import protect
from web.language import choose_language
from web.render import render
from web.session import SecondFactorMissing

Show = Callable[[Refusal], Response]
_ELSEWHERE = ("/api/", "/docs", "/healthz", "/metrics", "/readyz")
"""Addresses of programs, which get problem details."""
_CHOSEN = frozenset({"action", "taker", "giay", "chon", "document", "kind", "then", "trong", "viec"})
"""Fields that the page filled in, or whose values are no words: a conflict sends them again as they are."""


def pages_or(problem: Show) -> Show:
    """Shows a refusal as a page to people, and by ``problem`` to programs."""

    def show(refusal: Refusal) -> Response:
        return problem(refusal) if request.path.startswith(_ELSEWHERE) else error_page(refusal)

    return show


def error_page(refusal: Refusal) -> Response:
    """The page of a refusal; the sign-in page for a visitor who is not signed in."""
    choose_language()
    if isinstance(refusal, NotSignedIn) and request.method == "GET":
        return protect(Response(status=303, headers={"Location": f"/dang-nhap?tiep={quote(_here())}"}))
    if isinstance(refusal, SecondFactorMissing) and request.method == "GET":
        return protect(Response(status=303, headers={"Location": "/tai-khoan/hai-lop"}))
    typed = _typed_fields()
    html = render(
        _template(refusal),
        code=refusal.code,
        status=refusal.status,
        sentence=refusal.sentence(language()),
        request_id=request_id(),
        method=request.method,
        before=_before(),
        typed_fields=[(name, value) for name, value in typed if name not in _CHOSEN],
        chosen_fields=[(name, value) for name, value in typed if name in _CHOSEN],
        stale=refusal.facts if isinstance(refusal, Stale) else {},
    )
    response = Response(html, refusal.status, mimetype="text/html")
    if isinstance(refusal, WrongMethod):
        response.headers["Allow"] = ", ".join(refusal.facts["allowed"])
    if refusal.status in (429, 503):
        response.headers["Retry-After"] = str(refusal.facts.get("seconds", 1))
    return protect(response)


def _template(refusal: Refusal) -> str:
    """The page for this refusal; a dossier that is not open in this browser gets the way to open it."""
    if isinstance(refusal, NoSuchLink) and request.path.startswith("/h/"):
        return "citizen/closed.html"
    return "layouts/conflict.html" if isinstance(refusal, Stale) else "layouts/error.html"


def _here() -> str:
    return request.full_path.rstrip("?")


def _before() -> str:
    """The page that a form was on, by its referrer; where to go on after signing in."""
    told = urlsplit(request.referrer or "")
    return own_address(f"{told.path}?{told.query}".rstrip("?"), "/quay") if request.referrer else "/quay"


def _typed_fields() -> list[tuple[str, str]]:
    """What was typed into the form that was refused; the hidden fields and secrets are left out.

    Nothing of a form that was never read whole: it was too large, too slow, malformed, or its connection broke.
    """
    if request.method != "POST" or g.get("refusal") == "too-large":
        return []
    try:
        form = request.form
    except (HTTPException, Refusal, OSError):
        return []
    hidden = KEYS | {"password", "present", "repeated", "otp", "sealed", "receipt_code", "tiep", "lang"}
    return [(name, value) for name, value in form.items(multi=True) if name not in hidden and value]
