"""Checking a result: whoever holds a printed copy scans its QR code; who has the file compares it. Nothing is kept."""

from __future__ import annotations

from engine.queries.result_check import NoSuchResult, ResultCheck, result_check
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from server.context import served
from server.identity import Access, reading
from server.limits import REQUESTS_PER_LINK
from server.uploads import hash_of_sent
from web.pages import Pages
from web.render import render

check = Pages("check", audience="citizen")


@check.page("/kiem-tra/<token>", access=Access.PUBLIC)
def show(token: str) -> str:
    """Whether a printed result is genuine, by whom and when it was signed, and whether it still stands"""
    return render("citizen/check.html", check=_checked(token), same=None)


@check.post("/kiem-tra/<token>", access=Access.PUBLIC, again=show)
def compare(token: str) -> str:
    """Compare a file with the one that was signed: its hash is computed here, and the file is not kept"""
    found = _checked(token)
    return render("citizen/check.html", check=found, same=hash_of_sent("tep") == found.sha256)


def _checked(token: str) -> ResultCheck:
    limits = served().limits
    limits.hold(REQUESTS_PER_LINK, "check", token)
    with limits.guessing_links(NoSuchResult):
        if len(token) != 32 or not token.isascii() or not token.isalnum():
            raise NoSuchResult()
        with reading(SYSTEM_ACTOR) as unit:
            return result_check(unit, token)
