"""Making a plan over the live database: read, decide, count, write, each dossier once and none kept in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from engine.reform_document import write_plan
from engine.reform_reader import ReformReader
from engine.rules.reform import Reform
from engine.rules.reform_members import Follows, members_that_follow
from engine.rules.reform_plan import Planner
from engine.rules.reform_totals import Totals
from engine.transaction import Runtime

Progress = Callable[[int], Any]
"""Told how many dossiers more were decided."""


def make_plan(runtime: Runtime, reform: Reform, path: Path | None = None, told: Progress = lambda _: None) -> Totals:
    """The totals of the plan; with ``path`` the plan itself is written there. Changes nothing in the database."""
    catalogue = runtime.catalogue
    catalogue.refresh()
    known = catalogue.map
    reader = ReformReader(runtime.database, catalogue, reform)
    totals = Totals(reform, reader.closures())
    totals.members = [_member(one) for one in members_that_follow(reform, known, reader.held())]
    lines = _lines(reader, Planner(reform, known), totals, told)
    if path is None:
        for _ in lines:
            pass
    else:
        write_plan(path, reform, lines, totals)
    return totals


def _lines(reader: ReformReader, planner: Planner, totals: Totals, told: Progress) -> Iterator[bytes]:
    for number, live in enumerate(reader.live(), start=1):
        line = totals.add(planner.decide(live), live.running)
        if number % 1000 == 0:
            told(1000)
        if line is not None:
            yield line


def _member(one: Follows) -> dict[str, Any]:
    return {
        "person": one.held.person_id,
        "office": one.held.office,
        "role": one.held.role,
        "since": one.held.valid_from.isoformat(),
        "to": one.target,
        "candidates": list(one.candidates),
    }
