"""A loaded plan of a version as its page shows it: its numbers, and its dossiers page by page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.errors import NotFound
from engine.queries.version_plans import DossierOutcome
from engine.rules.procedure.definition import Release
from engine.store.version_plans import items_with, outcomes_of, plan_row
from engine.transaction import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedPlan:
    """A plan that was applied. ``standing`` are its dossiers by outcome; ``summary`` is what was approved."""

    number: int
    release: Release
    digest: str
    state: str
    loaded_at: dt.datetime
    finished_at: dt.datetime | None
    applied_by: str | None
    summary: Mapping[str, Any]
    standing: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.standing.values())

    @property
    def waiting(self) -> int:
        """The dossiers that are still to be moved."""
        return self.standing.get("waiting", 0)

    @property
    def moving(self) -> bool:
        return self.state in ("ready", "applying") and self.waiting > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomePage:
    """Some dossiers of a plan; ``after`` begins the next page, None where this is the last one."""

    lines: tuple[DossierOutcome, ...]
    after: int | None


def loaded_plan(unit: UnitOfWork, number: int) -> LoadedPlan:
    """One plan. Raises NotFound."""
    row = plan_row(unit.reader(), number)
    if row is None:
        raise NotFound(what=f"version plan {number}")
    return LoadedPlan(
        number=row.id,
        release=unit.catalogue.workflow(row.release).release,
        digest=row.digest,
        state=row.state,
        loaded_at=row.loaded_at,
        finished_at=row.finished_at,
        applied_by=row.applied_by,
        summary=row.summary,
        standing=outcomes_of(unit.reader(), row.id),
    )


def outcome_page(unit: UnitOfWork, number: int, status: str | None, after: int, length: int) -> OutcomePage:
    """The dossiers of a plan in order, of one outcome where it is given."""
    rows = items_with(unit.reader(), number, status, after, length + 1)
    lines = tuple(
        DossierOutcome(
            code=row.code,
            state=row.state,
            target=row.target,
            status=row.status,
            why=row.why,
            entry=row.entry,
            at=row.at,
        )
        for row in rows[:length]
    )
    return OutcomePage(lines=lines, after=rows[length - 1].dossier_id if len(rows) > length else None)
