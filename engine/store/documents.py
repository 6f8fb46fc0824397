"""The table of a dossier's papers: those handed in, with copies and files, and the results given back."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    text,
)

from engine.store.sql.schema import BigId, Json, Moment, metadata

documents = Table(
    "documents",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("dossier_id", BigId, ForeignKey("dossiers.id"), nullable=False),
    Column("key", String(40), nullable=False),  # a key of the release's documents; 'other' for anything else
    Column("original", Integer, nullable=False),
    Column("certified", Integer, nullable=False),
    Column("copy", Integer, nullable=False),
    Column("digitised", Integer, nullable=False),
    Column("file_name", Text),
    Column("media_type", String(100)),
    Column("size", Integer),
    Column("sha256", String(64)),
    Column("storage_key", String(80)),
    Column("reused_from", BigId, ForeignKey("documents.id")),
    Column("checked_at", Moment),
    Column("checked_by", BigId, ForeignKey("people.id")),
    Column("accepted", Integer),
    Column("signature", Json),
    Column("added_at", Moment, nullable=False),
    Column("removed_at", Moment),
    Column("late", Integer, nullable=False, server_default="0"),  # 1: added after the dossier had ended
    CheckConstraint("original >= 0 AND certified >= 0 AND copy >= 0", name="counts"),
    Index("ix_documents_dossier_id_key", "dossier_id", "key"),
    Index(
        "ix_documents_reused",
        "dossier_id",
        sqlite_where=text("reused_from IS NOT NULL"),
        postgresql_where=text("reused_from IS NOT NULL"),
    ),
    Index(
        "ix_documents_storage_key",
        "storage_key",
        sqlite_where=text("storage_key IS NOT NULL"),
        postgresql_where=text("storage_key IS NOT NULL"),
    ),
)
