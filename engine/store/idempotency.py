"""Answers already given: a repeated request with the same key gets the same answer and changes nothing."""

from __future__ import annotations

from sqlalchemy import Column, Integer, LargeBinary, String, Table

from engine.store.base import Json, Moment, metadata

idempotency = Table(
    "idempotency",
    metadata,
    Column("actor", String(60), primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("request_hash", LargeBinary(32), nullable=False),
    Column("status", Integer, nullable=False),
    Column("headers", Json, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("created_at", Moment, nullable=False, index=True),
)
