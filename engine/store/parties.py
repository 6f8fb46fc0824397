"""The table of people beside the applicant: representatives, co-applicants, and who collected the result."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, String, Table, Text

from engine.store.sql.schema import BigId, Moment, metadata

PARTY_KINDS = ("representative", "co_applicant", "collector")

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
    Column("document_id", BigId, ForeignKey("documents.id")),  # the paper that shows it
    Column("since", Moment, nullable=False),
    Column("until", Moment),
    Column("erased_at", Moment),
    CheckConstraint(f"kind IN ({', '.join(repr(kind) for kind in PARTY_KINDS)})", name="kind"),
    Index("ix_parties_dossier_id", "dossier_id"),
    sqlite_autoincrement=True,
)
"""Personal data like ``applicants``: masked in answers, and erased with them."""
