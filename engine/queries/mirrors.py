"""Mirrored dossiers that differ from their source, with whose turn it is.

It tells codes, numbers and differences, and nothing personal. The caller admits administrators.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from engine.queries.page import After, Page, page_of
from engine.rules.filings.mirror_differences import STATE, turn_of
from engine.rules.procedure.definition import Release
from engine.store.filings import filing_feeds
from engine.store.mirrors_differing import DifferingRow, differing_after, differing_by_source
from engine.text import Text
from engine.transaction import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class MirrorDifference:
    """One difference: what it is, what is known here (a state by its name) and there, whose turn it is, what to do."""

    what: Text
    here: Text
    there: str
    whose: Text
    advice: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferingMirror:
    """A mirrored dossier with its differences of the last synchronisation. ``number`` is its code at the source."""

    code: str
    procedure: str
    procedure_name: Text
    source: str
    number: str
    synced_at: dt.datetime
    differences: tuple[MirrorDifference, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MirrorSource:
    """A source of which dossiers differ: how many, and when the last of them was compared."""

    source: str
    differing: int
    synced_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Mirrors:
    """The sources with differences, and when the feed of mirrors last moved on (None: never)."""

    sources: tuple[MirrorSource, ...]
    fed_at: dt.datetime | None

    @property
    def differing(self) -> int:
        """How many dossiers differ."""
        return sum(one.differing for one in self.sources)


def mirrors_that_differ(unit: UnitOfWork) -> Mirrors:
    """The sources of which dossiers differ, by name."""
    moved = select(func.max(filing_feeds.c.moved_at)).where(filing_feeds.c.feed == "mirrors")
    found = differing_by_source(unit.reader())
    return Mirrors(
        sources=tuple(MirrorSource(source=name, differing=number, synced_at=at) for name, number, at in found),
        fed_at=unit.reader().execute(moved).scalar_one(),
    )


def differing_mirrors(
    unit: UnitOfWork, source: str | None = None, *, after: After | None = None, limit: int = 50
) -> Page[DifferingMirror]:
    """The dossiers that differ, of a source or of all, oldest first."""
    rows = differing_after(unit.reader(), source, after.id if after else 0, limit + 1)
    return page_of(rows, limit, lambda row: _line(unit, row), lambda row: After(id=row.id))


def _line(unit: UnitOfWork, row: DifferingRow) -> DifferingMirror:
    release = unit.catalogue.workflow(row.release).release
    return DifferingMirror(
        code=row.code,
        procedure=row.procedure,
        procedure_name=release.in_lists,
        source=row.source,
        number=row.number,
        synced_at=row.synced_at,
        differences=tuple(_difference(release, one) for one in row.differs),
    )


def _difference(release: Release, told: Mapping[str, Any]) -> MirrorDifference:
    what, here, there = (str(told.get(name, "")) for name in ("what", "here", "there"))
    turn, state = turn_of(what), release.states.get(here) if what == STATE else None
    name = state.name if state is not None else Text(here, here)
    return MirrorDifference(what=turn.name, here=name, there=there, whose=turn.whose, advice=turn.advice)
