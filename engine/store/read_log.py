"""The read log: adding to it, reading it for reports, and the tables of the seals that cover it.

A *seal* signs the root of a Merkle tree over all reads up to it (``engine.acts.seal_reads``). A read gets its leaf in
the first seal after its commit, whatever order transactions commit in, so the tree grows at its end only.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence
from typing import Any, NamedTuple, cast

from sqlalchemy import (
    CheckConstraint,
    Column,
    ColumnElement,
    Connection,
    Integer,
    Row,
    String,
    Table,
    Text,
    UniqueConstraint,
    and_,
    func,
    insert,
    select,
    true,
)

from engine.store.detached import detached_months
from engine.store.dossiers import dossiers
from engine.store.journal import reads
from engine.store.rows import LookRow, SealedLook, SealRow
from engine.store.sql.schema import BigId, Moment, metadata

read_leaves = Table(
    "read_leaves",
    metadata,
    Column("leaf", BigId, primary_key=True, autoincrement=False),
    Column("read_id", BigId, nullable=False),
    UniqueConstraint("read_id"),
)

read_seals = Table(
    "read_seals",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("size", BigId, nullable=False),
    Column("root", String(64), nullable=False),
    Column("line", Text, nullable=False),  # the signed text, as it is published
    Column("edge", Text, nullable=False),  # rules.journal.merkle.Edge: the right edge, from which the tree grows
    CheckConstraint("number >= 1", name="number"),
)

SHOWN: tuple[Any, ...] = (
    reads.c.id,
    reads.c.at,
    reads.c.actor,
    dossiers.c.code,
    reads.c.what,
    reads.c.reason,
    reads.c.salt,
)


class Looked(NamedTuple):
    """The filter of a report: a dossier's code, the label of who read, and moments from ``start`` to before ``end``."""

    code: str | None = None
    actor: str | None = None
    start: dt.datetime | None = None
    end: dt.datetime | None = None


def add_reads(
    connection: Connection, at: dt.datetime, actor: str, dossier_ids: Sequence[int], what: str, reason: str
) -> None:
    """Adds one row for each dossier, each with a salt of its own."""
    rows = [
        {"at": at, "actor": actor, "dossier_id": one, "what": what, "reason": reason, "salt": secrets.token_bytes(16)}
        for one in dossier_ids
    ]
    if rows:
        connection.execute(insert(reads), rows)


def typed_reason(connection: Connection, actor: str, dossier_id: int, what: str, since: dt.datetime) -> str | None:
    """The reason that the actor gave last for a read of ``what`` of this dossier, at ``since`` or later."""
    mine = and_(reads.c.actor == actor, reads.c.dossier_id == dossier_id, reads.c.what == what, reads.c.at >= since)
    newest = select(reads.c.reason).where(mine).order_by(reads.c.id.desc()).limit(1)
    return connection.execute(newest).scalar_one_or_none()


def looks(
    connection: Connection, visible: ColumnElement[bool] | None, wanted: Looked, before: int | None, limit: int
) -> Sequence[LookRow]:
    """The reads that ``wanted`` names, of visible dossiers (None: of all), newest first, with ids below ``before``."""
    rules: list[ColumnElement[bool]] = [true() if visible is None else visible]
    if wanted.code is not None:
        rules.append(dossiers.c.code == wanted.code)
    if wanted.actor is not None:
        rules.append(reads.c.actor == wanted.actor)
    if wanted.start is not None:
        rules.append(reads.c.at >= wanted.start)
    if wanted.end is not None:
        rules.append(reads.c.at < wanted.end)
    if before is not None:
        rules.append(reads.c.id < before)
    statement = select(*SHOWN).join(dossiers, dossiers.c.id == reads.c.dossier_id).where(*rules)
    found = connection.execute(statement.order_by(reads.c.id.desc()).limit(limit)).all()
    return cast(Sequence[LookRow], found)


def unsealed_reads(connection: Connection, limit: int) -> Sequence[LookRow]:
    """Reads that no seal covers, in the order of their ids."""
    open_ = select(*SHOWN).join(dossiers, dossiers.c.id == reads.c.dossier_id)
    open_ = open_.outerjoin(read_leaves, read_leaves.c.read_id == reads.c.id).where(read_leaves.c.leaf.is_(None))
    return cast(Sequence[LookRow], connection.execute(open_.order_by(reads.c.id).limit(limit)).all())


def sealed_reads(connection: Connection, start: int, limit: int) -> Sequence[SealedLook]:
    """(leaf, columns of ``SHOWN``) of leaves from ``start`` on, in order; the columns of one that is gone are None."""
    statement = select(read_leaves.c.leaf, *SHOWN).select_from(
        read_leaves.outerjoin(reads, reads.c.id == read_leaves.c.read_id).outerjoin(
            dossiers, dossiers.c.id == reads.c.dossier_id
        )
    )
    following = statement.where(read_leaves.c.leaf >= start).order_by(read_leaves.c.leaf).limit(limit)
    return cast(Sequence[SealedLook], connection.execute(following).all())


def read_counts(connection: Connection) -> tuple[int, int]:
    """The number of reads, also of detached months, and how many of them have a leaf."""
    detached = select(func.coalesce(func.sum(detached_months.c.rows), 0)).where(detached_months.c.source == "reads")
    both = select(
        select(func.count(reads.c.id)).scalar_subquery() + detached.scalar_subquery(),
        select(func.count(read_leaves.c.leaf)).scalar_subquery(),
    )
    found = connection.execute(both).one()
    return int(found[0]), int(found[1])


def last_seal(connection: Connection) -> SealRow | None:
    """The newest seal, or None."""
    newest = select(read_seals).order_by(read_seals.c.number.desc()).limit(1)
    return cast(SealRow | None, connection.execute(newest).first())


def seal_line(connection: Connection, number: int) -> str | None:
    """The signed text of one seal, or None."""
    return connection.execute(select(read_seals.c.line).where(read_seals.c.number == number)).scalar_one_or_none()


def seal_lines_after(connection: Connection, number: int, limit: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """(number, line) of the seals after ``number``, in order."""
    following = select(read_seals.c.number, read_seals.c.line).where(read_seals.c.number > number)
    return connection.execute(following.order_by(read_seals.c.number).limit(limit)).all()
