"""Notices of the progress: on or off, and by which channel. What asks something of the applicant is always sent."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import validate

from engine.acts.choose_notices import CHANNELS, choose_notices
from engine.queries.citizen_page import citizen_page
from engine.text import Text
from server.identity import Access, reading
from server.values import Word, Words
from web.once import once
from web.pages import Pages
from web.render import render

notices = Pages("notices", audience="citizen")

ALL, NONE = "all", "none"


class Choice(Words):
    """``choice``: all channels, one of them, or none."""

    choice = Word(required=True, validate=validate.OneOf((ALL, NONE, *CHANNELS)))


@notices.page("/h/<code>/thong-bao", access=Access.LINK)
def show(code: str) -> str:
    """Choose notices"""
    with reading() as unit:
        page = citizen_page(unit, code)
    chosen = page.notices.via or ALL if page.notices.wanted else NONE
    return render("citizen/notices.html", code=code, known=page.notices, chosen=chosen)


@notices.post("/h/<code>/thong-bao", access=Access.LINK, form=Choice, again=show)
def choose(code: str, form: dict[str, Any]) -> Response:
    """Keep the choice"""
    choice = form["choice"]
    via = choice if choice in CHANNELS else None
    done = Text("Đã lưu lựa chọn của bạn.", "Your choice was kept.")
    return once(
        "choose_notices", lambda unit: choose_notices(unit, code, choice != NONE, via), to=f"/h/{code}", done=done
    )
