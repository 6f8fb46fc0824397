"""The page of the keys of the desk, and the switch for single letters (WCAG 2.1.4), which a browser remembers."""

from __future__ import annotations

from flask import Response
from marshmallow import fields

from engine.text import Text
from server.identity import Access
from server.values import Words
from web.cookies import KEYS_OFF, end_cookie, set_cookie
from web.once import see_other
from web.pages import Pages
from web.render import render

keys = Pages("keys", audience="desk")
_YEAR = 365 * 24 * 3600


class Switch(Words):
    """``tat`` switches the letters off, ``bat`` on."""

    phim = fields.String(required=True)


@keys.page("/quay/phim-tat", access=Access.STAFF)
def show() -> str:
    """The keys of the desk"""
    return render("desk/keys.html")


@keys.post("/quay/phim-tat", access=Access.STAFF, form=Switch, again=show)
def switch(form: dict[str, str]) -> Response:
    """Switch the letter keys off or on"""
    off = form["phim"] == "tat"
    said = Text("Đã tắt phím tắt một chữ.", "Single-letter keys are off.")
    if not off:
        said = Text("Đã bật phím tắt một chữ.", "Single-letter keys are on.")
    response = see_other("/quay/phim-tat", said)
    if off:
        set_cookie(response, KEYS_OFF, "1", seconds=_YEAR)
    else:
        end_cookie(response, KEYS_OFF)
    return response
