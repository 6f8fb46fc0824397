"""The outbox as the worker uses it: leasing notices to send, and writing their results.

A notice that is being sent is leased: its next attempt lies a little in the future. No other worker takes it until
then, and the lease of a process that dies runs out by itself. No row is locked while a notice is sent.
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
    """A leased notice, with the columns of its dossier and applicant that sending needs.

    ``attempts`` counts the attempts before this one. ``deaths`` counts the senders in a row that died while sending it.
    """

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
    clock: str
    due_at: dt.datetime | None
    link_withheld_since: dt.datetime | None
    notices_off_since: dt.datetime | None
    notices_via: str | None


class Result(NamedTuple):
    """The result of one notice. With the status ``waiting`` it is retried at ``next_attempt_at``.

    ``attempts`` is the row's count at the lease. If ``tried`` is False, this attempt is subtracted again. The dossier
    leads to the partition of its month.
    """

    id: int
    dossier_id: int
    attempts: int
    status: str
    next_attempt_at: dt.datetime
    reference: str | None = None
    error: str | None = None
    tried: bool = True


def claim(connection: Connection, now: dt.datetime, until: dt.datetime, limit: int) -> list[Taken]:
    """Leases up to ``limit`` notices that may be sent now until ``until``, oldest first; each counts one more attempt.

    Notices whose senders have died are leased in smaller batches with each death, at last one at a time. This isolates
    the notice that kills its sender and lets the others pass. On PostgreSQL it is one statement, which needs no
    transaction around it.
    """
    if connection.dialect.name == "postgresql":
        given = {"now": now, "until": until, "in_hand": _IN_HAND}
        return [
            taken._replace(
                created_at=taken.created_at.astimezone(dt.UTC),
                due_at=taken.due_at and taken.due_at.astimezone(dt.UTC),
            )
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
    """Extends the lease of notices that are still being sent to ``until``."""
    if ids:
        still = and_(among(connection, outbox.c.id, ids), _WAITING)
        connection.execute(update(outbox).where(still).values(next_attempt_at=until))


def write_results(connection: Connection, results: Sequence[Result], now: dt.datetime) -> None:
    """Marks notices as sent, or as waiting, parked or dropped with the reason.

    ``sent`` is written even if the lease has run out; any other result is written only while the lease is held.
    """
    sent = [result for result in results if result.status == "sent"]
    others = [_not_sent(result) for result in results if result.status != "sent"]
    if sent and connection.dialect.name == "postgresql":
        told = [{"id": one.id, "dossier_id": one.dossier_id, "reference": _storable(one.reference)} for one in sent]
        connection.exec_driver_sql(_SENT_AT_ONCE, {"now": now, "told": orjson.dumps(told).decode()})
    elif sent:
        connection.execute(_SENT, [{"row_id": one.id, "now": now, "told": _storable(one.reference)} for one in sent])
    if others:
        connection.execute(_NOT_SENT, others)


def retry_parked(connection: Connection, now: dt.datetime, limit: int) -> int:
    """Sets up to ``limit`` parked notices to waiting, with no attempts; returns how many."""
    oldest = select(outbox.c.id).where(outbox.c.status == "parked").order_by(outbox.c.id).limit(limit)
    ids = connection.execute(oldest).scalars().all()
    again = {"status": "waiting", "attempts": 0, "next_attempt_at": now}
    if ids:
        parked = and_(among(connection, outbox.c.id, ids), outbox.c.status == "parked")
        connection.execute(update(outbox).where(parked).values(again))
    return len(ids)


_WANTED: dict[str, ColumnElement[Any]] = {
    **{name: outbox.c[name] for name in Taken._fields if name in outbox.c},
    **{name: dossiers.c[name] for name in ("link_nonce", "link_hash", "clock", "due_at")},
    **{name: applicants.c[name] for name in ("phone", "email", "language", "erased_at")},
    **{name: applicants.c[name] for name in ("link_withheld_since", "notices_off_since", "notices_via")},
    "applicant": applicants.c.name,
    "deaths": outbox.c.error,
}

_WAITING = outbox.c.status == literal_column("'waiting'")
"""A literal, not a parameter, so that every plan can use the partial index of waiting notices."""


def among(connection: Connection, column: Column[int], ids: Collection[int]) -> ColumnElement[bool]:
    """``column`` is one of ``ids``: one array on PostgreSQL, as parsing 500 placeholders costs more than 500 rows."""
    return column == any_(array(ids)) if connection.dialect.name == "postgresql" else column.in_(list(ids))


def array(numbers: Collection[int]) -> BindParameter[Any]:
    """One PostgreSQL parameter that holds all the numbers."""
    return bindparam(None, list(numbers), type_=postgresql.ARRAY(BigInteger))


_NOT_SENT = (
    update(outbox)
    .where(
        outbox.c.id == bindparam("row_id"),
        outbox.c.dossier_id == bindparam("row_dossier"),
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
FROM json_to_recordset(%(told)s::json) AS told(id bigint, dossier_id bigint, reference text)
WHERE outbox.id = told.id AND outbox.dossier_id = told.dossier_id AND outbox.status IN ('waiting', 'parked')
"""

_IN_HAND = "taken up, and no result was written"
"""The ``error`` of a leased notice, followed by the number of deaths; it remains if the sender dies."""


_CLAIM = """\
WITH found AS MATERIALIZED (
    SELECT id, dossier_id, next_attempt_at, CASE WHEN error LIKE %(in_hand)s || ' (%%' THEN
        substring(error FROM '[(]([0-9]+)[)]$')::integer ELSE 0 END AS deaths
    FROM outbox WHERE status = 'waiting' AND next_attempt_at <= %(now)s
    ORDER BY next_attempt_at, id LIMIT {limit} FOR UPDATE SKIP LOCKED
), numbered AS (
    SELECT *, row_number() OVER (PARTITION BY deaths ORDER BY next_attempt_at, id) AS number FROM found
), leased AS (
    UPDATE outbox SET attempts = attempts + 1, next_attempt_at = %(until)s,
        error = %(in_hand)s || ' (' || deaths + 1 || ')'
    FROM numbered WHERE outbox.id = numbered.id AND outbox.dossier_id = numbered.dossier_id  -- one partition
        AND number <= greatest(1, {limit} >> 5 * greatest(0, deaths - 1))
    RETURNING outbox.*, deaths, numbered.next_attempt_at AS due
)
SELECT o.id, o.key, o.dossier_id, o.channel, o.recipient, o.template, o.data, o.created_at, o.attempts - 1, o.deaths,
    d.link_nonce, d.link_hash, a.name, a.phone, a.email, a.language, a.erased_at,
    d.clock, d.due_at, a.link_withheld_since, a.notices_off_since, a.notices_via
FROM leased o JOIN dossiers d ON d.id = o.dossier_id JOIN applicants a ON a.dossier_id = o.dossier_id
ORDER BY o.due, o.id
"""
"""``claim`` in one statement. The limit is a literal, so that the planner knows that few rows are joined."""


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
        "row_dossier": result.dossier_id,
        "claimed_attempts": result.attempts,
        "new_status": result.status,
        "new_attempts": result.attempts if result.tried else result.attempts - 1,
        "new_moment": result.next_attempt_at,
        "new_error": _storable(result.error),
    }


def _storable(told: str | None) -> str | None:
    """A receiver's words without NUL and lone surrogates: one such character must not fail a whole batch's results."""
    return (told or "").replace("\0", "").encode(errors="replace").decode()[:500] or None
