"""Plans of versions that were made on a page, and what has changed since they saw the dossiers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.errors import NotFound
from engine.rules.procedure.definition import Release
from engine.store.version_drafts import DraftRow, draft_row, newest_drafts
from engine.transaction import UnitOfWork
from engine.versions.document import SeenWorld
from engine.versions.kept_forecast import KeptForecast, kept_forecast
from engine.versions.planning import world_of

MOST_LISTED = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanMade:
    """A plan that waits to be applied. ``plan`` is the loaded plan's id once it was applied."""

    number: int
    procedure: str
    version: int
    digest: str
    summary: Mapping[str, Any]
    made_at: dt.datetime
    made_by: str
    plan: int | None

    @property
    def forecast(self) -> KeptForecast | None:
        """The forecast that somebody kept with it."""
        return kept_forecast(self.summary)


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """What the plan did not see: versions published or ended since, and (version, state) in which dossiers stand
    now."""

    versions: bool
    states: tuple[tuple[str, str], ...]


def plan_made(unit: UnitOfWork, number: int) -> PlanMade:
    """One plan. Raises NotFound."""
    found = draft_row(unit.reader(), number)
    if found is None:
        raise NotFound(what=f"version plan {number}")
    return _made(found)


def plans_made(unit: UnitOfWork) -> tuple[PlanMade, ...]:
    """The plans that nobody has applied yet, the newest first."""
    return tuple(_made(one) for one in newest_drafts(unit.reader(), MOST_LISTED))


def since_the_plan(unit: UnitOfWork, release: Release, seen: SeenWorld) -> Since:
    """What differs now from what the plan saw."""
    now = world_of(unit.reader(), release.procedure, release.digest())
    fresh = sorted(set(now.states) - set(seen.states))
    named = tuple((str(unit.catalogue.workflow(digest).release.version), state) for digest, state in fresh)
    return Since(versions=now.releases != seen.releases, states=named)


def _made(row: DraftRow) -> PlanMade:
    return PlanMade(
        number=row.id,
        procedure=row.procedure,
        version=row.version,
        digest=row.digest,
        summary=row.summary,
        made_at=row.made_at,
        made_by=row.made_by,
        plan=row.plan,
    )
