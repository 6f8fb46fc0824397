"""The tables of the journal: append-only, hash-chained entries of each dossier, their private parts, the read log."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, text

from engine.store.sql.schema import BigId, Json, Moment, metadata

CHANGES_OFFICES = """body LIKE '%"offices":{%'"""
"""The condition on ``journal`` that an entry changed the offices of its dossier: the first does, and few others."""

journal = Table(
    "journal",
    metadata,
    Column("dossier_id", BigId, ForeignKey("dossiers.id"), primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("act", String(40), nullable=False),
    Column("actor", String(60), nullable=False),
    Column("body", Text, nullable=False),  # canonical JSON; ``hash`` is its SHA-256
    Column("hash", String(64), nullable=False),
    CheckConstraint("number >= 1", name="number"),
    Index(
        "ix_journal_offices",
        "dossier_id",
        "number",
        sqlite_where=text(CHANGES_OFFICES),
        postgresql_where=text(CHANGES_OFFICES),
    ),
)

journal_private = Table(
    "journal_private",
    metadata,
    Column("dossier_id", BigId, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("salt", LargeBinary(16), nullable=False),
    Column("data", Json, nullable=False),
    Column("erased_at", Moment),
)
"""Names, reasons and form data of an entry. The entry holds SHA-256(salt ‖ data): erasing them keeps the chain."""

reads = Table(
    "reads",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("at", Moment, nullable=False, index=True),
    Column("actor", String(60), nullable=False),
    Column("dossier_id", BigId, nullable=False, index=True),
    Column("what", String(40), nullable=False),
    Column("reason", Text, nullable=False),
    Column("salt", LargeBinary(16)),  # None only where an earlier version of the program wrote the row
)
"""The read log: who read unmasked personal data, when and why. Append-only; ``engine.store.read_log`` seals it."""
