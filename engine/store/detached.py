"""Months of journal, outbox and read log that were detached, and the leaves that they leave behind for proofs.

A leaf is the hash of an entry or of a read in its Merkle tree. It stays, so that the root of every checkpoint and seal
can be computed although the row is no longer here (docs/partitions.md). SQLite has no partitions: there these tables
are empty.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Column, Connection, Integer, LargeBinary, String, Table, Text, func, select

from engine.errors import Conflict
from engine.store.sql.schema import BigId, Moment, metadata

detached_months = Table(
    "detached_months",
    metadata,
    Column("source", String(20), primary_key=True),  # journal, outbox, reads
    Column("month", Integer, primary_key=True, autoincrement=False),  # 202611, or 0 for all of before
    Column("rows", BigId, nullable=False),
    Column("detached_at", Moment, nullable=False),
    Column("detached_by", String(60), nullable=False),
    Column("reason", Text, nullable=False),
)

detached_leaves = Table(
    "detached_leaves",
    metadata,
    Column("source", String(20), primary_key=True),  # journal, reads
    Column("leaf", BigId, primary_key=True, autoincrement=False),
    Column("month", Integer, nullable=False),
    Column("hash", LargeBinary(32), nullable=False),
)

BLOCK = 10**8
"""Ids of the dossiers of a month: ``202611 * BLOCK`` is the lowest."""
_FIRST = 200_001 * BLOCK


class EntriesAway(Conflict):
    """What is wanted of a dossier needs entries that lie in a detached month."""

    code = "entries-away"
    vi = (
        "Nhật ký của hồ sơ {dossier} đã tách khỏi hệ thống cùng tháng {month}, nên chưa làm được việc này. "
        "Nhờ người quản trị gắn lại bằng lệnh: motcua retention attach {source} {month}"
    )
    en = (
        "Entries of dossier {dossier} were detached with the month {month}, so this cannot be done now. "
        "Ask an administrator to attach them by the command: motcua retention attach {source} {month}"
    )


def months_detached(connection: Connection, source: str) -> list[tuple[int, int]]:
    """(first id, end) of the dossiers whose rows of ``source`` were detached, in order."""
    months = select(detached_months.c.month).where(detached_months.c.source == source)
    return [ids_of(month) for month in connection.execute(months.order_by(detached_months.c.month)).scalars()]


def month_away(connection: Connection, source: str, dossier_id: int) -> str | None:
    """The month with which the rows of ``source`` of this dossier were detached, as commands take it; None: they are
    here."""
    month = dossier_id // BLOCK if dossier_id >= _FIRST else 0
    mine = (detached_months.c.source == source, detached_months.c.month == month)
    found = connection.execute(select(detached_months.c.month).where(*mine)).scalar()
    return None if found is None else month_said(found)


def must_be_here(connection: Connection, dossier_id: int, code: str, *sources: str) -> None:
    """Requires the rows of every one of ``sources`` of this dossier. Raises EntriesAway."""
    for source in sources:
        if (month := month_away(connection, source, dossier_id)) is not None:
            raise EntriesAway(dossier=code, source=source, month=month)


def month_said(month: int) -> str:
    """A month as commands take it and people read it.

    >>> month_said(202611), month_said(0)
    ('2026-11', 'before')
    """
    return f"{month // 100:04}-{month % 100:02}" if month else "before"


def months_said(connection: Connection, source: str) -> list[str]:
    """The months of ``source`` that were detached, as commands take them, in order."""
    months = select(detached_months.c.month).where(detached_months.c.source == source)
    return [month_said(month) for month in connection.execute(months.order_by(detached_months.c.month)).scalars()]


def hold_months(connection: Connection, source: str = "journal") -> None:
    """Keeps every month attached or detached, as it is, until the transaction ends. Before its first question."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"LOCK TABLE {source} IN ACCESS SHARE MODE")


def ids_of(month: int) -> tuple[int, int]:
    """The first id of a month's dossiers, and the first of the next month's.

    >>> ids_of(202612), ids_of(0)
    ((20261200000000, 20270100000000), (0, 20000100000000))
    """
    if month == 0:
        return 0, 200_001 * BLOCK
    return month * BLOCK, (month + 89 if month % 100 == 12 else month + 1) * BLOCK


def leaves_kept(connection: Connection, source: str, start: int, end: int) -> dict[int, bytes]:
    """The leaf hashes of detached rows in [start, end), by the number of the leaf."""
    inside = (detached_leaves.c.source == source, detached_leaves.c.leaf >= start, detached_leaves.c.leaf < end)
    found = connection.execute(select(detached_leaves.c.leaf, detached_leaves.c.hash).where(*inside)).all()
    return {int(row.leaf): bytes(row.hash) for row in found}


def rows_detached(connection: Connection, source: str) -> tuple[int, int]:
    """How many rows of ``source`` were detached, and how many leaves they left; the same, or something is wrong."""
    rows = select(func.coalesce(func.sum(detached_months.c.rows), 0)).where(detached_months.c.source == source)
    leaves = select(func.count()).where(detached_leaves.c.source == source)
    found: Sequence[int] = connection.execute(select(rows.scalar_subquery(), leaves.scalar_subquery())).one()
    return int(found[0]), int(found[1])
