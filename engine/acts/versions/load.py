"""Loads an approved version plan and publishes its version, so that applying it survives any interruption.

The version is published in the same transaction that makes the plan ready: before that nothing has changed, and after
it every dossier of the plan has its row. A later plan of the procedure replaces an earlier one for all dossiers not
moved yet.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import islice
from typing import Any

import msgspec
from sqlalchemy import and_, insert, select, update

from engine.acts.publish import publish_release, raise_version
from engine.acts.publish_procedures import no_competence, plan_release
from engine.errors import Conflict
from engine.rules.procedure.definition import Release
from engine.rules.procedure.permissions import Actor
from engine.rules.versions.fates import Orders, foreseen
from engine.store.releases import releases
from engine.store.sql.bulk import insert_rows
from engine.store.version_plans import version_items, version_plans
from engine.transaction import Runtime, UnitOfWork, in_transaction
from engine.versions.document import SeenWorld, VersionPlan
from engine.versions.planning import NoLegalReference, world_of

BATCH = 2000
_STATUS = {"moves": "waiting", "choice": "choice", "cannot": "cannot"}


class StalePlan(Conflict):
    """What the plan saw is not so any more."""

    code = "stale-version-plan"
    vi = "Kế hoạch đã cũ: {why_vi}. Hãy lập lại."
    en = "The plan is stale: {why_en}. Plan again."


class _Undone(Exception):
    """Takes back what a rehearsal wrote."""


def rehearse(unit: UnitOfWork, release: Release) -> None:
    """Publishes the version and takes that back, to know now what would be refused later.

    Raises ReleaseChanged, ReleaseOverlap, CompetenceNotSettled.
    """
    defects = plan_release(unit, release).defects
    if defects:
        raise no_competence(defects)
    try:
        with unit.savepoint():
            publish_release(unit, release, by_itself=False)
            raise _Undone
    except _Undone:
        return


def load_version_plan(runtime: Runtime, plan: VersionPlan, by: Actor, publisher: str | None = None) -> int:
    """Loads the plan, publishes its version, and returns the plan's id; an interrupted load continues.

    A loaded plan is left unchanged. Raises StalePlan, NoLegalReference, ReleaseChanged, ReleaseOverlap,
    CompetenceNotSettled; then nothing is published.
    """
    plan_id, state = in_transaction(runtime, by, partial(_begin, plan=plan, publisher=publisher))
    if state != "loading":
        return plan_id
    for batch in _batches(plan.items()):
        in_transaction(runtime, by, partial(_add_items, plan_id=plan_id, items=batch))
    in_transaction(runtime, by, partial(_finish, plan_id=plan_id, plan=plan, publisher=publisher))
    return plan_id


def must_be_fresh(unit: UnitOfWork, plan: VersionPlan) -> None:
    """Requires that the versions are those that the plan saw, and that no dossier has come into a state for which
    somebody would have had to choose.

    Raises StalePlan.
    """
    raise_version(unit, "releases", by=0)  # nobody publishes until the end of the unit of work
    seen, now = plan.head.seen, world_of(unit.begin(), plan.release.procedure, plan.release.digest())
    if now.releases != seen.releases:
        raise StalePlan(
            why_vi="các phiên bản đã công bố của thủ tục đã thay đổi",
            why_en="the published versions of the procedure have changed",
        )
    fresh = {state for _, state in set(now.states) - set(seen.states)}
    if open_ones := sorted(state for state in fresh if not foreseen(state, plan.release, plan.head.orders)):
        named = ", ".join(open_ones)
        raise StalePlan(
            why_vi=f"có hồ sơ ở bước cần chọn mà kế hoạch chưa thấy: {named}",
            why_en=f"dossiers have come into a step that needs a choice: {named}",
        )


def _begin(unit: UnitOfWork, plan: VersionPlan, publisher: str | None) -> tuple[int, str]:
    known = select(version_plans.c.id, version_plans.c.state).where(version_plans.c.digest == plan.digest)
    found = unit.begin().execute(known).one_or_none()
    if found is not None and found.state != "loading":
        return int(found.id), str(found.state)
    release = plan.release
    if not any(text.strip() for text in release.legal):
        raise NoLegalReference(procedure=release.procedure, version=release.version)
    must_be_fresh(unit, plan)
    if found is not None:
        return int(found.id), "loading"
    row = {
        "procedure": release.procedure,
        "version": release.version,
        "release": release.digest(),
        "digest": plan.digest,
        "document": _document(plan.head.orders, plan.head.seen),
        "summary": plan.summary,
        "state": "loading",
        "loaded_at": unit.now,
        "applied_by": (publisher or unit.actor.name or None),
    }
    made = unit.begin().execute(insert(version_plans).returning(version_plans.c.id), row).scalar_one()
    return int(made), "loading"


def _document(orders: Orders, seen: SeenWorld, published: bool = False) -> dict[str, Any]:
    return {"orders": msgspec.to_builtins(orders), "seen": msgspec.to_builtins(seen), "published": published}


def _add_items(unit: UnitOfWork, plan_id: int, items: list[dict[str, Any]]) -> None:
    rows = [
        {
            "plan_id": plan_id,
            "dossier_id": one["id"],
            "version": one["version"],
            "release": one["release"],
            "state": one["state"],
            "target": one["target"],
            "status": _STATUS[one["outcome"]],
            "why": one["why"],
        }
        for one in items
    ]
    insert_rows(unit.begin(), version_items, rows, new_only=True)


def _finish(unit: UnitOfWork, plan_id: int, plan: VersionPlan, publisher: str | None) -> None:
    """Publishes the version and makes the plan ready; the unmoved dossiers of earlier plans become ``replaced``."""
    must_be_fresh(unit, plan)
    release = plan.release
    defects = plan_release(unit, release).defects
    if defects:
        raise no_competence(defects)
    published = publish_release(unit, release, publisher, by_itself=False)
    # The plan moves its dossiers: the job for releases that move all of theirs leaves this one alone.
    unit.begin().execute(update(releases).where(releases.c.digest == release.digest()).values(migrates=0))
    earlier = select(version_plans.c.id).where(
        version_plans.c.procedure == release.procedure, version_plans.c.id < plan_id
    )
    unmoved = version_items.c.status.in_(("waiting", "choice", "cannot", "stale"))
    replaced = update(version_items).where(and_(version_items.c.plan_id.in_(earlier), unmoved))
    unit.begin().execute(replaced.values(status="replaced"))
    document = _document(plan.head.orders, plan.head.seen, published)
    ready = update(version_plans).where(version_plans.c.id == plan_id).values(state="ready", document=document)
    unit.begin().execute(ready)


def _batches(given: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    while batch := list(islice(given, BATCH)):
        yield batch
