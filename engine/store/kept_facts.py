"""Writes ``indicator_facts`` for the dossiers that have changed since."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, SmallInteger, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from engine.store.dossiers import dossiers
from engine.store.indicator_facts import indicator_facts
from engine.store.indicator_traits import Results, as_number, live_facts


def keep_facts(connection: Connection, after: int, limit: int, results: Results) -> int | None:
    """Writes the facts of up to ``limit`` dossiers above the id ``after`` that have no row of their present version.

    Returns the last id looked at, None when there was nothing left to write. A row says the version that the same
    reading saw, so an act beside it leaves at worst a row that is not looked at.
    """
    kept, row = indicator_facts.c, dossiers.c
    joined = dossiers.outerjoin(indicator_facts, kept.dossier_id == row.id)
    stale = select(row.id).select_from(joined).where(row.id > after)
    stale = stale.where(or_(kept.version.is_(None), kept.version != row.version)).order_by(row.id).limit(limit)
    found = connection.execute(stale).scalars().all()
    if not found:
        return None
    told = select(row.id, row.version, as_number(live_facts(results)).cast(SmallInteger)).where(row.id.in_(found))
    dialect: Any = postgresql if connection.dialect.name == "postgresql" else sqlite
    written = dialect.insert(indicator_facts).from_select(["dossier_id", "version", "bits"], told)
    newer = {"version": written.excluded.version, "bits": written.excluded.bits}
    connection.execute(written.on_conflict_do_update(index_elements=["dossier_id"], set_=newer))
    return int(found[-1])
