"""The table of recorded answers: a request repeated with the same Idempotency-Key gets the recorded answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Column, Connection, Integer, LargeBinary, String, Table, and_, bindparam, literal_column, select

from engine.store.actors import STANDS, Claim, claim_values
from engine.store.sql.question import PreparedSelect
from engine.store.sql.schema import Json, Moment, metadata
from engine.store.sql.writes import PendingWrites

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
    """An answer as it was sent, with the SHA-256 of its request."""

    request_hash: bytes
    status: int
    headers: dict[str, str]
    body: bytes


_THIS = and_(idempotency.c.actor == bindparam("actor"), idempotency.c.key == bindparam("key"))
_COLUMNS = tuple(idempotency.c[name] for name in ("request_hash", "status", "headers", "body"))
_RECORDED = PreparedSelect(select(*_COLUMNS).where(_THIS))
_ONE = select(literal_column("1").label("one")).subquery()
_PROVEN = PreparedSelect(select(STANDS.label("proof"), *_COLUMNS).select_from(_ONE.outerjoin(idempotency, _THIS)))


def recorded_answer(connection: Connection, actor: str, key: str) -> RecordedAnswer | None:
    """The answer recorded for this actor and key, or None."""
    found = _RECORDED.fetch(connection, {"actor": actor, "key": key})
    return RecordedAnswer(*found[0]) if found else None


def proven_answer(
    connection: Connection, actor: str, key: str, claim: Claim, now: dt.datetime
) -> tuple[bool, RecordedAnswer | None]:
    """Whether the actor's claim still holds, and the recorded answer, by one statement."""
    proof, *found = _PROVEN.fetch(connection, {"actor": actor, "key": key, **claim_values(claim, now)})[0]
    return proof == claim.changes, None if found[0] is None else RecordedAnswer(*found)


def record_answer(
    writes: PendingWrites,
    actor: str,
    key: str,
    answer: RecordedAnswer,
    now: dt.datetime,
    *,
    rival: Callable[[], Exception],
) -> None:
    """Adds the answer to the pending writes. The flush raises ``rival()`` if another one was recorded under the key.

    PostgreSQL waits for the rival transaction to end.
    """
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
