"""What happened to a dossier since somebody looked at it: how it stood then, how it stands now, and the acts between.

How it stood then follows from the journal: its entries carry the columns that each act changed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.dossier.case import Case
from engine.queries.colleagues import named
from engine.queries.journal import Away, JournalLine, journal_of_case
from engine.queries.state import StateView, state_of
from engine.text import Text

MOST = 400
"""Entries that are read; a dossier with more of them shows the newest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stood:
    """A dossier at one of its versions."""

    at: dt.datetime
    state: StateView
    office: Text | None
    role: Text | None
    person: str | None
    clock: str
    due_at: dt.datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """How a dossier stood then and now, and the entries between, oldest first; ``away`` are entries that are not
    here."""

    before: Stood
    now: Stood
    entries: tuple[JournalLine, ...]
    away: Away | None


def since(case: Case, version: int) -> Since:
    """What happened to an open case after its version ``version``."""
    found = journal_of_case(case, after=max(0, case.row["version"] - MOST), limit=MOST)
    lines = found.lines
    then: dict[str, Any] = {}
    for line in lines:
        if line.number <= version:
            then |= line.changes
    people = {one.id: one.name for one in named(case.unit, [then.get("holder_id"), case.row["holder_id"]])}
    seen_at = next((line.at for line in reversed(lines) if line.number <= version), case.row["filed_at"])
    return Since(
        before=_stood(case, then, people, seen_at),
        now=_stood(case, _present(case), people, case.unit.now),
        entries=tuple(line for line in lines if line.number > version),
        away=found.away,
    )


def _present(case: Case) -> dict[str, Any]:
    row = case.row
    due = row["due_at"]
    return {
        "state": row["state"],
        "portal": row["portal"],
        "holder_office": row["holder_office"],
        "holder_role": row["holder_role"],
        "holder_id": row["holder_id"],
        "clock": row["clock"],
        "due_at": due.isoformat() if due else None,
    }


def _stood(case: Case, told: Mapping[str, Any], people: Mapping[int, str], at: dt.datetime) -> Stood:
    row, due = case.row, told.get("due_at")
    office = case.unit.catalogue.offices.get(told.get("holder_office") or "")
    role = case.release.roles.get(told.get("holder_role") or "")
    return Stood(
        at=at,
        state=state_of(case.release, told.get("state", row["state"]), told.get("portal", row["portal"])),
        office=office.name if office else None,
        role=role.name if role else None,
        person=people.get(told.get("holder_id") or 0),
        clock=told.get("clock", row["clock"]),
        due_at=dt.datetime.fromisoformat(due) if due else None,
    )
