"""Procedures for administrators: every one with its versions, and when each was published and takes effect."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from engine.clock import civil_day
from engine.errors import NotFound
from engine.rules.deadlines.working_days import working_days_until
from engine.rules.plain_text import plain_text
from engine.rules.procedure.definition import Release
from engine.store.published import PublishedRow, published_rows, running_by_version
from engine.text import Text
from engine.transaction import UnitOfWork

Standing = Literal["in-force", "future", "past"]
DAYS_BEFORE = 5
"""A province publishes at least so many working days before the effect (Decision 766/QĐ-TTg, publicity)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionLine:
    """A published version. ``ahead`` are the working days from its publication here to its first day; None where no
    calendar tells."""

    version: int
    digest: str
    release: Release
    start: dt.date
    until: dt.date | None
    published_at: dt.datetime
    publisher: str | None
    standing: Standing
    running: int
    ahead: int | None

    @property
    def afterwards(self) -> bool:
        """Whether it was in force already when it was published here, as what an installation begins with."""
        return civil_day(self.published_at) >= self.start

    @property
    def in_time(self) -> bool | None:
        """Whether it was published here early enough; None where that cannot be told."""
        return None if self.ahead is None else self.ahead >= DAYS_BEFORE


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcedureVersions:
    """A procedure with its versions, oldest first."""

    procedure: str
    versions: tuple[VersionLine, ...]

    @property
    def shown(self) -> VersionLine:
        """The version in force; else the next one, else the last one."""
        by_standing = {one.standing: one for one in reversed(self.versions)}
        return by_standing.get("in-force") or by_standing.get("future") or self.versions[-1]

    @property
    def name(self) -> Text:
        return self.shown.release.name

    @property
    def running(self) -> int:
        """The unfinished dossiers under all versions."""
        return sum(one.running for one in self.versions)

    @property
    def ahead(self) -> tuple[VersionLine, ...]:
        """The versions that take effect later."""
        return tuple(one for one in self.versions if one.standing == "future")

    def numbered(self, version: int) -> VersionLine:
        """The version with this number. Raises NotFound."""
        found = next((one for one in self.versions if one.version == version), None)
        if found is None:
            raise NotFound(what=f"{self.procedure}@{version}")
        return found


def procedures_with_versions(
    unit: UnitOfWork, words: str = "", sector: str = "", standing: Standing | None = None
) -> tuple[ProcedureVersions, ...]:
    """Every procedure by code, whose code or name has all the words (without accents), whose sector is ``sector``, and
    which has a version that stands so, where these are given."""
    asked = plain_text(words).split()
    lines = _lines(unit, published_rows(unit.reader()))
    grouped = [ProcedureVersions(procedure=key, versions=tuple(own)) for key, own in groupby(lines, _procedure)]
    return tuple(
        one
        for one in grouped
        if all(word in _searched(one) for word in asked)
        and sector in ("", one.shown.release.sector.code)
        and (standing is None or any(line.standing == standing for line in one.versions))
    )


def versions_of(unit: UnitOfWork, procedure: str) -> ProcedureVersions:
    """One procedure with its versions. Raises NotFound."""
    lines = _lines(unit, published_rows(unit.reader(), procedure), procedure)
    if not lines:
        raise NotFound(what=procedure)
    return ProcedureVersions(procedure=procedure, versions=tuple(lines))


def _lines(unit: UnitOfWork, rows: Sequence[PublishedRow], procedure: str | None = None) -> list[VersionLine]:
    running = running_by_version(unit.reader(), procedure)
    return [
        VersionLine(
            version=row.version,
            digest=row.digest,
            release=unit.catalogue.workflow(row.digest).release,
            start=row.start,
            until=row.until,
            published_at=row.published_at,
            publisher=row.publisher,
            standing=_standing(row, unit.today),
            running=running.get(row.digest, 0),
            ahead=_ahead(unit, row),
        )
        for row in rows
    ]


def _standing(row: PublishedRow, today: dt.date) -> Standing:
    if row.until is not None and row.until < today:
        return "past"
    return "future" if row.start > today else "in-force"


def _ahead(unit: UnitOfWork, row: PublishedRow) -> int | None:
    calendar = unit.catalogue.calendars.get(unit.catalogue.workflow(row.digest).release.sla.calendar)
    return working_days_until(calendar, civil_day(row.published_at), row.start)


def _procedure(line: VersionLine) -> str:
    return line.release.procedure


def _searched(one: ProcedureVersions) -> str:
    release = one.shown.release
    return plain_text(release.procedure, release.name.vi, release.name.en, release.in_lists.vi, release.in_lists.en)
