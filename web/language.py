"""The language of pages: what the visitor chose, kept in a cookie, else what the browser asks for, else Vietnamese."""

from __future__ import annotations

from flask import Response, g, request

from engine.errors import InvalidInput
from engine.text import Text
from server.context import LANGUAGES
from web.addresses import own_address
from web.cookies import LANGUAGE, set_cookie

YEAR = 365 * 24 * 3600


def choose_language() -> None:
    """Keeps the language for the rest of the request: a page asks for it with every sentence."""
    chosen = request.cookies.get(LANGUAGE)
    g.language = chosen if chosen in LANGUAGES else request.accept_languages.best_match(LANGUAGES) or "vi"


def remember_language() -> Response:
    """Keeps the language of the form in a cookie, and leads back to the page that it was chosen on."""
    chosen = request.form.get("lang", "")
    if chosen not in LANGUAGES:
        raise InvalidInput({"lang": Text("phải là vi hoặc en", "must be vi or en")})
    response = Response(status=303, headers={"Location": own_address(request.form.get("tiep", "/"))})
    set_cookie(response, LANGUAGE, chosen, seconds=YEAR)
    return response
