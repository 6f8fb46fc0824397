"""An insert that does nothing where the row's key is taken already."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_once(connection: Connection, table: Table, row: Mapping[str, Any]) -> bool:
    """Inserts the row unless one with its key is there; whether it did."""
    insert_into = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    written = insert_into(table).values(dict(row)).on_conflict_do_nothing().returning(*table.primary_key)
    return connection.execute(written).first() is not None
