"""Every table of the schema: importing this module fills ``engine.store.sql.schema.metadata``, as Alembic needs."""

from engine.store import (
    checkpoints,
    clocks,
    documents,
    dossiers,
    fees,
    idempotency,
    journal,
    outbox,
    parties,
    people,
    plans,
    releases,
    reports,
    search,
    staff_journal,
    units,
)
from engine.store.sql.schema import metadata

__all__ = [
    "checkpoints",
    "clocks",
    "documents",
    "dossiers",
    "fees",
    "idempotency",
    "journal",
    "metadata",
    "outbox",
    "parties",
    "people",
    "plans",
    "releases",
    "reports",
    "search",
    "staff_journal",
    "units",
]
