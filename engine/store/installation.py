"""The table of what the installation knows of itself.

``files`` is the name of its store of files, which the store carries too. ``oldest-program`` is the revision that a
program has to know to work with the schema; without it every program does that knows this table.
"""

from __future__ import annotations

from sqlalchemy import Column, Connection, String, Table, select
from sqlalchemy.dialects import postgresql, sqlite

from engine.store.sql.put import put
from engine.store.sql.schema import metadata

FILES = "files"
OLDEST_PROGRAM = "oldest-program"

installation = Table(
    "installation",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", String(200), nullable=False),
)


def known(connection: Connection, name: str) -> str | None:
    """What is kept under the name; None when nothing is."""
    return connection.execute(select(installation.c.value).where(installation.c.name == name)).scalar()


def keep(connection: Connection, name: str, value: str, *, instead: bool = False) -> None:
    """Keeps a value under the name; one that is kept already stays, unless this one comes ``instead``."""
    row = {"name": name, "value": value}
    if instead:
        put(connection, installation, row)
        return
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    connection.execute(dialect.insert(installation).values(row).on_conflict_do_nothing())
