"""The tables of reform plans: each plan, its groups of passages, and the status of every dossier in it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, cast

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    func,
    select,
    text,
)

from engine.store.dossiers import applicants, dossiers
from engine.store.reform_rows import DecidedRow
from engine.store.rows import ReformRow, TriageRow
from engine.store.sql.schema import BigId, Json, Moment, metadata

reforms = Table(
    "reforms",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("code", String(60), nullable=False),
    Column("date", Date, nullable=False),  # the first day of the new order
    Column("digest", String(64), nullable=False, unique=True),  # of the plan, as in its file
    Column("document", Json, nullable=False),  # the reform with its policies, so that stale items are recomputed
    Column("summary", Json, nullable=False),  # the totals that were approved
    Column("state", String(10), nullable=False),
    Column("loaded_at", Moment, nullable=False),
    Column("started_at", Moment),
    Column("finished_at", Moment),
    CheckConstraint("state IN ('loading', 'ready', 'applying', 'applied', 'reverting', 'reverted')", name="state"),
)

reform_groups = Table(
    "reform_groups",
    metadata,
    Column("reform_id", BigId, ForeignKey("reforms.id"), primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("document", Json, nullable=False),
)
"""A passage from office to office: desk, office left, office reached or candidates, cause, legal texts. Many dossiers
share one group."""

reform_items = Table(
    "reform_items",
    metadata,
    Column("reform_id", BigId, ForeignKey("reforms.id"), primary_key=True, autoincrement=False),
    Column("dossier_id", BigId, ForeignKey("dossiers.id"), primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),  # of the dossier when it was planned
    Column("province", String(8), nullable=False),  # the province whose triage has it
    Column("passages", Json, nullable=False),  # desk → number of its group
    Column("place", String(8)),  # the dossier's commune from the reform's day on; None while undecided
    Column("status", String(10), nullable=False),
    Column("chosen", Json),  # the communes that a person chose for it
    Column("entry", Integer),  # the journal entry that moved it
    Column("before", Json),  # the changed columns with their old values
    Column("at", Moment),
    CheckConstraint(
        "status IN ('waiting', 'person', 'done', 'stale', 'ended', 'replaced', 'reverted', 'touched')", name="status"
    ),
    Index("ix_reform_items_status", "reform_id", "status", "dossier_id"),
    Index(
        "ix_reform_items_done",
        "dossier_id",
        sqlite_where=text("status IN ('done', 'touched')"),
        postgresql_where=text("status IN ('done', 'touched')"),
    ),
)
"""One dossier of a plan. Its status is ``waiting``: to be moved; ``person``: in the province's triage; ``done``: moved
by journal entry ``entry``; ``stale``: the facts have changed, so it must be planned and approved again; ``ended``:
finished meanwhile; ``replaced``: in a later plan of the same reform; ``reverted``: moved back; ``touched``: not moved
back, since somebody worked on it after the move."""


def every_reform(connection: Connection) -> Sequence[ReformRow]:
    """The rows of ``reforms``, oldest first."""
    return cast(Sequence[ReformRow], connection.execute(select(reforms).order_by(reforms.c.id)).all())


def reform_row(connection: Connection, reform_id: int) -> ReformRow | None:
    """The row of one plan, or None."""
    this = select(reforms).where(reforms.c.id == reform_id)
    return cast(ReformRow | None, connection.execute(this).one_or_none())


def group_documents(connection: Connection, reform_id: int) -> Sequence[Any]:
    """The documents of a plan's groups, in order of number, for ``engine.rules.reform.totals.group_from_data``."""
    mine = select(reform_groups.c.document).where(reform_groups.c.reform_id == reform_id)
    return connection.execute(mine.order_by(reform_groups.c.number)).scalars().all()


def items_in_triage(connection: Connection, reform_id: int, province: str | None = None) -> Sequence[TriageRow]:
    """``passages``, ``province`` and the dossier's ``place`` of each item of a plan that waits for a person.

    ``province`` (its code before the reform) narrows them to one province.
    """
    wanted = [reform_items.c.reform_id == reform_id, reform_items.c.status == "person"]
    if province is not None:
        wanted.append(reform_items.c.province == province)
    columns: tuple[Any, ...] = (reform_items.c.passages, reform_items.c.province, dossiers.c.place)
    joined = select(*columns).join(dossiers, dossiers.c.id == reform_items.c.dossier_id)
    return cast(Sequence[TriageRow], connection.execute(joined.where(*wanted)).all())


def items_to_decide(
    connection: Connection, reform_id: int, provinces: Collection[str] | None, limit: int
) -> Sequence[DecidedRow]:
    """The first items of a plan that wait for a person, with the dossier's code, place and form, in order of the ids.

    ``provinces`` (codes before the reform) narrows them.
    """
    wanted = [reform_items.c.reform_id == reform_id, reform_items.c.status == "person"]
    if provinces is not None:
        wanted.append(reform_items.c.province.in_(sorted(provinces)))
    columns: tuple[Any, ...] = (reform_items.c.passages, reform_items.c.province, dossiers.c.place, dossiers.c.code)
    joined = select(*columns, applicants.c.form).join(dossiers, dossiers.c.id == reform_items.c.dossier_id)
    joined = joined.join(applicants, applicants.c.dossier_id == dossiers.c.id)
    rows = connection.execute(joined.where(*wanted).order_by(reform_items.c.dossier_id).limit(limit)).all()
    return cast(Sequence[DecidedRow], rows)


def reform_with(connection: Connection, digest: str) -> ReformRow | None:
    """The row of the plan with this digest, or None."""
    this = select(reforms).where(reforms.c.digest == digest)
    return cast(ReformRow | None, connection.execute(this).one_or_none())


def counts_by_status(
    connection: Connection, reform_id: int, provinces: Collection[str] | None = None
) -> dict[str, int]:
    """The number of a plan's dossiers by status; ``provinces`` (codes before the reform) narrows them."""
    mine = select(reform_items.c.status, func.count()).where(reform_items.c.reform_id == reform_id)
    if provinces is not None:
        mine = mine.where(reform_items.c.province.in_(sorted(provinces)))
    return {row[0]: row[1] for row in connection.execute(mine.group_by(reform_items.c.status))}
