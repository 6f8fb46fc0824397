"""The catalogue entry of a procedure: where it is processed by version and day, and how it was published."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import fields, validate

from engine.acts.enter_procedure import NewEntry, enter_procedure
from engine.clock import civil_day
from engine.errors import wrong
from engine.queries.procedure_catalogue import entries_of, entry_for, publicity_of
from engine.queries.procedure_versions import versions_of
from engine.rules.values.written_day import read_day
from engine.text import Text
from server.context import runtime
from server.identity import Access, reading
from server.values import Line, WholeInQuery, Words
from web.admin.procedures.listing import PROCEDURES
from web.admin.procedures.words import KEPT, ONLINE, PROCESSED, STANDINGS
from web.once import once
from web.pages import Pages
from web.render import render

records = Pages("procedure_records", audience="admin")
_DONE = Text("Đã ghi vào danh mục.", "The catalogue has the entry.")


class Entry(Words):
    """What holds from a day on; days are written as 05/08/2025."""

    version = WholeInQuery(1, 9999, load_default=None)
    since = Line(20, required=True)
    processed = fields.String(required=True, validate=validate.OneOf(list(PROCESSED)))
    system = Line(200, load_default=None)
    online = fields.String(required=True, validate=validate.OneOf(list(ONLINE)))
    decision = Line(200, required=True)
    decided_on = Line(20, required=True)
    listed_on = Line(20, load_default=None)


@records.page(f"{PROCEDURES}/<procedure>/danh-muc", access=Access.ADMIN)
def show(procedure: str) -> str:
    """The catalogue entries of a procedure"""
    today = civil_day(runtime().now())
    with reading() as unit:
        found = versions_of(unit, procedure)
        entries = entries_of(unit, procedure)
        lines = []
        for line in reversed(found.versions):
            entry = entry_for(entries, line.version, max(today, line.start))
            lines.append((line, entry, publicity_of(unit, line.release, entry) if entry else None))
    return render(
        "admin/procedures/record.html",
        found=found,
        lines=lines,
        entries=entries,
        today=today,
        processed=PROCESSED,
        online=ONLINE,
        kept=KEPT,
        standings=STANDINGS,
    )


@records.post(f"{PROCEDURES}/<procedure>/danh-muc", access=Access.ADMIN, form=Entry, again=show)
def enter(procedure: str, form: dict[str, Any]) -> Response:
    """Enter where the procedure is processed"""
    days: dict[str, Any] = {}
    for name in ("since", "decided_on", "listed_on"):
        days[name] = read_day(form[name]) if form[name] else None
        if form[name] and days[name] is None:
            raise wrong(name, "ngày viết như 05/08/2025", "a day is written as 05/08/2025")
    entry = NewEntry(procedure=procedure, **(form | days))
    return once(
        "enter_procedure",
        lambda unit: enter_procedure(unit, entry),
        to=f"{PROCEDURES}/{procedure}/danh-muc",
        done=_DONE,
    )
