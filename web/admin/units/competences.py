"""The page of competences: who decides what, and the proof with its gaps and overlaps, which gates publishing."""

from __future__ import annotations

import datetime as dt

from flask import request

from engine.acts.publish_procedures import PROOF
from engine.clock import civil_day
from engine.queries.competences import MOST_DAYS, competence_proof
from engine.rules.values.written_day import read_day
from server.context import runtime
from server.identity import Access, reading
from web.admin.units.body_words import body_words, task_words
from web.pages import Pages
from web.render import render

competences = Pages("competences", audience="admin")


@competences.page("/quan-tri/tham-quyen", access=Access.STAFF)
def show() -> str:
    """Competences and their proof"""
    with reading() as unit:
        first, last, wrong = _span(unit.catalogue.territory.first)
        proof = competence_proof(unit, first, last)
        return render(
            "admin/units/competences.html", proof=proof, wrong=wrong, body_words=body_words, task_words=task_words
        )


def _span(known_from: dt.date) -> tuple[dt.date, dt.date, bool]:
    """The days that are asked for; where they cannot be proved, those that publishing proves today, and True."""
    today = civil_day(runtime().now())
    usual = today, today + PROOF - dt.timedelta(days=1)
    given = request.args.get("tu", ""), request.args.get("den", "")
    if not any(given):
        return *usual, False
    first, last = (read_day(one) if one else other for one, other in zip(given, usual, strict=True))
    if first is None or last is None or not known_from <= first <= last or (last - first).days >= MOST_DAYS:
        return *usual, True
    return first, last, False
