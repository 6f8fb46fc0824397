"""Taking notices out of the outbox to send them, and writing down what became of them.

A notice that is being sent is leased: its next attempt lies a little in the future, so that nobody else takes it and a
process that dies gives it back by itself. Nothing is locked while it is sent.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

import orjson
from sqlalchemy import (
    BigInteger,
    BindParameter,
    Column,
    ColumnElement,
    Connection,
    and_,
    any_,
    bindparam,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql

from engine.store.dossiers import applicants, dossiers
from engine.store.outbox import outbox


class Taken(NamedTuple):
    """A notice that was taken to be sent, with what it needs of its dossier and applicant. ``attempts`` are those
    before this one; ``deaths`` counts how many senders in a row have ended with it in hand."""

    id: int
    key: str
    dossier_id: int
    channel: str
    recipient: str
    template: str
    data: dict[str, Any]
    created_at: dt.datetime
    attempts: int
    deaths: int
    link_nonce: str
    link_hash: str
    applicant: str | None
    phone: str | None
    email: str | None
    language: str
    erased_at: dt.datetime | None


class Result(NamedTuple):
    """What became of one notice. ``status`` waiting: to be tried again at ``next_attempt_at``. ``attempts`` is what the
    row counted when it was claimed; a try that was not made (``tried`` False) is taken back."""

    id: int
    attempts: int
    status: str
    next_attempt_at: dt.datetime
    reference: str | None = None
    error: str | None = None
    tried: bool = True


def claim(connection: Connection, now: dt.datetime, until: dt.datetime, limit: int) -> list[Taken]:
    """Leases up to ``limit`` notices that may be sent now, oldest first; each counts one more attempt.

    Of those with whom a sender has died before, the fewer the more often it happened, at last one at a time: so the one
    that kills comes to be known, and the others get past it. On PostgreSQL it is one statement, which may stand alone.
    """
    if connection.dialect.name == "postgresql":
        given = {"now": now, "until": until, "in_hand": _IN_HAND}
        return [
            taken._replace(created_at=taken.created_at.astimezone(dt.UTC))
            for taken in map(Taken._make, connection.exec_driver_sql(_CLAIM.replace("{limit}", str(int(limit))), given))
        ]
    waiting = (
        select(*(_WANTED[name] for name in Taken._fields))
        .join(dossiers, dossiers.c.id == outbox.c.dossier_id)
        .join(applicants, applicants.c.dossier_id == outbox.c.dossier_id)
        .where(_WAITING, outbox.c.next_attempt_at <= now)
        .order_by(outbox.c.next_attempt_at, outbox.c.id)
        .limit(limit)
    )
    found = [Taken(*row)._replace(deaths=_deaths(row.error)) for row in connection.execute(waiting)]
    rows: list[Taken] = []
    for count, alike in _by_deaths(found).items():
        some = alike[: max(1, limit >> 5 * max(0, count - 1))]
        in_hand = f"{_IN_HAND} ({count + 1})"
        leased = {"attempts": outbox.c.attempts + 1, "next_attempt_at": until, "error": in_hand}
        connection.execute(
            update(outbox).where(among(connection, outbox.c.id, [row.id for row in some])).values(leased)
        )
        rows += some
    return rows


def renew(connection: Connection, ids: Collection[int], until: dt.datetime) -> None:
    """Keeps the lease on notices that are still being sent."""
    if ids:
        still = and_(among(connection, outbox.c.id, ids), _WAITING)
        connection.execute(update(outbox).where(still).values(next_attempt_at=until))


def write_results(connection: Connection, results: Sequence[Result], now: dt.datetime) -> None:
    """Marks notices as sent, or as waiting, parked or dropped with the reason.

    Sent stays true even when the lease had run out; any other result counts only for whoever holds the lease.
    """
    sent = [result for result in results if result.status == "sent"]
    others = [_not_sent(result) for result in results if result.status != "sent"]
    if sent and connection.dialect.name == "postgresql":
        told = orjson.dumps([{"id": result.id, "reference": _storable(result.reference)} for result in sent]).decode()
        connection.exec_driver_sql(_SENT_AT_ONCE, {"now": now, "told": told})
    elif sent:
        connection.execute(_SENT, [{"row_id": one.id, "now": now, "told": _storable(one.reference)} for one in sent])
    if others:
        connection.execute(_NOT_SENT, others)


def retry_parked(connection: Connection, now: dt.datetime, limit: int) -> int:
    """Gives notices that were parked a new start; returns how many."""
    oldest = select(outbox.c.id).where(outbox.c.status == "parked").order_by(outbox.c.id).limit(limit)
    ids = connection.execute(oldest).scalars().all()
    again = {"status": "waiting", "attempts": 0, "next_attempt_at": now}
    if ids:
        parked = and_(among(connection, outbox.c.id, ids), outbox.c.status == "parked")
        connection.execute(update(outbox).where(parked).values(again))
    return len(ids)


_WANTED: dict[str, ColumnElement[Any]] = {
    **{name: outbox.c[name] for name in Taken._fields if name in outbox.c},
    **{name: dossiers.c[name] for name in ("link_nonce", "link_hash")},
    **{name: applicants.c[name] for name in ("phone", "email", "language", "erased_at")},
    "applicant": applicants.c.name,
    "deaths": outbox.c.error,
}

_WAITING = outbox.c.status == literal_column("'waiting'")
"""Written out, so that every plan knows that the index of what waits serves."""


def among(connection: Connection, column: Column[int], ids: Collection[int]) -> ColumnElement[bool]:
    """On PostgreSQL one parameter however many ids: reading 500 placeholders costs more than finding 500 rows."""
    return column == any_(array(ids)) if connection.dialect.name == "postgresql" else column.in_(list(ids))


def array(numbers: Collection[int]) -> BindParameter[Any]:
    return bindparam(None, list(numbers), type_=postgresql.ARRAY(BigInteger))


_NOT_SENT = (
    update(outbox)
    .where(
        outbox.c.id == bindparam("row_id"),
        outbox.c.status == "waiting",
        outbox.c.attempts == bindparam("claimed_attempts"),
    )
    .values(
        status=bindparam("new_status"),
        attempts=bindparam("new_attempts"),
        next_attempt_at=bindparam("new_moment"),
        error=bindparam("new_error"),
    )
)


_SENT = (
    update(outbox)
    .where(outbox.c.id == bindparam("row_id"), or_(_WAITING, outbox.c.status == "parked"))
    .values(status="sent", sent_at=bindparam("now"), reference=bindparam("told"), error=None)
)

_SENT_AT_ONCE = """\
UPDATE outbox SET status = 'sent', sent_at = %(now)s, reference = told.reference, error = NULL
FROM json_to_recordset(%(told)s::json) AS told(id bigint, reference text)
WHERE outbox.id = told.id AND outbox.status IN ('waiting', 'parked')
"""

_IN_HAND = "taken up, and no result was written"
"""What a notice says while it is being sent, and goes on to say when its sender has ended."""


_CLAIM = """\
WITH found AS MATERIALIZED (
    SELECT id, next_attempt_at, CASE WHEN error LIKE %(in_hand)s || ' (%%' THEN
        substring(error FROM '[(]([0-9]+)[)]$')::integer ELSE 0 END AS deaths
    FROM outbox WHERE status = 'waiting' AND next_attempt_at <= %(now)s
    ORDER BY next_attempt_at, id LIMIT {limit} FOR UPDATE SKIP LOCKED
), numbered AS (
    SELECT *, row_number() OVER (PARTITION BY deaths ORDER BY next_attempt_at, id) AS number FROM found
), leased AS (
    UPDATE outbox SET attempts = attempts + 1, next_attempt_at = %(until)s,
        error = %(in_hand)s || ' (' || deaths + 1 || ')'
    FROM numbered WHERE outbox.id = numbered.id AND number <= greatest(1, {limit} >> 5 * greatest(0, deaths - 1))
    RETURNING outbox.*, deaths, numbered.next_attempt_at AS due
)
SELECT o.id, o.key, o.dossier_id, o.channel, o.recipient, o.template, o.data, o.created_at, o.attempts - 1, o.deaths,
    d.link_nonce, d.link_hash, a.name, a.phone, a.email, a.language, a.erased_at
FROM leased o JOIN dossiers d ON d.id = o.dossier_id JOIN applicants a ON a.dossier_id = o.dossier_id
ORDER BY o.due, o.id
"""
"""``claim`` in one statement; the limit is written out, so that the plan knows that few rows are joined."""


def _deaths(error: str | None) -> int:
    told, _, count = (error or "").rpartition(" (")
    return int(count.removesuffix(")")) if told == _IN_HAND else 0


def _by_deaths(rows: Iterable[Taken]) -> dict[int, list[Taken]]:
    found: dict[int, list[Taken]] = {}
    for row in rows:
        found.setdefault(row.deaths, []).append(row)
    return found


def _not_sent(result: Result) -> dict[str, Any]:
    return {
        "row_id": result.id,
        "claimed_attempts": result.attempts,
        "new_status": result.status,
        "new_attempts": result.attempts if result.tried else result.attempts - 1,
        "new_moment": result.next_attempt_at,
        "new_error": _storable(result.error),
    }


def _storable(told: str | None) -> str | None:
    """What a receiver said, without what no database takes: one such word must not keep a batch from being settled."""
    return (told or "").replace("\0", "").encode(errors="replace").decode()[:500] or None
