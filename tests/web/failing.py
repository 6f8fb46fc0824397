"""Pages that fail as they are told, for those who look at the pages of errors."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Response, request

from engine.dossier.stale import Stale
from engine.errors import Conflict, Forbidden
from engine.text import Text
from engine.transaction import Busy
from server.identity import Access
from server.limits import TooMany
from server.refusals import Unavailable
from server.request_limits import TooLarge
from web.app import PAGES
from web.pages import Pages

CHANGED = Stale(
    dossier="H79.26740-260309-0000001",
    version=4,
    name=Text("Phạm Thị Thu Vân", "Phạm Thị Thu Vân"),
    did=Text("Chuyển xử lý", "Forward"),
    when=dt.datetime(2026, 3, 9, 1, 30, tzinfo=dt.UTC),
)
THROWN: dict[str, Exception] = {
    "403": Forbidden(why_vi="chỉ dành cho lãnh đạo", why_en="leaders only"),
    "409": Conflict(),
    "412": CHANGED,
    "413": TooLarge(),
    "429": TooMany(seconds=40),
    "500": RuntimeError("a secret that no page shows"),
    "503": Unavailable(),
    "busy": Busy(),
}


@contextmanager
def failing_pages() -> Iterator[None]:
    """While it lasts, applications are made with these pages."""
    group = Pages("failing", audience="desk")

    @group.page("/hong/<how>", access=Access.PUBLIC)
    def public(how: str) -> str:
        raise THROWN[how]

    @group.page("/hong/can-bo/<how>", access=Access.STAFF)
    def staff(how: str) -> str:
        raise THROWN[how]

    @group.post("/hong/<how>", access=Access.PUBLIC)
    def public_post(how: str) -> Response:
        request.form.get("reason")
        raise THROWN[how]

    @group.post("/hong/can-bo/<how>", access=Access.STAFF)
    def staff_post(how: str) -> Response:
        request.form.get("reason")
        raise THROWN[how]

    PAGES.append(group)
    yield
    PAGES.remove(group)
