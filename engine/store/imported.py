"""The dossiers that came from a predecessor system, with the code that they had there."""

from __future__ import annotations

from sqlalchemy import Column, Connection, ForeignKey, Index, String, Table, UniqueConstraint, select

from engine.store.dossiers import dossiers
from engine.store.sql.schema import BigId, Moment, metadata

imported_dossiers = Table(
    "imported_dossiers",
    metadata,
    Column("dossier_id", BigId, ForeignKey("dossiers.id"), primary_key=True, autoincrement=False),
    Column("source", String(40), nullable=False),  # the predecessor system
    Column("number", String(64), nullable=False),  # the code there, in capitals; often the dossier's own code
    Column("sought", String(64), nullable=False),  # the same as people type it: without accents and blanks
    Column("imported_at", Moment, nullable=False),
    UniqueConstraint("source", "number"),
    Index("ix_imported_dossiers_sought", "sought"),
)


def imported_as(connection: Connection, source: str, number: str) -> str | None:
    """The code here of the dossier that the system ``source`` calls ``number``, or None."""
    this = (imported_dossiers.c.source == source) & (imported_dossiers.c.number == number)
    statement = select(dossiers.c.code).join(imported_dossiers, imported_dossiers.c.dossier_id == dossiers.c.id)
    found: str | None = connection.execute(statement.where(this)).scalar_one_or_none()
    return found


def number_before(connection: Connection, dossier_id: int) -> str | None:
    """The code that a dossier had in the predecessor system, or None for one of our own."""
    this = imported_dossiers.c.dossier_id == dossier_id
    found: str | None = connection.execute(select(imported_dossiers.c.number).where(this)).scalar_one_or_none()
    return found
