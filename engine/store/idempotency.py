"""Answers already given: a repeated request with the same key gets the same answer and changes nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Column, Connection, Integer, LargeBinary, String, Table, bindparam, select

from engine.store.base import Json, Moment, metadata
from engine.store.writing import Writes

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


_RECORDED = select(idempotency.c.request_hash, idempotency.c.status, idempotency.c.headers, idempotency.c.body).where(
    idempotency.c.actor == bindparam("actor"), idempotency.c.key == bindparam("key")
)


def recorded_answer(connection: Connection, actor: str, key: str) -> RecordedAnswer | None:
    """The answer already given to this actor under this key."""
    found = connection.execute(_RECORDED, {"actor": actor, "key": key}).one_or_none()
    return None if found is None else RecordedAnswer(found.request_hash, found.status, found.headers, found.body)


def record_answer(
    writes: Writes, actor: str, key: str, answer: RecordedAnswer, now: dt.datetime, *, rival: Callable[[], Exception]
) -> None:
    """Keeps an answer with all else that is written; ``rival`` is raised when another was kept under the key meanwhile
    (PostgreSQL waits for the rival to end)."""
    row = {
        "actor": actor,
        "key": key,
        "request_hash": answer.request_hash,
        "status": answer.status,
        "headers": answer.headers,
        "body": answer.body,
        "created_at": now,
    }
    writes.insert(idempotency, [row], new_only=True, must=rival)
