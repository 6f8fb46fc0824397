"""Indexes of the scripts, built on PostgreSQL before the scripts run, while everybody goes on writing.

A script builds an index inside the one transaction of all scripts, and who writes to its table waits until the end.
So whatever the schema of this program wants and the tables of the database can bear already is built concurrently
first. A script then finds its index there (``if_not_exists``); of a table that is divided by month, PostgreSQL finds
the index of each partition there, and makes them one index of the table.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, Engine, Index, inspect, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.schema import CreateIndex

from engine.store.tables import metadata

PATIENCE_SECONDS = 60
"""How long the building waits for transactions that began before it; nobody waits behind it meanwhile."""

_UNDEFINED_COLUMN = "42703"
_STATE = text("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(:name)")
_PARTITIONS = text("""SELECT inhrelid::regclass::text FROM pg_inherits JOIN pg_class ON pg_class.oid = inhparent
    WHERE inhparent = to_regclass(:name) AND relkind = 'p' ORDER BY 1""")


def build_ahead(database: Engine) -> list[str]:
    """Builds every index that is missing and whose columns exist; the names of those built. Does nothing on SQLite.

    Raises OperationalError with SQLSTATE 55P03 where a transaction of before did not end in time; run it again then.
    """
    if database.dialect.name != "postgresql":
        return []
    with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"SET lock_timeout = '{PATIENCE_SECONDS}s'")
        wanted = _buildable(connection)
        return [index.name for table, index in wanted if index.name and _build_everywhere(connection, table, index)]


def _buildable(connection: Connection) -> Iterator[tuple[str, Index]]:
    """The indexes that are not there, or were left half-built, on tables that are."""
    known = inspect(connection)
    for table in set(known.get_table_names()) & set(metadata.tables):
        columns = {column["name"] for column in known.get_columns(table)}
        for index in metadata.tables[table].indexes:
            there = connection.execute(_STATE, {"name": index.name}).scalar()
            if not index.unique and there is not True and {column.name for column in index.columns} <= columns:
                yield table, index


def _build_everywhere(connection: Connection, table: str, index: Index) -> bool:
    """Whether it was built: on the table, or on each of its partitions."""
    making = str(CreateIndex(index).compile(dialect=connection.dialect))
    partitions = connection.execute(_PARTITIONS, {"name": table}).scalars().all()
    if not partitions:
        return _build(connection, str(index.name), making)
    built = False
    for partition in partitions:
        schema, _, name = partition.rpartition(".")
        own = f"{index.name}_{name}"[-63:]
        if connection.execute(_STATE, {"name": f"{schema}.{own}" if schema else own}).scalar() is not True:
            on_it = making.replace(f" ON {table} ", f" ON {partition} ", 1)
            built |= _build(connection, own, on_it.replace(str(index.name), own, 1), schema)
    return built


def _build(connection: Connection, name: str, making: str, schema: str = "") -> bool:
    """Whether it was built; not where its condition names a column that a script has still to add."""
    place = f'"{schema}"."{name}"' if schema else f'"{name}"'
    connection.exec_driver_sql(f"DROP INDEX CONCURRENTLY IF EXISTS {place}")  # of a building that was cut off
    try:
        connection.exec_driver_sql(making.replace("CREATE INDEX", "CREATE INDEX CONCURRENTLY", 1))
    except ProgrammingError as error:
        if getattr(error.orig, "sqlstate", None) != _UNDEFINED_COLUMN:
            raise
        return False
    return True
