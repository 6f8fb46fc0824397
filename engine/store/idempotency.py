"""Answers already given: a repeated request with the same key gets the same answer and changes nothing."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Column, Connection, Integer, LargeBinary, String, Table, select
from sqlalchemy.dialects import postgresql, sqlite

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


@dataclass(frozen=True, slots=True)
class RecordedAnswer:
    """An answer as it was given, and SHA-256 of the request it was given to."""

    request_hash: bytes
    status: int
    headers: dict[str, str]
    body: bytes


def recorded_answer(connection: Connection, actor: str, key: str) -> RecordedAnswer | None:
    """The answer already given to this actor under this key."""
    columns = (idempotency.c.request_hash, idempotency.c.status, idempotency.c.headers, idempotency.c.body)
    found = connection.execute(
        select(*columns).where(idempotency.c.actor == actor, idempotency.c.key == key)
    ).one_or_none()
    return None if found is None else RecordedAnswer(found.request_hash, found.status, found.headers, found.body)


def record_answer(connection: Connection, actor: str, key: str, answer: RecordedAnswer, now: dt.datetime) -> bool:
    """Keeps an answer; False when another was kept under the key meanwhile (PostgreSQL waits for a rival to end)."""
    values = {
        "actor": actor,
        "key": key,
        "request_hash": answer.request_hash,
        "status": answer.status,
        "headers": answer.headers,
        "body": answer.body,
        "created_at": now,
    }
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(idempotency).on_conflict_do_nothing().returning(idempotency.c.key)
    return connection.execute(statement, values).first() is not None
