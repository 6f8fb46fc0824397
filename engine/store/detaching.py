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

from sqlalchemy import Connection, Engine, delete, func, insert, select, text
from sqlalchemy.exc import OperationalError

from engine.errors import wrong
from engine.rules.journal.merkle import leaf_hash
from engine.rules.journal.read_seals import read_body, read_digest
from engine.store import dividing
from engine.store.checkpoints import go_by_index
from engine.store.detached import detached_leaves, detached_months, ids_of, month_said
from engine.store.migrate import TablesInUse
from engine.store.month_prints import changed_rows, keep_prints, print_name, strange_shape, traces
from engine.store.months import UNIQUE
from engine.store.retention import SOURCES, MonthStays, NoSuchMonth, attached_months, name_of, sentence, why_not
from engine.store.rows import LookRow
from engine.text import Text


class MonthChanged(MonthStays):
    """The detached table does not hold the rows that were detached."""

    code = "month-changed"
    vi = "Bảng đã tách của tháng {month} ({source}) không còn là bảng đã tách: {why}. Không gắn lại."
    en = "The detached table of month {month} of {source} is not what was detached: {why}. It stays detached."


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
    """Detaches a month; returns its rows.

    Raises InvalidInput, MonthStays, NoSuchMonth, NoMonths, NotDivided, TablesInUse.
    """
    if not order.reason.strip():
        raise wrong("reason", "phải ghi lý do tách", "say why the month is detached")
    with owner.begin() as connection:
        go_by_index(connection)
        _take_turns(connection)
        if order.month not in attached_months(connection, order.source):
            raise _absent(connection, order.source, order.month)
        rows = _must_go(connection, order)
        written = traces(connection, _parts(order.source, order.month))
        _keep_leaves(connection, order)
        _must_be_proved(connection, order, rows)
        keep_prints(connection, SOURCES[order.source], order.month, _parts(order.source, order.month))
        _shortly(connection, lambda: _take_off(connection, order, rows, written))
    return rows


def attach(owner: Engine, source: str, month: int) -> int:
    """Attaches a detached month again, with what came in since; returns the rows that were detached.

    Raises NoSuchMonth, MonthChanged, NoMonths, NotDivided, TablesInUse.
    """
    with owner.begin() as connection:
        go_by_index(connection)
        _take_turns(connection)
        attached = attached_months(connection, source)
        about = {"source": source, "month": month}
        rows = connection.execute(text(_ROWS), about).scalar()
        there = all(_is_there(connection, part) for part in _parts(source, month))
        if month in attached or rows is None or not there:
            raise _absent(connection, source, month)
        if (why := _strange(connection, source, month, int(rows))) is not None:
            raise MonthChanged(month=month_said(month), source=source, why=why)
        for table in SOURCES[source]:
            _bound(connection, table, month)
        _shortly(connection, lambda: _put_back(connection, source, month))
        names = (source, *map(print_name, SOURCES[source]))
        kept = detached_leaves.c.source.in_(names), detached_leaves.c.month == month
        connection.execute(delete(detached_leaves).where(*kept))
        this = detached_months.c.source == source, detached_months.c.month == month
        connection.execute(delete(detached_months).where(*this))
    return int(rows)


def _take_turns(connection: Connection) -> None:
    """Admits one who detaches or attaches at a time: the second then finds what the first left."""
    connection.execute(select(func.pg_advisory_xact_lock(_ONE_AT_A_TIME)))


def _parts(source: str, month: int) -> list[str]:
    return [f"months.{table}_{name_of(month)}" for table in SOURCES[source]]


def _absent(connection: Connection, source: str, month: int) -> NoSuchMonth:
    """The refusal that says how the month stands."""
    gone = connection.execute(text(_ROWS), {"source": source, "month": month}).scalar() is not None
    missing = ", ".join(part for part in _parts(source, month) if not _is_there(connection, part))
    if month in attached_months(connection, source):
        why = Text("tháng này đang gắn", "it is attached")
    elif gone and missing:
        why = Text(
            f"bảng {missing} không còn trong cơ sở dữ liệu; hãy `pg_restore` rồi gắn lại",
            f"the table {missing} is not in the database; `pg_restore` it, then attach it",
        )
    elif gone:
        why = Text("tháng này đã tách rồi", "it is detached")
    else:
        why = Text("ở đây chưa từng có hoặc chưa từng tách tháng này", "it was never here, or never detached here")
    return NoSuchMonth(month=month_said(month), source=source, why=why)


def _strange(connection: Connection, source: str, month: int, rows: int) -> Text | None:
    """Why the tables of a month are not those that were detached, and what to do; None when they are."""
    parts = dict(zip(SOURCES[source], _parts(source, month), strict=True))
    for table, part in parts.items():
        if (why := strange_shape(connection, table, part)) is not None:
            return why
    part = parts[source]
    if (found := _count(connection, part)) != rows:
        return _restore(f"{part} có {found} dòng, đã tách {rows}", f"{part} has {found} rows, {rows} were detached")
    if source == "journal" and (good := _proved(connection, source, month)) != rows:
        return _restore(f"{rows - good} mục không khớp mã băm", f"{rows - good} entries do not fit their hashes")
    for table, part in parts.items():
        if changed_rows(connection, table, month, part):
            return _restore(f"có dòng của {part} đã bị đổi", f"rows of {part} were changed")
    return None


def _restore(vi: str, en: str) -> Text:
    return Text(
        f"{vi}; hãy khôi phục bảng từ bản `pg_dump` làm sau khi tách",
        f"{en}; restore the table from the `pg_dump` that was made after detaching",
    )


def _must_be_proved(connection: Connection, order: Order, rows: int) -> None:
    """Requires a leaf for every row, and that every entry is what was hashed. Raises MonthStays."""
    if order.source != "outbox" and (wrong_ones := rows - _proved(connection, order.source, order.month)) != 0:
        why = Text(
            f"{wrong_ones} dòng không khớp mã băm hay điểm kiểm tra; chạy `motcua journal verify`",
            f"{wrong_ones} rows do not fit their hashes or no checkpoint has them; run `motcua journal verify`",
        )
        raise MonthStays(month=month_said(order.month), source=order.source, why=why)


def _proved(connection: Connection, source: str, month: int) -> int:
    """How many rows of a month have a leaf; of the journal those whose body is what the leaf says."""
    question = _PROVED.replace("PART", _parts(source, month)[0]) if source == "journal" else _LEAVES
    return int(connection.execute(text(question), {"source": source, "month": month}).scalar_one())


def _must_go(connection: Connection, order: Order) -> int:
    rows, reasons = why_not(connection, order.source, order.month, order.before)
    if reasons:
        raise MonthStays(month=month_said(order.month), source=order.source, why=sentence(reasons))
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


def _take_off(connection: Connection, order: Order, rows: int, written: list[tuple[int, int]]) -> None:
    """Looks once more while nobody writes to the month, and detaches it. Raises MonthStays."""
    parts = _parts(order.source, order.month)
    for part in parts:
        connection.exec_driver_sql(f"LOCK TABLE {part} IN SHARE MODE")
    if _must_go(connection, order) != rows or traces(connection, parts) != written:
        raise MonthStays(month=month_said(order.month), source=order.source, why=_BUSY)
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
        if table in UNIQUE:  # a notice of the same occasion would not have been written, had the month been here
            again += f" ON CONFLICT ({', '.join(UNIQUE[table][1])}) DO NOTHING"
        connection.exec_driver_sql(f"WITH moved AS ({moved}) {again}")
        connection.exec_driver_sql(f"ALTER TABLE {rest} ENABLE TRIGGER USER")
        connection.exec_driver_sql(f"ALTER TABLE {table} ATTACH PARTITION {part} FOR VALUES FROM ({start}) TO ({high})")
        connection.exec_driver_sql(f"ALTER TABLE {part} DROP CONSTRAINT of_months")
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {table}_no_truncate ON {part}")
        connection.exec_driver_sql(f"SELECT guard_month('{table}', '{table}_{name_of(month)}')")


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


def _is_there(connection: Connection, part: str) -> bool:
    return connection.execute(text("SELECT to_regclass(:name) IS NOT NULL"), {"name": part}).scalar() is True


_ONE_AT_A_TIME = 7_021_955_318  # any number that no other lock of this database uses
_BUSY = Text("vừa có thao tác ghi vào tháng này; hãy chạy lại", "somebody wrote to it meanwhile; run this again")
_ROWS = "SELECT rows FROM detached_months WHERE source = :source AND month = :month"
_LEAVES_OF_JOURNAL = """
INSERT INTO detached_leaves (source, leaf, month, hash)
SELECT 'journal', r.first_leaf + j.number - r.first_number, :month, sha256('\\x00'::bytea || decode(j.hash, 'hex'))
FROM journal_runs r JOIN journal j ON j.dossier_id = r.dossier_id AND j.number >= r.first_number
    AND j.number < r.first_number + r.length
WHERE j.dossier_id >= :low AND j.dossier_id < :high
"""
_PROVED = """
SELECT count(DISTINCT k.leaf) FROM journal_runs r JOIN PART j ON j.dossier_id = r.dossier_id
    AND j.number >= r.first_number AND j.number < r.first_number + r.length
    AND j.hash = encode(sha256(convert_to(j.body, 'UTF8')), 'hex')
JOIN detached_leaves k ON k.source = :source AND k.month = :month AND k.leaf = r.first_leaf + j.number - r.first_number
    AND k.hash = sha256('\\x00'::bytea || sha256(convert_to(j.body, 'UTF8')))
"""
_LEAVES = "SELECT count(*) FROM detached_leaves WHERE source = :source AND month = :month"
_READS = """
SELECT l.leaf, r.id, r.at, r.actor, d.code, r.what, r.reason, r.salt FROM reads r JOIN read_leaves l ON l.read_id = r.id
    JOIN dossiers d ON d.id = r.dossier_id WHERE r.dossier_id >= :low AND r.dossier_id < :high
    AND l.leaf > :after ORDER BY l.leaf LIMIT 5000
"""
