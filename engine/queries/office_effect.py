"""What a closure or own hours of an office would do to the due moments of its open dossiers; nothing is written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import select

from engine.errors import Refusal
from engine.queries.office_times import office_times
from engine.rules.deadlines.calendar import Calendar
from engine.rules.deadlines.office_hours import Closure
from engine.rules.deadlines.own_hours import OwnHours
from engine.rules.deadlines.recounting import promise_moved, recounted
from engine.rules.dossier_row import ClockRow
from engine.store.dossiers import dossiers
from engine.store.running_at import running_at
from engine.transaction import UnitOfWork

LISTED = 500
"""Dossiers with another due moment that a preview names, oldest first; all of them are counted."""
_AT_A_TIME = 1000
_COLUMNS = [dossiers.c[name] for name in ("id", "code", "release", "handler_office", "intake_office")]
_COLUMNS += [dossiers.c[name] for name in ClockRow.__annotations__]


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedDossier:
    """A dossier that gets another due moment, and the appointment before and after; these are equal where only the
    limit of a step moves."""

    code: str
    before: dt.datetime | None
    after: dt.datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """How many dossiers the office has open, how many of these get another due moment, and of how many the applicant
    gets another appointment. ``listed`` are the first of those with another due moment."""

    open: int
    moved: int
    appointments: int
    listed: tuple[MovedDossier, ...]


def effect_of(
    unit: UnitOfWork, office: str, *, closure: Closure | None = None, hours: OwnHours | None = None
) -> Effect:
    """The effect of publishing one of them now. Raises NotFound, BadCalendar."""
    times = office_times(unit.reader(), unit.catalogue, office)
    closures = [one for one in times.closures if closure is None or one.first != closure.first]
    own = [one for one in times.hours if hours is None or one.first != hours.first]
    closures += [closure] if closure else []
    own += [hours] if hours else []
    calendars = _Calendars(unit, office, closures, own)
    number = moved = appointments = 0
    listed: list[MovedDossier] = []
    for row in _open_at(unit, office):
        number += 1
        try:
            changes = _changes(unit, row, calendars)
        except (Refusal, ValueError, LookupError):
            continue  # its own clocks will tell
        if not changes:
            continue
        moved += 1
        after = cast(ClockRow, {**row, **changes})
        appointments += promise_moved(cast(ClockRow, row), after, unit.now)
        if len(listed) < LISTED:
            listed.append(MovedDossier(code=row["code"], before=row["due_at"], after=after["due_at"]))
    return Effect(open=number, moved=moved, appointments=appointments, listed=tuple(listed))


def _open_at(unit: UnitOfWork, office: str) -> Iterator[dict[str, Any]]:
    """The open dossiers of an office, oldest first; an office may have tens of thousands."""
    running, last = running_at(office), 0
    while True:
        some = select(*_COLUMNS).where(running, dossiers.c.id > last).order_by(dossiers.c.id).limit(_AT_A_TIME)
        rows = unit.reader().execute(some).mappings().all()
        yield from (dict(row) for row in rows)
        if len(rows) < _AT_A_TIME:
            return
        last = rows[-1]["id"]


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
