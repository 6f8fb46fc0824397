"""Every table of the schema: importing this module fills ``base.metadata``."""

from engine.store import (
    clocks,
    documents,
    dossiers,
    fees,
    idempotency,
    journal,
    outbox,
    people,
    releases,
    units,
)
from engine.store.base import metadata

__all__ = [
    "clocks",
    "documents",
    "dossiers",
    "fees",
    "idempotency",
    "journal",
    "metadata",
    "outbox",
    "people",
    "releases",
    "units",
]
