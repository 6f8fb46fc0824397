"""People who have pages open: clerks whose page asks for itself again, and applicants who look at their dossier."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence

from sqlalchemy import select

from api.app import create_app
from benchmarks.arrivals import Asked, Stream
from benchmarks.client import Client, request
from benchmarks.ground import Ground
from benchmarks.sessions import link_of, page_session
from engine.store.dossiers import dossiers
from web.app import register_pages
from web.cookies import DOSSIERS, SESSION

EVERY = 30.0
"""Seconds until an open page of a clerk asks for itself again (``data-poll``)."""
PAGES = ("/quay", "/ho-so")
PARTS = {"/quay": "hang-doi so-lieu", "/ho-so": "hang-doi danh-sach"}
"""What of these an open page asks for (``desk.js``)."""
OPEN_PAGE, LOOK = "open page", "applicant's page"


def clerks_sessions(ground: Ground, clerks: int) -> list[str]:
    """A fresh session of pages for each of so many clerks; a person may have several."""
    runtime = ground.runtime()
    people = [f"{role}.{ward}" for ward in ground.tokens for role in ("counter", "specialist", "leader")]
    tokens = [page_session(runtime, name) for name, _ in zip(itertools.cycle(people), range(clerks), strict=False)]
    runtime.database.dispose()
    return tokens


def following(tokens: Sequence[str]) -> Stream:
    """The open pages of the clerks, today's and the queue's in turn."""
    turns = itertools.cycle([(token, PAGES[number % len(PAGES)]) for number, token in enumerate(tokens)])

    def ask() -> Asked:
        token, path = next(turns)
        polled = f"X-Poll: 1\r\nX-Part: {PARTS[path]}"
        return Asked(OPEN_PAGE, _with_cookie(request("GET", path), SESSION, token, polled), _nothing)

    return Stream(len(tokens) / EVERY, ask)


def turning(token: str) -> Client:
    """A clerk who asks for the same pages in turn, each as soon as the last is there."""
    turns = itertools.cycle(PAGES)
    return lambda: (_with_cookie(request("GET", next(turns)), SESSION, token), _nothing)


def opened_links(ground: Ground, applicants: int) -> list[tuple[str, str]]:
    """So many applicants who have opened their link: the code of each dossier, and the cookie of their browser."""
    runtime = ground.runtime()
    app, found = create_app(runtime, pages=register_pages), []
    with runtime.database.connect() as connection:
        codes = connection.execute(select(dossiers.c.code).order_by(dossiers.c.id.desc()).limit(applicants)).scalars()
    for code in codes:
        client = app.test_client()
        client.get(f"/h/{link_of(runtime, code)}")
        cookie = client.get_cookie(DOSSIERS)
        assert cookie is not None
        found.append((code, cookie.value))
    runtime.database.dispose()
    return found


def looking(opened: Sequence[tuple[str, str]], rate: float, seed: int = 11) -> Stream:
    """Looks at the page of a dossier, so many a second, each applicant from an address of their own."""
    dice = random.Random(seed)

    def ask() -> Asked:
        number = dice.randrange(len(opened))
        code, cookie = opened[number]
        made = request("GET", f"/h/{code}", address=f"10.8.{number >> 8}.{number & 255}")
        return Asked(LOOK, _with_cookie(made, DOSSIERS, cookie), _nothing)

    return Stream(rate, ask)


def _with_cookie(made: bytes, name: str, value: str, more: str = "") -> bytes:
    heads = "\r\n".join(filter(None, (more, f"Cookie: {name}={value}")))
    return made.removesuffix(b"\r\n\r\n") + f"\r\n{heads}\r\n\r\n".encode()


def _nothing(_status: int, _body: bytes) -> None:
    """What was read is not looked at."""
