"""The report on an office's late dossiers: how many working minutes each office held them, and which arrived late.

A dossier that passes from one office to another keeps its time limit, so the office that ends it late need not be the
one that took long.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any

from engine.queries.page import After, Page, page_of
from engine.rules.deadlines import held_time as rules
from engine.rules.deadlines.timing import read_pauses
from engine.rules.period import moments_of
from engine.store import statistics
from engine.store.reports import on_time
from engine.store.rows import LateRow
from engine.store.visibility import visible_dossiers
from engine.text import Text
from engine.transaction import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldBy:
    """An office, and the working minutes for which it held a dossier."""

    office: str
    office_name: Text | None
    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LateLine:
    """A dossier that ended late. ``came_at`` is the moment when the office that ended it got it, and ``came_late``
    whether it was late already. ``longest`` is the code of the office that held it longest."""

    code: str
    procedure: str
    procedure_name: Text
    promised_at: dt.datetime
    finished_at: dt.datetime
    came_at: dt.datetime
    came_late: bool
    held: tuple[HeldBy, ...]
    longest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MostlyHeldBy:
    """An office, and the number of a page's dossiers that it held longest."""

    office: str
    office_name: Text | None
    dossiers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldTime:
    """One page of the report. ``finished``, ``late`` and ``on_time`` count the whole period; ``came_late`` and
    ``longest`` only the lines of this page."""

    office: str
    finished: int
    late: int
    longest: tuple[MostlyHeldBy, ...]
    page: Page[LateLine]

    @property
    def on_time(self) -> int:
        """The number of dossiers that ended on time in the whole period."""
        return self.finished - self.late

    @property
    def came_late(self) -> int:
        """The number of this page's dossiers that were late when the office got them."""
        return sum(line.came_late for line in self.page.lines)


def held_time(
    unit: UnitOfWork, office: str, start: dt.date, end: dt.date, *, after: After | None = None, limit: int = 50
) -> HeldTime:
    """The dossiers that ``office`` ended late on the civil days ``start`` to ``end``, in order of their end.

    Only dossiers that the caller may see. Raises InvalidInput.
    """
    rows = statistics.late_ones(
        unit.reader(),
        visible_dossiers(unit.actor, unit.today),
        office,
        *moments_of(start, end),
        after=(after.moment, after.id) if after and after.moment else None,
        limit=limit + 1,
    )
    entries = statistics.journals(unit.reader(), [row.id for row in rows[:limit]])
    page = page_of(
        rows, limit, lambda row: _line(unit, row, entries[row.id]), lambda row: After(id=row.id, moment=row.finished_at)
    )
    totals = on_time(unit.reader(), unit.actor, start, end, unit.now, office)
    finished, late = (totals[0].finished, totals[0].late) if totals else (0, 0)
    return HeldTime(office=office, finished=finished, late=late, longest=_mostly(unit, page), page=page)


def _line(unit: UnitOfWork, row: LateRow, entries: list[dict[str, Any]]) -> LateLine:
    release, came = unit.catalogue.workflow(row.release).release, rules.comings(entries, row.finished_at)
    minutes = rules.held_time(
        came,
        row.started_at,
        row.finished_at,
        read_pauses(row.pauses),
        lambda office: unit.catalogue.calendar(release.sla.calendar, office),
    )
    return LateLine(
        code=row.code,
        procedure=row.procedure,
        procedure_name=release.name,
        promised_at=row.promised_at,
        finished_at=row.finished_at,
        came_at=came[-1].at,
        came_late=came[-1].late,
        held=tuple(
            HeldBy(office=office, office_name=_name(unit, office), minutes=each) for office, each in minutes.items()
        ),
        longest=rules.longest(minutes),
    )


def _mostly(unit: UnitOfWork, page: Page[LateLine]) -> tuple[MostlyHeldBy, ...]:
    counted = Counter(line.longest for line in page.lines)
    return tuple(
        MostlyHeldBy(office=office, office_name=_name(unit, office), dossiers=counted[office])
        for office in sorted(counted)
    )


def _name(unit: UnitOfWork, office: str) -> Text | None:
    known = unit.catalogue.offices.get(office)
    return known.name if known else None
