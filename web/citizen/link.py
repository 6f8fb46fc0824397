"""The link on receipts and in notices: it opens the dossier in this browser, and leaves the address at once.

It changes nothing: scanners of mail open links too.
"""

from __future__ import annotations

from flask import Response
from werkzeug.routing import BaseConverter

from server.identity import Access
from web.once import see_other
from web.pages import Pages
from web.session import keys_by_link, open_dossier

link = Pages("link", audience="citizen")


class Token(BaseConverter):
    """The token of a link, as ``engine.security.citizen_link`` makes it; a dossier's code is never like one."""

    regex = r"[A-Za-z0-9_\-]{32}"
    weight = 50
    part_isolating = True


@link.page("/h/<token:token>", access=Access.PUBLIC)
def enter(token: str) -> Response:
    """Swap the token for a cookie, and lead to the dossier's own address"""
    keys = keys_by_link(token)
    response = see_other(f"/h/{keys.code}")
    open_dossier(response, keys)
    return response
