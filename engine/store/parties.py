"""The table of people beside the applicant: representatives, co-applicants, and who or what the result was given to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from sqlalchemy import CheckConstraint, Column, Connection, ForeignKey, Index, String, Table, Text, select

from engine.rules.part_rows import PartyRow
from engine.store.sql.schema import BigId, Moment, metadata

PARTY_KINDS = ("representative", "co_applicant", "collector", "post")

parties = Table(
    "parties",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("dossier_id", BigId, ForeignKey("dossiers.id"), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("name", Text),
    Column("identity_number", String(20)),
    Column("phone", String(30)),
    Column("address", Text),
    Column("authority", Text),  # the authorisation: number, date, who certified it
    Column("tracking", String(60)),  # the number of a consignment by post
    Column("document_id", BigId, ForeignKey("documents.id")),  # the paper that shows it
    Column("since", Moment, nullable=False),
    Column("until", Moment),
    Column("erased_at", Moment),
    CheckConstraint(f"kind IN ({', '.join(repr(kind) for kind in PARTY_KINDS)})", name="kind"),
    Index("ix_parties_dossier_id", "dossier_id"),
    sqlite_autoincrement=True,
)
"""Personal data like ``applicants``: masked in answers, and erased with them."""


def parties_of(connection: Connection, dossier_id: int) -> Sequence[PartyRow]:
    """The people of one dossier, also those of before, oldest first. Erased ones are not among them."""
    mine = select(parties).where(parties.c.dossier_id == dossier_id, parties.c.erased_at.is_(None))
    found = connection.execute(mine.order_by(parties.c.id)).mappings().all()
    return [cast(PartyRow, dict(row)) for row in found]
