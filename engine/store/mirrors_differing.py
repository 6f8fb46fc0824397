"""Mirrored dossiers that differ from their source, read by a partial index that holds only these."""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, Text, cast, func, literal_column, select

from engine.store.dossiers import dossiers, mirrors

DIFFERS = cast(mirrors.c.differs, Text) != literal_column("'[]'")
"""What the other system said last differs from what is known here."""


class DifferingRow(NamedTuple):
    """A mirrored dossier that differs; ``differs`` as in ``mirrors``. No personal data."""

    id: int
    code: str
    procedure: str
    release: str
    source: str
    number: str
    synced_at: dt.datetime
    differs: list[dict[str, Any]]


def differing_after(connection: Connection, source: str | None, after: int, limit: int) -> list[DifferingRow]:
    """Those of a source, or of all, by id from above ``after``."""
    wanted = _differing().where(dossiers.c.id > after).order_by(dossiers.c.id).limit(limit)
    wanted = wanted if source is None else wanted.where(mirrors.c.source == source)
    return [DifferingRow(*row) for row in connection.execute(wanted)]


def longest_differing(connection: Connection, limit: int) -> list[DifferingRow]:
    """Those that were compared longest ago."""
    return [DifferingRow(*row) for row in connection.execute(_differing().order_by(mirrors.c.synced_at).limit(limit))]


def differing_by_source(connection: Connection) -> list[tuple[str, int, dt.datetime]]:
    """How many dossiers of each source differ, and when the last of them was compared."""
    counted = select(mirrors.c.source, func.count(), func.max(mirrors.c.synced_at)).where(DIFFERS)
    rows = connection.execute(counted.group_by(mirrors.c.source).order_by(mirrors.c.source))
    return [(row[0], row[1], row[2]) for row in rows]


def _differing() -> Select[Any]:
    own = (dossiers.c[name] for name in ("id", "code", "procedure", "release"))
    theirs = (mirrors.c[name] for name in ("source", "number", "synced_at", "differs"))
    return select(*own, *theirs).join(dossiers, dossiers.c.id == mirrors.c.dossier_id).where(DIFFERS)
