"""Opens a session of pages: the cookie, the language of the person, and the page that was wanted."""

from __future__ import annotations

from flask import Response, request

from engine.acts.staff.sign_in import Visit
from engine.queries.staff import administers_only, language_of
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from server import sign_in
from server.identity import reading
from web.addresses import own_address
from web.cookies import GUEST, LANGUAGE, SECOND_STEP, SESSION, end_cookie, set_cookie
from web.language import YEAR
from web.once import see_other
from web.sealed import keep_sealed
from web.session import session_hash

DESK = "/quay"
ADMINISTRATION = "/quan-tri"


def after_the_first(
    person: int, onward: str, *, way: str, checked: str | None = None, second: bool = False
) -> Response:
    """What follows the password, or the provider: the page of the code where the person has one, else the session.

    ``checked`` is the mark of the password that was right. ``second``: the provider has asked for a second factor
    already.
    """
    if second or not sign_in.factor_stands(person):
        return opened(person, onward, way=way, checked=checked)
    response = see_other("/dang-nhap/ma-xac-thuc")
    keep_sealed(response, SECOND_STEP, {"person": person, "onward": onward, "way": way, "checked": checked or ""})
    return response


def opened(person: int, onward: str, *, way: str, checked: str | None = None) -> Response:
    """A new session with a new token; the one that this browser had before ends. Raises CredentialsChanged."""
    visit = Visit(way=way, device=request.headers.get("User-Agent", ""), earlier=session_hash())
    token = sign_in.open_pages(person, visit, checked)
    response = see_other(_first_page(person, own_address(onward, DESK)))
    set_cookie(response, SESSION, token)
    end_cookie(response, GUEST)
    end_cookie(response, SECOND_STEP)
    if LANGUAGE not in request.cookies:
        with reading(SYSTEM_ACTOR) as unit:
            set_cookie(response, LANGUAGE, language_of(unit, person), seconds=YEAR)
    return response


def _first_page(person: int, onward: str) -> str:
    """Where a person begins: an administrator without an office finds nothing at the desk but zeros."""
    if onward != DESK:
        return onward
    with reading(SYSTEM_ACTOR) as unit:
        return ADMINISTRATION if administers_only(unit, person) else DESK


def closed(to: str = "/dang-nhap") -> Response:
    """The answer after signing out: the browser forgets everything of this site."""
    response = see_other(to)
    end_cookie(response, SESSION)
    response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response
