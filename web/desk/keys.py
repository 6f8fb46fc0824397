"""The page of the keys of the desk, and the switch for single letters (WCAG 2.1.4), kept with the account."""

from __future__ import annotations

from flask import Response

from engine.acts.staff.own_sessions import switch_keys
from engine.text import Text
from engine.transaction import UnitOfWork
from server.identity import Access
from server.values import Word, Words
from web.once import once
from web.pages import Pages
from web.render import render

keys = Pages("keys", audience="desk")


class Switch(Words):
    """``tat`` switches the letters off, ``bat`` on."""

    phim = Word("^(tat|bat)$", required=True)


@keys.page("/quay/phim-tat", access=Access.STAFF)
def show() -> str:
    """The keys of the desk"""
    return render("desk/keys.html")


@keys.post("/quay/phim-tat", access=Access.STAFF, form=Switch, again=show)
def switch(form: dict[str, str]) -> Response:
    """Switch the letter keys off or on"""
    off = form["phim"] == "tat"
    said = Text("Đã bật phím tắt một chữ.", "Single-letter keys are on.")
    if off:
        said = Text("Đã tắt phím tắt một chữ.", "Single-letter keys are off.")

    def act(unit: UnitOfWork) -> None:
        switch_keys(unit, unit.actor.person_id or 0, off=off)

    return once("switch_keys", act, to="/quay/phim-tat", done=said)
