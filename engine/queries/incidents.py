"""What an administrator looks at when something is wrong: incidents by cause, and what is overdue of the system's work.

It tells numbers, causes and codes of dossiers, and nothing of what stands in them. The caller admits administrators.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields

from engine.clock import midnight
from engine.dossier.incidents import KINDS, Incident, incidents
from engine.errors import NotFound, Refusal
from engine.rules.deadlines.calendar_end import WARNED_BEFORE, calendar_ends, days_published
from engine.store import incidents as store
from engine.store.backlog import waiting
from engine.text import Text
from engine.transaction import UnitOfWork

__all__ = ["KINDS", "Incident"]
_CHECKPOINT_EVERY = dt.timedelta(hours=2)
_RECOUNT_WITHIN = dt.timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """How many notices, clocks and online filings wait, and how many seconds the oldest of each has waited."""

    outbox_waiting: float
    queue_age_seconds: float
    clocks_due: float
    clock_lag_seconds: float
    intake_overdue: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEnd:
    """A calendar that ends soon, and how many running dossiers are due after its end (up to ``BOUND``)."""

    name: str
    words: Text
    days: int
    dossiers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Overdue:
    """The system's own work: the last checkpoint and whether one is overdue, recounts that do not end, calendars."""

    checkpoint: dt.datetime | None
    checkpoint_overdue: bool
    recounts: int
    recounts_since: dt.datetime | None
    calendars: tuple[CalendarEnd, ...]

    @property
    def number(self) -> int:
        """How many things need somebody."""
        return int(self.checkpoint_overdue) + bool(self.recounts) + len(self.calendars)


def every_incident(unit: UnitOfWork) -> tuple[Incident, ...]:
    """The groups of all kinds, the longest first."""
    return incidents(unit.reader())


def one_incident(unit: UnitOfWork, kind: str, key: str) -> Incident:
    """One group. Raises NotFound."""
    found = [one for one in incidents(unit.reader(), kind) if one.key == key]
    if not found:
        raise NotFound(what=f"incident {key}")
    return found[0]


def overdue_work(unit: UnitOfWork) -> Overdue:
    """What the system should have done by itself, and what has to be published."""
    at, waits = store.last_checkpoint(unit.reader())
    late = [one for one in store.waiting_recounts(unit.reader()) if unit.now - one[1] > _RECOUNT_WITHIN]
    checkpoint_late = waits and (at is None or unit.now - at > _CHECKPOINT_EVERY)
    return Overdue(
        checkpoint=at,
        checkpoint_overdue=checkpoint_late,
        recounts=len(late),
        recounts_since=late[0][1] if late else None,
        calendars=_calendars(unit),
    )


def figures(unit: UnitOfWork) -> Backlog:
    """The backlog, as the metrics tell it."""
    told = waiting(unit.reader(), unit.now)
    return Backlog(**{one.name: told[one.name] for one in fields(Backlog)})


def _calendars(unit: UnitOfWork) -> tuple[CalendarEnd, ...]:
    try:
        calendars = unit.catalogue.calendars
    except Refusal:
        return ()
    ending = ((name, one) for name, one in sorted(calendars.items()) if days_published(one, unit.now) < WARNED_BEFORE)
    return tuple(
        CalendarEnd(
            name=name,
            words=calendar_ends(one),
            days=days_published(one, unit.now),
            dossiers=store.provisional_dossiers(
                unit.reader(), midnight((one.published_to or one.last) + dt.timedelta(days=1))
            ),
        )
        for name, one in ending
    )
