"""Version plans for people: each with its dossiers by outcome, and the outcome of every dossier."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from engine.store.running import releases_of, running_by_release
from engine.store.version_plans import every_plan, items_of, outcomes_of
from engine.transaction import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanStanding:
    """A loaded plan. ``standing`` are the numbers of its dossiers by outcome (``engine.store.version_plans``)."""

    plan: int
    procedure: str
    version: int
    digest: str
    state: str
    loaded_at: dt.datetime
    applied_by: str | None
    standing: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierOutcome:
    """One dossier of a plan: where it was to go, what became of it, why, and the journal entry that moved it."""

    code: str
    state: str
    target: str | None
    status: str
    why: str | None
    entry: int | None
    at: dt.datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedVersion:
    """A published version with its days (inclusive; None: open), and its running dossiers as a sum and by state."""

    version: int
    digest: str
    start: dt.date
    until: dt.date | None
    running: int
    states: Mapping[str, int]


def plans(unit: UnitOfWork) -> tuple[PlanStanding, ...]:
    """Every loaded plan, oldest first."""
    return tuple(
        PlanStanding(
            plan=row.id,
            procedure=row.procedure,
            version=row.version,
            digest=row.digest,
            state=row.state,
            loaded_at=row.loaded_at,
            applied_by=row.applied_by,
            standing=outcomes_of(unit.reader(), row.id),
        )
        for row in every_plan(unit.reader())
    )


def outcomes(unit: UnitOfWork, plan_id: int, after: int = 0, limit: int | None = None) -> tuple[DossierOutcome, ...]:
    """The dossiers of a plan in order; ``limit`` of them above the row id ``after``, or all."""
    found: list[DossierOutcome] = []
    while page := items_of(unit.reader(), plan_id, after, limit or 1000):
        after = page[-1].dossier_id
        found += [
            DossierOutcome(
                code=row.code,
                state=row.state,
                target=row.target,
                status=row.status,
                why=row.why,
                entry=row.entry,
                at=row.at,
            )
            for row in page
        ]
        if limit is not None:
            break
    return tuple(found)


def side_by_side(unit: UnitOfWork, procedure: str) -> tuple[PublishedVersion, ...]:
    """The published versions of a procedure, oldest first, with the dossiers that run under each."""
    running = running_by_release(unit.reader(), procedure)
    return tuple(
        PublishedVersion(
            version=row.version,
            digest=row.digest,
            start=row.start,
            until=row.until,
            running=sum(running.get(row.digest, {}).values()),
            states=running.get(row.digest, {}),
        )
        for row in releases_of(unit.reader(), procedure)
    )
