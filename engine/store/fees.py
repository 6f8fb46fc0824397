"""The table of a dossier's fees, owed and paid, in đồng."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, String, Table, Text

from engine.store.sql.schema import BigId, Moment, metadata

fees = Table(
    "fees",
    metadata,
    Column("dossier_id", BigId, ForeignKey("dossiers.id"), primary_key=True, autoincrement=False),
    Column("key", String(40), primary_key=True),
    Column("vnd", Integer, nullable=False),
    Column("settled_at", Moment),
    Column("settled_by", BigId, ForeignKey("people.id")),
    Column("method", String(20)),  # cash, transfer, card, portal, waived
    Column("receipt", Text),
    CheckConstraint("vnd >= 0", name="vnd"),
)
