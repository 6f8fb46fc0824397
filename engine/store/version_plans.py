"""The tables of version plans: each plan to let a version take effect, and the outcome of every dossier in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import CheckConstraint, Column, Connection, ForeignKey, Index, Integer, String, Table, func, select

from engine.store.dossiers import dossiers
from engine.store.rows import VersionPlanRow
from engine.store.sql.schema import BigId, Json, Moment, metadata

version_plans = Table(
    "version_plans",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("procedure", String(20), nullable=False),
    Column("version", Integer, nullable=False),
    Column("release", String(64), nullable=False),  # the digest of the version
    Column("digest", String(64), nullable=False, unique=True),  # of the plan, as in its file
    Column("document", Json, nullable=False),  # the orders, and what the plan saw of the versions
    Column("summary", Json, nullable=False),  # the totals that were approved
    Column("state", String(10), nullable=False),
    Column("loaded_at", Moment, nullable=False),
    Column("started_at", Moment),
    Column("finished_at", Moment),
    Column("applied_by", String(80)),  # the person or the account of the machine
    CheckConstraint("state IN ('loading', 'ready', 'applying', 'applied', 'reverting', 'reverted')", name="state"),
)

version_items = Table(
    "version_items",
    metadata,
    Column("plan_id", BigId, ForeignKey("version_plans.id"), primary_key=True, autoincrement=False),
    Column("dossier_id", BigId, ForeignKey("dossiers.id"), primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),  # of the dossier when it was planned
    Column("release", String(64), nullable=False),  # the digest of the version that it had
    Column("state", String(40), nullable=False),
    Column("target", String(40)),  # its state under the new version
    Column("status", String(10), nullable=False),
    Column("why", String(20)),  # a key of engine.rules.versions.fates.WHY
    Column("entry", Integer),  # the journal entry that moved it
    Column("before", Json),  # the changed columns with their old values
    Column("at", Moment),
    CheckConstraint(
        "status IN ('waiting', 'choice', 'cannot', 'done', 'stale', 'ended', 'replaced', 'reverted', 'touched')",
        name="status",
    ),
    Index("ix_version_items_status", "plan_id", "status", "dossier_id"),
)
"""One dossier of a plan. Its status is ``waiting``: to be moved; ``choice``: a person must choose its state;
``cannot``: it keeps its version, see ``why``; ``done``: moved by journal entry ``entry``; ``stale``: it changed, so it
must be planned again; ``ended``: finished meanwhile; ``replaced``: in a later plan of the procedure; ``reverted``:
moved back; ``touched``: not moved back, since somebody worked on it after the move."""


def plan_row(connection: Connection, plan_id: int) -> VersionPlanRow | None:
    """The row of one plan, or None."""
    found = connection.execute(select(version_plans).where(version_plans.c.id == plan_id)).one_or_none()
    return cast(VersionPlanRow | None, found)


def every_plan(connection: Connection, procedure: str | None = None) -> Sequence[VersionPlanRow]:
    """The rows of ``version_plans``, oldest first; of one procedure where it is given."""
    wanted = select(version_plans).order_by(version_plans.c.id)
    if procedure is not None:
        wanted = wanted.where(version_plans.c.procedure == procedure)
    return cast(Sequence[VersionPlanRow], connection.execute(wanted).all())


def outcomes_of(connection: Connection, plan_id: int) -> dict[str, int]:
    """The number of a plan's dossiers by status."""
    mine = select(version_items.c.status, func.count()).where(version_items.c.plan_id == plan_id)
    return {row[0]: row[1] for row in connection.execute(mine.group_by(version_items.c.status))}


def ids_with(connection: Connection, plan_id: int, status: str, after: int, limit: int) -> list[int]:
    """The ids, ascending and above ``after``, of the next dossiers of a plan with a status."""
    own = version_items.c.plan_id == plan_id, version_items.c.status == status, version_items.c.dossier_id > after
    found = select(version_items.c.dossier_id).where(*own).order_by(version_items.c.dossier_id).limit(limit)
    return list(connection.execute(found).scalars())


def items_of(connection: Connection, plan_id: int, after: int = 0, limit: int = 1000) -> Sequence[Any]:
    """The next dossiers of a plan above the id ``after``: the code of each, where it goes, what became of it, why."""
    columns = ("dossier_id", "release", "state", "target", "status", "why", "entry", "at")
    mine = select(dossiers.c.code, *(version_items.c[name] for name in columns)).select_from(version_items)
    mine = mine.join(dossiers, dossiers.c.id == version_items.c.dossier_id)
    mine = mine.where(version_items.c.plan_id == plan_id, version_items.c.dossier_id > after)
    return connection.execute(mine.order_by(version_items.c.dossier_id).limit(limit)).all()


def items_with(connection: Connection, plan_id: int, status: str | None, after: int, limit: int) -> Sequence[Any]:
    """The next dossiers of a plan above the id ``after``, of one status where it is given."""
    columns = ("dossier_id", "state", "target", "status", "why", "entry", "at")
    mine = select(dossiers.c.code, *(version_items.c[name] for name in columns)).select_from(version_items)
    mine = mine.join(dossiers, dossiers.c.id == version_items.c.dossier_id)
    mine = mine.where(version_items.c.plan_id == plan_id, version_items.c.dossier_id > after)
    if status is not None:
        mine = mine.where(version_items.c.status == status)
    return connection.execute(mine.order_by(version_items.c.dossier_id).limit(limit)).all()
