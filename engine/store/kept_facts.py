"""Writes ``indicator_facts`` for the dossiers that have changed since."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, Integer, SmallInteger, case, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from engine.store.dossiers import dossiers
from engine.store.indicator_facts import BITS, indicator_facts
from engine.store.indicator_rules import live_fact

Results = Callable[[str], Sequence[str]]
"""The keys of the papers that are results, by the digest of a release."""


def keep_facts(connection: Connection, after: int, limit: int, results: Results) -> int | None:
    """Writes the facts of up to ``limit`` dossiers above the id ``after`` that have no row of their present version.

    Returns the last id looked at, None when there was nothing left to write. A row says the version that the same
    reading saw, so an act beside it leaves at worst a row that is not looked at.
    """
    kept, row = indicator_facts.c, dossiers.c
    joined = dossiers.outerjoin(indicator_facts, kept.dossier_id == row.id)
    stale = select(row.id, row.release).select_from(joined).where(row.id > after)
    stale = stale.where(or_(kept.version.is_(None), kept.version != row.version)).order_by(row.id).limit(limit)
    found = connection.execute(stale).all()
    if not found:
        return None
    pairs = [(digest, key) for digest in sorted({one.release for one in found}) for key in results(digest)]
    bits: Any = sum((case((live_fact(name, pairs), bit), else_=0) for name, bit in BITS.items()), start=0)
    told = select(row.id, row.version, bits.cast(Integer).cast(SmallInteger)).where(
        row.id.in_([one.id for one in found])
    )
    dialect: Any = postgresql if connection.dialect.name == "postgresql" else sqlite
    written = dialect.insert(indicator_facts).from_select(["dossier_id", "version", "bits"], told)
    newer = {"version": written.excluded.version, "bits": written.excluded.bits}
    connection.execute(written.on_conflict_do_update(index_elements=["dossier_id"], set_=newer))
    return int(found[-1].id)
