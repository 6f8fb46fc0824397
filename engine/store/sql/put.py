"""Writing a row whether or not one with its key is there, so that two who do so at once agree instead of failing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def put(connection: Connection, table: Table, row: Mapping[str, Any]) -> None:
    """Writes ``row``; it takes the place of the row with the same primary key."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    key = [column.name for column in table.primary_key]
    told = {name: value for name, value in row.items() if name not in key}
    connection.execute(dialect.insert(table).values(row).on_conflict_do_update(index_elements=key, set_=told))
