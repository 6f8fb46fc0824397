"""The tables of batches: one action on many dossiers by one person, each dossier an item with its own outcome."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple, cast

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    and_,
    func,
    select,
    text,
)

from engine.store.dossiers import dossiers
from engine.store.sql.schema import BigId, Json, Moment, metadata

batches = Table(
    "batches",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("person_id", BigId, ForeignKey("people.id"), nullable=False),  # who asked for it, and acts
    Column("act", String(40), nullable=False),  # ``step``, ``claim``, ``assign``, ``release_claim``, ``transfer``
    Column("arguments", Json, nullable=False),  # the act's arguments by name; no personal data but the reason
    Column("name_vi", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("stopped_at", Moment),  # no item begins after it
    Column("finished_at", Moment),  # when no item waited any more
    Index("ix_batches_person_id", "person_id", "id"),
    Index(
        "ix_batches_waiting",
        "id",
        sqlite_where=text("finished_at IS NULL"),
        postgresql_where=text("finished_at IS NULL"),
    ),
    sqlite_autoincrement=True,
)

batch_items = Table(
    "batch_items",
    metadata,
    Column("batch_id", BigId, ForeignKey("batches.id"), primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("dossier_id", BigId, ForeignKey("dossiers.id"), nullable=False),
    Column("version", Integer),  # the dossier's, as the person saw it; None once it is tried again
    Column("status", String(10), nullable=False),  # waiting, done, refused, stopped
    Column("code", String(60)),  # of the refusal
    Column("why_vi", Text),
    Column("why_en", Text),
    Column("ended_at", Moment),
    CheckConstraint("status IN ('waiting', 'done', 'refused', 'stopped')", name="status"),
    Index("ix_batch_items_dossier_id", "dossier_id"),
)
"""An item is done in the transaction of its act, so it is done once, whatever dies meanwhile."""


class BatchRow(NamedTuple):
    """A row of ``batches``."""

    id: int
    person_id: int
    act: str
    arguments: dict[str, Any]
    name_vi: str
    name_en: str
    asked_at: dt.datetime
    stopped_at: dt.datetime | None
    finished_at: dt.datetime | None


class ItemRow(NamedTuple):
    """An item with the code of its dossier."""

    number: int
    dossier: str
    version: int | None
    status: str
    code: str | None
    why_vi: str | None
    why_en: str | None


_COLUMNS = tuple(batches.c[name] for name in BatchRow._fields)
_ITEM = (
    batch_items.c.number,
    dossiers.c.code,
    batch_items.c.version,
    batch_items.c.status,
    batch_items.c.code.label("refusal"),
    batch_items.c.why_vi,
    batch_items.c.why_en,
)


def batch_with(connection: Connection, number: int, *, lock: bool = False) -> BatchRow | None:
    """The batch with this id, or None; with ``lock`` its row is locked until the transaction ends."""
    this = select(*_COLUMNS).where(batches.c.id == number)
    found = connection.execute(this.with_for_update() if lock else this).one_or_none()
    return None if found is None else BatchRow(*found)


def batches_of(connection: Connection, person: int, limit: int) -> list[BatchRow]:
    """The person's newest batches, newest first."""
    mine = select(*_COLUMNS).where(batches.c.person_id == person).order_by(batches.c.id.desc()).limit(limit)
    return [BatchRow(*row) for row in cast(Sequence[Any], connection.execute(mine).all())]


def waiting_batches(connection: Connection) -> list[int]:
    """The batches that have not finished, oldest first."""
    waiting = select(batches.c.id).where(batches.c.finished_at.is_(None)).order_by(batches.c.id)
    return list(connection.execute(waiting).scalars())


def next_item(connection: Connection, batch: int, after: int) -> int | None:
    """The number of the next item above ``after`` that waits, or None."""
    mine = and_(batch_items.c.batch_id == batch, batch_items.c.status == "waiting", batch_items.c.number > after)
    least: int | None = connection.execute(select(func.min(batch_items.c.number)).where(mine)).scalar_one()
    return least


def item_to_do(connection: Connection, batch: int, number: int) -> ItemRow | None:
    """An item that waits, locked until the transaction ends; None if it waits no more."""
    this = and_(batch_items.c.batch_id == batch, batch_items.c.number == number, batch_items.c.status == "waiting")
    found = select(*_ITEM).join(dossiers, dossiers.c.id == batch_items.c.dossier_id).where(this)
    row = connection.execute(found.with_for_update(of=batch_items)).one_or_none()
    return None if row is None else ItemRow(*row)


def items_of(connection: Connection, batch: int, status: str, limit: int) -> list[ItemRow]:
    """The items of a batch with a status, in order."""
    mine = and_(batch_items.c.batch_id == batch, batch_items.c.status == status)
    found = select(*_ITEM).join(dossiers, dossiers.c.id == batch_items.c.dossier_id).where(mine)
    rows = connection.execute(found.order_by(batch_items.c.number).limit(limit)).all()
    return [ItemRow(*row) for row in cast(Sequence[Any], rows)]


def counts_of(connection: Connection, ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """How many items each batch has by status."""
    found: dict[int, dict[str, int]] = {one: {} for one in ids}
    columns: tuple[Any, ...] = (batch_items.c.batch_id, batch_items.c.status)
    each = select(*columns, func.count()).where(batch_items.c.batch_id.in_(list(ids))).group_by(*columns)
    for batch, status, number in cast(Sequence[Any], connection.execute(each).all()):
        found[batch][status] = number
    return found
