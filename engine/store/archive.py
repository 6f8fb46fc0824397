"""The tables of the archive: the package of each finished dossier and its way, destructions, and files to remove.

A dossier's way is in its journal too; these rows are what lists and pages ask. ``file_removals`` are contents whose
dossier was destroyed: the row is written with the destruction, and goes once the content is gone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Protocol, cast

from sqlalchemy import (
    CheckConstraint,
    Column,
    ColumnElement,
    Connection,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    and_,
    func,
    select,
)

from engine.store.dossiers import dossiers
from engine.store.sql.schema import BigId, Moment, metadata

archive_bags = Table(
    "archive_bags",
    metadata,
    Column("dossier_id", BigId, ForeignKey("dossiers.id"), primary_key=True, autoincrement=False),
    Column("bag", String(80), nullable=False),  # the name of the package's folder
    Column("sha256", String(64), nullable=False),  # of its tagmanifest, which covers every file in it
    Column("files", Integer, nullable=False),
    Column("bytes", BigId, nullable=False),
    Column("entries", Integer, nullable=False),  # the journal entries in it
    Column("exported_at", Moment, nullable=False),
    Column("receipt", String(80)),  # the number of the archive's receipt
    Column("receipt_day", Date),
    Column("archive", String(200)),  # the archive that took it over
    Column("transferred_at", Moment),
    Column("destroyed_at", Moment),
    CheckConstraint("(receipt IS NULL) = (transferred_at IS NULL)", name="receipt"),
    Index("ix_archive_bags_way", "destroyed_at", "transferred_at", "dossier_id"),
)

archive_destructions = Table(
    "archive_destructions",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("status", String(10), nullable=False),  # proposed, approved, refused, done
    Column("schedule", String(64), nullable=False),  # the SHA-256 of the file of retention terms
    Column("reason", Text, nullable=False),
    Column("proposed_by", BigId, ForeignKey("people.id"), nullable=False),
    Column("proposed_at", Moment, nullable=False),
    Column("decided_by", BigId, ForeignKey("people.id")),
    Column("decided_at", Moment),
    Column("done_at", Moment),
    Column("minutes_key", String(80)),
    Column("minutes_sha256", String(64)),
    CheckConstraint("status IN ('proposed', 'approved', 'refused', 'done')", name="status"),
    CheckConstraint("decided_by IS NULL OR decided_by <> proposed_by", name="two_persons"),
    sqlite_autoincrement=True,
)

archive_destruction_items = Table(
    "archive_destruction_items",
    metadata,
    Column("destruction_id", BigId, ForeignKey("archive_destructions.id"), primary_key=True, autoincrement=False),
    Column("dossier_id", BigId, ForeignKey("dossiers.id"), primary_key=True, autoincrement=False),
    Column("since", Date, nullable=False),  # from when it may be destroyed
    Column("term", Text, nullable=False),  # the term with its legal reference
    Column("done_at", Moment),
    Index("ix_archive_destruction_items_dossier_id", "dossier_id"),
)

file_removals = Table(
    "file_removals",
    metadata,
    Column("storage_key", String(80), primary_key=True),
    Column("asked_at", Moment, nullable=False),
)


class DestructionRow(Protocol):
    """A whole row of ``archive_destructions``."""

    id: int
    status: str
    schedule: str
    reason: str
    proposed_by: int
    proposed_at: dt.datetime
    decided_by: int | None
    decided_at: dt.datetime | None
    done_at: dt.datetime | None
    minutes_key: str | None
    minutes_sha256: str | None


class BagRow(Protocol):
    """A whole row of ``archive_bags``."""

    dossier_id: int
    bag: str
    sha256: str
    files: int
    bytes: int
    entries: int
    exported_at: dt.datetime
    receipt: str | None
    receipt_day: dt.date | None
    archive: str | None
    transferred_at: dt.datetime | None
    destroyed_at: dt.datetime | None


class PackedRow(BagRow, Protocol):
    """A row of ``archive_bags`` with three columns of its dossier."""

    code: str
    release: str
    finished_at: dt.datetime | None


def bag_of(connection: Connection, dossier_id: int) -> BagRow | None:
    """The package of a dossier, or None."""
    found = connection.execute(select(archive_bags).where(archive_bags.c.dossier_id == dossier_id)).first()
    return cast(BagRow | None, found)


_ONE_AT_A_TIME = 7_021_955_317  # any number that no other lock of this database uses


def propose_in_turn(connection: Connection) -> None:
    """Takes the lock that admits one proposal until the transaction ends, so that no dossier comes on two lists. SQLite
    has one writer anyhow."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_ONE_AT_A_TIME)))


def destruction_numbered(connection: Connection, number: int, *, lock: bool = False) -> DestructionRow | None:
    """A list for destruction, or None; with ``lock`` its row is locked."""
    statement = select(archive_destructions).where(archive_destructions.c.id == number)
    found = connection.execute(statement.with_for_update() if lock else statement).first()
    return cast(DestructionRow | None, found)


def ended_codes(
    connection: Connection, before: dt.datetime, after: int, limit: int, *, unpacked: bool = True
) -> Sequence[tuple[int, str]]:
    """(id, code) of our own dossiers that ended before a moment, with ids above ``after``; by default those without a
    package."""
    rule: list[ColumnElement[bool]] = [dossiers.c.id > after, _ended(before)]
    statement = select(dossiers.c.id, dossiers.c.code)
    if unpacked:
        statement = statement.outerjoin(archive_bags, archive_bags.c.dossier_id == dossiers.c.id)
        rule.append(archive_bags.c.dossier_id.is_(None))
    rows = connection.execute(statement.where(*rule).order_by(dossiers.c.id).limit(limit)).all()
    return [(row.id, row.code) for row in rows]


def ended_count(connection: Connection, before: dt.datetime) -> int:
    """How many of our own dossiers ended before a moment and have no package."""
    rows = select(func.count()).select_from(
        dossiers.outerjoin(archive_bags, archive_bags.c.dossier_id == dossiers.c.id)
    )
    return int(connection.execute(rows.where(_ended(before), archive_bags.c.dossier_id.is_(None))).scalar_one())


def _ended(before: dt.datetime) -> ColumnElement[bool]:
    return and_(dossiers.c.finished_at < before, dossiers.c.source.is_(None))
