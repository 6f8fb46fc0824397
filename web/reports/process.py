"""How late dossiers end by office, and how a procedure really ran: time by step and office, and the ways taken."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Response, request

from engine.clock import civil_day
from engine.queries.delays import CLASSES, delays
from engine.queries.histories import LONGEST, MOST_READ, MOST_SHOWN, taken_lately
from engine.queries.histories import Asked as History
from engine.queries.step_times import step_times
from engine.queries.ways import ways
from engine.text import Text
from engine.transaction import UnitOfWork
from server.context import language
from server.figure_tables import delay_table
from server.identity import Access, reading
from server.report_tables import step_table, way_tables
from web.pages import Pages
from web.render import render
from web.reports.asked import Asked, asked_of, file_of

processes = Pages("report_processes", audience="desk")


@processes.page("/bao-cao/tre", access=Access.STAFF)
def show() -> str:
    """Delays"""
    with reading() as unit:
        asked = asked_of(unit)
        lines = delays(unit, asked.wanted)
    sums = [sum(line.classes[number] for line in lines) for number in range(len(CLASSES))]
    return render("reports/delays.html", asked=asked, lines=lines, classes=CLASSES, sums=sums)


@processes.page("/bao-cao/tre/tep", access=Access.STAFF)
def delay_file() -> Response:
    """Delays as a file"""
    with reading() as unit:
        asked = asked_of(unit)
        found = delays(unit, asked.wanted)
    return file_of(f"muc-tre-{asked.start}-{asked.end}", delay_table(found, language()))


@processes.page("/bao-cao/duong-di", access=Access.STAFF)
def taken() -> str:
    """The ways that dossiers took"""
    with reading() as unit:
        asked = asked_of(unit)
        history, names = _history(unit, asked)
        told: dict[str, Any] = {"found": None, "steps": (), "since": None}
        if history is not None:
            read = taken_lately(unit, history, MOST_SHOWN)
            steps = step_times(unit, read.taken, "office")
            told = {"found": ways(unit, read.taken), "steps": steps, "since": read.since}
    return render(
        "reports/ways.html", asked=asked, history=history, names=names, longest=LONGEST, most_read=MOST_READ, **told
    )


@processes.page("/bao-cao/duong-di/tep", access=Access.STAFF)
def way_file() -> Response:
    """The ways and the steps as a file"""
    with reading() as unit:
        asked = asked_of(unit)
        history, _ = _history(unit, asked)
        if history is None:
            return Response(status=303, headers={"Location": f"/bao-cao/duong-di?{asked.query()}"})
        read = taken_lately(unit, history, MOST_READ)
        steps = step_times(unit, read.taken, "office")
        tables = (*way_tables(ways(unit, read.taken), language()), step_table(steps, language()))
    start = civil_day(read.since) if read.since else history.start  # the file tells by its name what it holds
    name = f"duong-di-{history.procedure}-{start}-{history.end}"
    return file_of(name, *(tables[2:] if request.args.get("bang") == "buoc" else tables))


def _history(unit: UnitOfWork, asked: Asked) -> tuple[History | None, dict[str, Text]]:
    """The procedure that is asked about, its last days where the period is too long; and every procedure's name.

    Whole journals are read, which an administrator does not see: for them there are none.
    """
    known = {one.release.procedure: one.release.in_lists for one in unit.catalogue.procedures(unit.today)}
    names = dict(sorted(known.items(), key=lambda one: one[1].in_(language())))
    procedure = request.args.get("thu_tuc", "")
    if procedure not in names or not asked.reader.lists:
        return None, names
    start = max(asked.start, asked.end - dt.timedelta(days=LONGEST - 1))
    return History(procedure=procedure, start=start, end=asked.end, office=asked.office), names
