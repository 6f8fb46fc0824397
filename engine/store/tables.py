"""Every table of the schema: importing this module fills ``engine.store.sql.schema.metadata``, as Alembic needs."""

from engine.store import (
    checkpoints,
    clocks,
    documents,
    dossiers,
    fees,
    idempotency,
    installation,
    journal,
    outbox,
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
    "installation",
    "journal",
    "metadata",
    "outbox",
    "people",
    "plans",
    "releases",
    "reports",
    "search",
    "staff_journal",
    "units",
]
