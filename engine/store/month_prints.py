"""Whether the table of a detached month is what was detached: its shape, and a hash over all of its rows.

The hash is taken when the month leaves, and kept with the leaves of its source under the name ``=table``. It does not
depend on the order of columns, nor on a column that a later schema added and that is empty.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, insert, select, text

from engine.store.detached import detached_leaves
from engine.store.months import DIVIDED
from engine.text import Text


def print_name(table: str) -> str:
    """The source under which the hash of a table is kept."""
    return f"={table}"


def keep_prints(connection: Connection, tables: Sequence[str], month: int, parts: Sequence[str]) -> None:
    """Keeps a hash over the rows of each part of a month."""
    rows = [
        {"source": print_name(table), "leaf": month, "month": month, "hash": _print(connection, table, part)}
        for table, part in zip(tables, parts, strict=True)
    ]
    connection.execute(insert(detached_leaves), rows)


def traces(connection: Connection, parts: Sequence[str]) -> list[tuple[int, int]]:
    """What changes with any write to a part, and is counted faster than a hash."""
    question = "SELECT count(*), coalesce(sum(hashtext(xmin::text || ctid::text)::bigint), 0)::bigint FROM "
    found = (connection.exec_driver_sql(question + part).one() for part in parts)
    return [(int(rows), int(written)) for rows, written in found]


def strange_shape(connection: Connection, table: str, part: str) -> Text | None:
    """What keeps a part from being attached to its table whatever its rows are; None when nothing does."""
    named = {"table": f"public.{table}", "part": part}
    found = connection.execute(text(_SHAPE), named).one()
    if found.kind not in ("r", b"r") or found.stays not in ("p", b"p"):
        return Text(
            f"{part} không phải bảng thường; hãy khôi phục từ bản `pg_dump`",
            f"{part} is no ordinary, logged table; restore it from the `pg_dump`",
        )
    if found.owner != found.wanted:
        return Text(
            f"{part} thuộc {found.owner}; hãy `ALTER TABLE {part} OWNER TO {found.wanted}`",
            f"{part} belongs to {found.owner}; `ALTER TABLE {part} OWNER TO {found.wanted}`",
        )
    columns = ", ".join(connection.execute(text(_COLUMNS), named).scalars())
    return (
        Text(
            f"{part} khác cột với {table} ({columns}); hãy `ALTER TABLE` cho giống",
            f"{part} has not the columns of {table} ({columns}); make them the same by `ALTER TABLE`",
        )
        if columns
        else None
    )


def changed_rows(connection: Connection, table: str, month: int, part: str) -> bool:
    """Whether the rows of a part are not those of its kept hash; a month that an earlier version detached has none."""
    mine = (detached_leaves.c.source == print_name(table), detached_leaves.c.month == month)
    kept = connection.execute(select(detached_leaves.c.hash).where(*mine)).scalar()
    return kept is not None and bytes(kept) != _print(connection, table, part)


def _print(connection: Connection, table: str, part: str) -> bytes:
    for setting in ("TimeZone = 'UTC'", "bytea_output = 'hex'", "extra_float_digits = 1"):
        connection.exec_driver_sql(f"SET LOCAL {setting}")
    found = connection.exec_driver_sql(_PRINT.format(part=part, order=", ".join(DIVIDED[table])))
    return bytes(found.scalar_one())


_PRINT = """
SELECT sha256(coalesce(string_agg(sha256(convert_to(jsonb_strip_nulls(to_jsonb(one))::text, 'UTF8')), ''::bytea
    ORDER BY {order}), ''::bytea)) FROM {part} AS one
"""
_SHAPE = """
SELECT one.relkind AS kind, one.relpersistence AS stays, one.relowner::regrole::text AS owner,
    (SELECT relowner::regrole::text FROM pg_class WHERE oid = to_regclass(:table)) AS wanted
FROM pg_class AS one WHERE one.oid = to_regclass(:part)
"""
_COLUMNS = """
WITH of AS (SELECT attrelid, attname, atttypid, atttypmod, attnotnull FROM pg_attribute WHERE attnum > 0
    AND NOT attisdropped AND attrelid IN (to_regclass(:table), to_regclass(:part)))
SELECT DISTINCT attname FROM (
    SELECT attname FROM of GROUP BY attname, atttypid, atttypmod, attnotnull HAVING count(*) <> 2) AS odd ORDER BY 1
"""
