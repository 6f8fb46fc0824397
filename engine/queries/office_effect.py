"""What a closure or own hours of an office would do to the due moments of its open dossiers; nothing is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import and_, func, or_, select

from engine.errors import Refusal
from engine.queries.office_times import office_times
from engine.rules.deadlines.calendar import Calendar
from engine.rules.deadlines.office_hours import Closure
from engine.rules.deadlines.own_hours import OwnHours
from engine.rules.deadlines.recounting import promise_moved, recounted
from engine.rules.dossier_row import ClockRow
from engine.store.dossiers import dossiers
from engine.transaction import UnitOfWork

MOST = 500
"""Dossiers that are counted for a preview, oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """How many dossiers the office has open, how many of them were counted, how many of these get another due moment,
    and of how many the applicant gets another appointment."""

    open: int
    counted: int
    moved: int
    appointments: int


def effect_of(
    unit: UnitOfWork, office: str, *, closure: Closure | None = None, hours: OwnHours | None = None
) -> Effect:
    """The effect of publishing one of them now. Raises NotFound, BadCalendar."""
    times = office_times(unit.reader(), unit.catalogue, office)
    closures = [one for one in times.closures if closure is None or one.first != closure.first]
    own = [one for one in times.hours if hours is None or one.first != hours.first]
    closures += [closure] if closure else []
    own += [hours] if hours else []
    concerned = or_(*(dossiers.c[name] == office for name in ("handler_office", "intake_office", "holder_office")))
    running = and_(dossiers.c.finished_at.is_(None), concerned)
    number = unit.reader().execute(select(func.count()).select_from(dossiers).where(running)).scalar_one()
    rows = unit.reader().execute(select(dossiers).where(running).order_by(dossiers.c.id).limit(MOST)).mappings().all()
    moved = appointments = 0
    calendars = _Calendars(unit, office, closures, own)
    for row in rows:
        try:
            changes = _changes(unit, dict(row), calendars)
        except (Refusal, ValueError, LookupError):
            continue  # its own clocks will tell
        moved += bool(changes)
        after = cast(ClockRow, {**row, **changes})
        appointments += bool(changes) and promise_moved(cast(ClockRow, dict(row)), after, unit.now)
    return Effect(open=int(number), counted=len(rows), moved=moved, appointments=appointments)


class _Calendars:
    """Calendars as they would be: those of ``office`` with what is to be published."""

    def __init__(self, unit: UnitOfWork, office: str, closures: Sequence[Closure], own: Sequence[OwnHours]) -> None:
        self._unit, self._office, self._closures, self._own = unit, office, closures, own
        self._made: dict[str, Calendar] = {}

    def of(self, name: str, office: str | None) -> Calendar:
        if office != self._office:
            return self._unit.catalogue.calendar(name, office)
        if name not in self._made:
            self._made[name] = self._unit.catalogue.calendar(name).for_office(self._closures, own=self._own)
        return self._made[name]


def _changes(unit: UnitOfWork, row: dict[str, Any], calendars: _Calendars) -> dict[str, Any]:
    release = unit.catalogue.workflow(row["release"]).release
    name = release.sla.calendar
    calendar, counter = calendars.of(name, row["handler_office"]), calendars.of(name, row["intake_office"])
    return dict(recounted(cast(ClockRow, row), release, calendar, counter))
