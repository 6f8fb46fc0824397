"""The catalogue of procedures: where each is processed on a day, and whether it was published in time.

A province decides at least 5 working days before the first day, and the national database of procedures has it within 5
working days after the decision (Decision 766/QĐ-TTg, the group on publicity).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from engine.rules.deadlines.working_days import working_days_until
from engine.rules.procedure.definition import Release
from engine.store.procedure_entries import EntryRow, entry_rows
from engine.transaction import UnitOfWork

DECIDED_BEFORE, LISTED_WITHIN = 5, 5
"""Working days: of the decision before the first day, and of the listing after the decision."""
Kept = Literal["in-time", "late", "waiting", "unknown"]
"""Whether a legal deadline was kept. ``waiting``: it is still open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueEntry:
    """An entry: what holds from ``since`` on, for one version or (None) for all."""

    procedure: str
    version: int | None
    since: dt.date
    processed: str
    system: str | None
    online: str
    decision: str
    decided_on: dt.date
    listed_on: dt.date | None
    made_at: dt.datetime
    made_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Publicity:
    """Whether the decision came early enough before the first day, and the listing soon enough after it."""

    decided: Kept
    listed: Kept


def entries_of(unit: UnitOfWork, procedure: str) -> tuple[CatalogueEntry, ...]:
    """The entries of a procedure, the one that holds last first."""
    return tuple(_entry(row) for row in reversed(entry_rows(unit.reader(), procedure)))


def entries_on(unit: UnitOfWork, on: dt.date) -> tuple[CatalogueEntry, ...]:
    """The entries of every procedure that have begun on a day, the one that holds last first."""
    return tuple(_entry(row) for row in reversed(entry_rows(unit.reader())) if row.since <= on)


def entry_for(entries: Sequence[CatalogueEntry], version: int, on: dt.date) -> CatalogueEntry | None:
    """The entry that holds for a version on a day; None where nothing was entered."""
    return next((one for one in entries if one.since <= on and one.version in (None, version)), None)


def publicity_of(unit: UnitOfWork, release: Release, entry: CatalogueEntry) -> Publicity:
    """Whether the deadlines of publication were kept for a version under this entry."""
    calendar = unit.catalogue.calendars.get(release.sla.calendar)
    decided = working_days_until(calendar, entry.decided_on, release.effective.start)
    until = entry.listed_on or unit.today
    listed = working_days_until(calendar, entry.decided_on, until)
    return Publicity(
        decided="unknown" if decided is None else "in-time" if decided >= DECIDED_BEFORE else "late",
        listed=_listed(listed, entry.listed_on is not None),
    )


def _listed(days: int | None, done: bool) -> Kept:
    if days is None:
        return "unknown"
    if days > LISTED_WITHIN:
        return "late"
    return "in-time" if done else "waiting"


def _entry(row: EntryRow) -> CatalogueEntry:
    return CatalogueEntry(
        procedure=row.procedure,
        version=row.version,
        since=row.since,
        processed=row.processed,
        system=row.system,
        online=row.online,
        decision=row.decision,
        decided_on=row.decided_on,
        listed_on=row.listed_on,
        made_at=row.made_at,
        made_by=row.made_by,
    )
