"""The page of units: the tree on a day, search by old and new names, and what a unit was, is and became."""

from __future__ import annotations

import datetime as dt

from flask import request

from engine.clock import civil_day
from engine.queries.unit_tree import MOST_FOUND, find_units, unit_tree, unit_view
from engine.rules.values.written_day import read_day
from server.context import runtime
from server.identity import Access, reading
from web.admin.units.body_words import task_words
from web.pages import Pages
from web.render import render

units = Pages("units", audience="admin")
_LONGEST = 100


@units.page("/quan-tri/don-vi", access=Access.STAFF)
def show() -> str:
    """Units on a day, with what they were and became"""
    text, chosen = request.args.get("q", "").strip()[:_LONGEST], request.args.get("dv", "")
    with reading() as unit:
        on, wrong = _day(unit.catalogue.territory.first)
        view = unit_view(unit, chosen, on) if chosen else None
        return render(
            "admin/units/units.html",
            on=on,
            wrong=wrong,
            text=text,
            view=view,
            tree=unit_tree(unit, on, chosen),
            found=find_units(unit, text) if text else (),
            most=MOST_FOUND,
            task_words=task_words,
        )


def _day(first: dt.date) -> tuple[dt.date, bool]:
    """The day that is asked for, and whether it was not readable or is not known: then it is today."""
    today, given = civil_day(runtime().now()), request.args.get("ngay", "")
    found = read_day(given) if given else today
    return (found, False) if found is not None and first <= found else (today, True)
