"""The table of check tokens: a random address for each signed result, at which anybody checks a printed copy of it."""

from __future__ import annotations

from sqlalchemy import Column, Connection, ForeignKey, String, Table, select

from engine.store.sql.schema import BigId, Moment, metadata

result_checks = Table(
    "result_checks",
    metadata,
    Column("token", String(32), primary_key=True),  # 160 random bits in base 32; it tells nothing personal
    Column("document_id", BigId, ForeignKey("documents.id"), nullable=False, index=True),
    Column("made_at", Moment, nullable=False),
)


def document_of_token(connection: Connection, token: str) -> int | None:
    """The id of the document that a token was made for, or None."""
    found = select(result_checks.c.document_id).where(result_checks.c.token == token)
    return connection.execute(found).scalar_one_or_none()
