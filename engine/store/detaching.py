"""Detaching a month of journal, outbox or read log while people act, and attaching it again.

Each is one transaction: ended anywhere, everything is as before. What takes long comes first and keeps nobody waiting;
at its end it takes the tables for some milliseconds, anew as often as somebody keeps them. A detached month stays in
the schema ``months`` as a table by itself; nothing here drops it.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol, cast

from sqlalchemy import Connection, Engine, delete, insert, text
from sqlalchemy.exc import OperationalError

from engine.rules.journal.merkle import leaf_hash
from engine.rules.journal.read_seals import read_body, read_digest
from engine.store import dividing
from engine.store.checkpoints import go_by_index
from engine.store.detached import detached_leaves, detached_months, ids_of
from engine.store.migrate import TablesInUse
from engine.store.retention import SOURCES, MonthStays, NoSuchMonth, attached_months, name_of, sentence, why_not
from engine.store.rows import LookRow


class MonthChanged(MonthStays):
    """The detached table does not hold the rows that were detached."""

    code = "month-changed"
    vi = "Bảng đã tách của tháng {month} ({source}) không còn đúng các dòng đã tách. Không gắn lại."
    en = "The detached table of month {month} of {source} does not hold the rows that were detached. It stays detached."


class Order(NamedTuple):
    """Who detaches what, and why; ``before``: the moment before which everything in the month must lie."""

    source: str
    month: int
    before: dt.datetime
    at: dt.datetime
    by: str
    reason: str


class SealedRead(LookRow, Protocol):
    """A read with its leaf."""

    leaf: int


def detach(owner: Engine, order: Order) -> int:
    """Detaches a month; returns its rows. Raises MonthStays, NoSuchMonth, NoMonths, NotDivided, TablesInUse."""
    with owner.begin() as connection:
        go_by_index(connection)
        if order.month not in attached_months(connection, order.source):
            raise NoSuchMonth(month=name_of(order.month), source=order.source)
        rows = _must_go(connection, order)
        _keep_leaves(connection, order)
        _shortly(connection, lambda: _take_off(connection, order, rows))
    return rows


def attach(owner: Engine, source: str, month: int) -> int:
    """Attaches a detached month again, with what came in since; returns the rows that were detached.

    Raises NoSuchMonth, MonthChanged, NoMonths, NotDivided, TablesInUse.
    """
    with owner.begin() as connection:
        go_by_index(connection)
        attached = attached_months(connection, source)
        about = {"source": source, "month": month}
        rows = connection.execute(text(_ROWS), about).scalar()
        there = all(_is_there(connection, table, month) for table in SOURCES[source])
        if month in attached or rows is None or not there:
            raise NoSuchMonth(month=name_of(month), source=source)
        part = f"months.{source}_{name_of(month)}"
        if _count(connection, part) != rows or not _same(connection, part, about):
            raise MonthChanged(month=name_of(month), source=source)
        for table in SOURCES[source]:
            _bound(connection, table, month)
        _shortly(connection, lambda: _put_back(connection, source, month))
        for kept in (detached_leaves, detached_months):
            connection.execute(delete(kept).where(kept.c.source == source, kept.c.month == month))
    return int(rows)


def _must_go(connection: Connection, order: Order) -> int:
    rows, reasons = why_not(connection, order.source, order.month, order.before)
    if reasons:
        raise MonthStays(month=name_of(order.month), source=order.source, why=sentence(reasons))
    return rows


def _keep_leaves(connection: Connection, order: Order) -> None:
    low, high = ids_of(order.month)
    given = {"low": low, "high": high, "month": order.month}
    if order.source == "journal":
        connection.execute(text(_LEAVES_OF_JOURNAL), given)
    if order.source == "reads":
        given["after"] = -1
        while page := cast(Sequence[SealedRead], connection.execute(text(_READS), given).all()):
            leaves = [
                {"source": "reads", "leaf": row.leaf, "month": order.month, "hash": _leaf_of_read(row)} for row in page
            ]
            connection.execute(insert(detached_leaves), leaves)
            given["after"] = page[-1].leaf


def _leaf_of_read(row: SealedRead) -> bytes:
    return leaf_hash(read_digest(read_body(row.id, row.at, row.actor, row.code, row.what, row.reason, row.salt)))


def _take_off(connection: Connection, order: Order, rows: int) -> None:
    """Looks once more while nobody writes to the month, and detaches it. Raises MonthStays."""
    for table in SOURCES[order.source]:
        connection.exec_driver_sql(f"LOCK TABLE months.{table}_{name_of(order.month)} IN SHARE MODE")
    if _must_go(connection, order) != rows:
        raise MonthStays(month=name_of(order.month), source=order.source, why="…")
    connection.exec_driver_sql("LOCK TABLE dossiers IN SHARE ROW EXCLUSIVE MODE")
    for table in SOURCES[order.source]:
        connection.exec_driver_sql(f"ALTER TABLE {table} DETACH PARTITION months.{table}_{name_of(order.month)}")
    told = {"source": order.source, "month": order.month, "rows": rows}
    told |= {"detached_at": order.at, "detached_by": order.by, "reason": order.reason}
    connection.execute(insert(detached_months), told)


def _bound(connection: Connection, table: str, month: int) -> None:
    """Lets PostgreSQL know, before it takes the tables, that every row is of the month."""
    part = f"months.{table}_{name_of(month)}"
    connection.exec_driver_sql(f"ALTER TABLE {part} ADD CONSTRAINT of_months CHECK ({_of_month(month)})")


def _of_month(month: int) -> str:
    low, high = ids_of(month)
    return f"dossier_id < {high}" + (f" AND dossier_id >= {low}" if month else "")


def _put_back(connection: Connection, source: str, month: int) -> None:
    connection.exec_driver_sql("LOCK TABLE dossiers IN SHARE ROW EXCLUSIVE MODE")
    low, high = ids_of(month)
    start = low if month else "MINVALUE"
    for table in SOURCES[source]:
        part, rest, of_month = f"months.{table}_{name_of(month)}", f"months.{table}_rest", _of_month(month)
        connection.exec_driver_sql(f"LOCK TABLE {rest} IN ACCESS EXCLUSIVE MODE")
        connection.exec_driver_sql(f"ALTER TABLE {rest} DISABLE TRIGGER USER")
        moved = f"DELETE FROM {rest} WHERE {of_month} RETURNING *"  # noqa: S608 - names of ours
        again = f"INSERT INTO {part} SELECT * FROM moved"  # noqa: S608
        connection.exec_driver_sql(f"WITH moved AS ({moved}) {again}")
        connection.exec_driver_sql(f"ALTER TABLE {rest} ENABLE TRIGGER USER")
        connection.exec_driver_sql(f"ALTER TABLE {table} ATTACH PARTITION {part} FOR VALUES FROM ({start}) TO ({high})")
        connection.exec_driver_sql(f"ALTER TABLE {part} DROP CONSTRAINT of_months")


def _shortly(connection: Connection, change: Callable[[], None]) -> None:
    """Makes a change for which acts wait, anew as often as somebody keeps a table, within the transaction of before.

    Raises TablesInUse.
    """
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = {dividing.LOCK_MILLISECONDS}")
    for tried in range(1, dividing.TRIES + 1):
        try:
            with connection.begin_nested():
                change()
            return
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) not in dividing.IN_THE_WAY:
                raise
            if tried == dividing.TRIES:
                raise TablesInUse() from error
            time.sleep(dividing.REST)


def _count(connection: Connection, part: str) -> int:
    return int(connection.exec_driver_sql(f"SELECT count(*) FROM {part}").scalar_one())  # noqa: S608


def _same(connection: Connection, part: str, about: dict[str, object]) -> bool:
    """Whether the entries of a detached month are those whose leaves were kept; ``journal verify`` compares reads."""
    if about["source"] != "journal":
        return True
    return connection.execute(text(_STRANGE.replace("PART", part)), about).first() is None


def _is_there(connection: Connection, table: str, month: int) -> bool:
    name = {"name": f"months.{table}_{name_of(month)}"}
    return connection.execute(text("SELECT to_regclass(:name) IS NOT NULL"), name).scalar() is True


_ROWS = "SELECT rows FROM detached_months WHERE source = :source AND month = :month"
_LEAVES_OF_JOURNAL = """
INSERT INTO detached_leaves (source, leaf, month, hash)
SELECT 'journal', r.first_leaf + j.number - r.first_number, :month, sha256('\\x00'::bytea || decode(j.hash, 'hex'))
FROM journal_runs r JOIN journal j ON j.dossier_id = r.dossier_id AND j.number >= r.first_number
    AND j.number < r.first_number + r.length
WHERE j.dossier_id >= :low AND j.dossier_id < :high
"""
_STRANGE = """
SELECT 1 FROM journal_runs r JOIN PART j ON j.dossier_id = r.dossier_id AND j.number >= r.first_number
    AND j.number < r.first_number + r.length
LEFT JOIN detached_leaves k ON k.source = :source AND k.month = :month
    AND k.leaf = r.first_leaf + j.number - r.first_number
WHERE k.hash IS DISTINCT FROM sha256('\\x00'::bytea || decode(j.hash, 'hex')) LIMIT 1
"""
_READS = """
SELECT l.leaf, r.id, r.at, r.actor, d.code, r.what, r.reason, r.salt FROM reads r JOIN read_leaves l ON l.read_id = r.id
    JOIN dossiers d ON d.id = r.dossier_id WHERE r.dossier_id >= :low AND r.dossier_id < :high
    AND l.leaf > :after ORDER BY l.leaf LIMIT 5000
"""
