"""The clock of a dossier as a picture: who held it when, its pauses, the closed days, now, due and first promise."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from engine.clock import civil_day
from engine.dossier.case import Case
from engine.rules.deadlines.calendar import Calendar
from engine.rules.deadlines.words import duration_in_words
from engine.store.dossier_parts import stood_before
from engine.store.dossier_parts import turns_of as turns_in_journal
from engine.text import Text

LONGEST = 400
"""Days that a picture shows at most; of a longer dossier it shows the last ones."""
MOST_TURNS = 120
"""Changes of holder or clock that a picture shows at most; of a dossier that went to and fro more often, the last."""


class Turn(Protocol):
    """A journal entry as the picture reads it."""

    @property
    def at(self) -> dt.datetime: ...

    @property
    def changes(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A time during which nothing changed: who held the dossier, or that it was paused. ``minutes`` are working ones.

    ``office`` is the code of the office that had to act, ``role`` the name of the role there.
    """

    start: dt.datetime
    end: dt.datetime
    paused: bool
    office: str | None
    role: Text | None
    minutes: int
    words: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldSum:
    """The working time for which a role of an office held the dossier; None of both: the pauses."""

    office: str | None
    role: Text | None
    paused: bool
    minutes: int
    words: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockBar:
    """The picture from ``start`` to ``end``. ``closed`` are the days without office hours in between.

    ``shortened``: it does not begin with the reception. ``first_promise`` is the due moment that was promised first,
    None where it still holds. ``waits``: the clock is paused, so that ``due_at`` is what was promised and will move.
    """

    start: dt.datetime
    end: dt.datetime
    shortened: bool
    now: dt.datetime
    due_at: dt.datetime | None
    first_promise: dt.datetime | None
    running: bool
    waits: bool
    stretches: tuple[Stretch, ...]
    sums: tuple[HeldSum, ...]
    closed: tuple[dt.date, ...]


@dataclass(frozen=True, slots=True)
class _Before:
    """How it stood when the picture begins."""

    at: dt.datetime
    changes: Mapping[str, Any]


def turns_of(case: Case) -> tuple[Turn, ...]:
    """The journal entries that the picture shows, oldest first: few, however long the journal is.

    Where earlier ones are left out, the first tells how the dossier stood until then.
    """
    reader = case.unit.reader()
    newest = turns_in_journal(reader, case.id, MOST_TURNS)
    if len(newest) < MOST_TURNS:
        return tuple(newest)
    return (_Before(newest[0].at, stood_before(reader, case.id, newest[0].number)), *newest)


def clock_bar_of(case: Case, lines: Iterable[Turn]) -> ClockBar | None:
    """The picture of a dossier from its journal's entries, oldest first: all of them or ``turns_of``.

    It begins with the first of them, or later. None before the dossier was received.
    """
    row, now = case.row, case.unit.now
    received = row["received_at"]
    if received is None:
        return None
    stop = row["finished_at"] or now
    last = max(moment for moment in (stop, row["due_at"], row["promised_at"], received) if moment)
    told = list(lines)
    start = max(received, last - dt.timedelta(days=LONGEST), *(line.at for line in told[:1]))
    stretches = _stretches(case, told, start, stop)
    promises = [line.changes["promised_at"] for line in told if line.changes.get("promised_at")]
    first = dt.datetime.fromisoformat(promises[0]) if promises else None
    return ClockBar(
        start=start,
        end=last,
        shortened=start > received,
        now=now,
        due_at=row["due_at"] or row["promised_at"],
        first_promise=first if first and first != (row["due_at"] or row["promised_at"]) and first >= start else None,
        running=row["finished_at"] is None,
        waits=row["clock"] == "paused",
        stretches=stretches,
        sums=_sums(case.calendar, stretches),
        closed=_closed(case.calendar, start, last),
    )


def _stretches(case: Case, lines: list[Turn], start: dt.datetime, stop: dt.datetime) -> tuple[Stretch, ...]:
    """The times between two changes of holder or clock, from ``start`` to ``stop``."""
    known: dict[str, Any] = {}
    found: list[Stretch] = []
    since = start
    for line in lines:
        moved = {name: line.changes[name] for name in _DECISIVE if name in line.changes}
        if any(known.get(name) != value for name, value in moved.items()) and known:
            _add(case, found, known, since, min(max(line.at, start), stop))
            since = max(since, min(max(line.at, start), stop))
        known |= moved
    _add(case, found, known, since, stop)
    return tuple(found)


_DECISIVE = ("holder_office", "holder_role", "clock")


def _add(case: Case, found: list[Stretch], known: dict[str, Any], start: dt.datetime, end: dt.datetime) -> None:
    """Adds a time, or prolongs the last one where the same holds still."""
    if end <= start or known.get("clock") == "stopped":
        return
    paused = known.get("clock") == "paused"
    office = None if paused else known.get("holder_office")
    role = None if paused else case.release.roles.get(known.get("holder_role") or "")
    name = role.name if role else None
    if found and (found[-1].paused, found[-1].office, found[-1].role) == (paused, office, name):
        start = found.pop().start
    calendar = case.calendar
    minutes = calendar.working_minutes_between(start, end)
    words = duration_in_words(minutes, calendar.day_minutes)
    found.append(Stretch(start=start, end=end, paused=paused, office=office, role=name, minutes=minutes, words=words))


def _sums(calendar: Calendar, stretches: tuple[Stretch, ...]) -> tuple[HeldSum, ...]:
    sums: dict[tuple[bool, str | None, Text | None], int] = {}
    for one in stretches:
        which = (one.paused, one.office, one.role)
        sums[which] = sums.get(which, 0) + one.minutes
    return tuple(
        HeldSum(
            office=office, role=role, paused=paused, minutes=total, words=duration_in_words(total, calendar.day_minutes)
        )
        for (paused, office, role), total in sums.items()
    )


def _closed(calendar: Calendar, start: dt.datetime, end: dt.datetime) -> tuple[dt.date, ...]:
    first, last = civil_day(start), civil_day(end)
    days = (first + dt.timedelta(days=number) for number in range((last - first).days + 1))
    return tuple(day for day in days if not calendar.is_working_day(day))
