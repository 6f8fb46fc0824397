"""Taking notices out of the outbox to send them, and writing down what became of them.

A notice that is being sent is leased: its next attempt lies a little in the future, so that nobody else takes it and a
process that dies gives it back by itself. Nothing is locked while it is sent.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Column,
    ColumnElement,
    Connection,
    Row,
    and_,
    any_,
    bindparam,
    func,
    literal_column,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from engine.store.dossiers import applicants, dossiers
from engine.store.journal import journal_private
from engine.store.outbox import outbox, webhooks
from engine.store.people import people, role_members

CLAIMED: tuple[Any, ...] = (
    outbox.c.id,
    outbox.c.key,
    outbox.c.dossier_id,
    outbox.c.channel,
    outbox.c.recipient,
    outbox.c.template,
    outbox.c.data,
    outbox.c.created_at,
    outbox.c.attempts,
    outbox.c.error,
    dossiers.c.link_nonce,
    dossiers.c.link_hash,
    applicants.c.name.label("applicant"),
    applicants.c.phone,
    applicants.c.email,
    applicants.c.language,
    applicants.c.erased_at,
)


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one notice. ``status`` waiting: to be tried again at ``next_attempt_at``. ``attempts`` is what the
    row counted when it was claimed; a try that was not made (``tried`` False) is taken back."""

    id: int
    attempts: int
    status: str
    next_attempt_at: dt.datetime
    reference: str | None = None
    error: str | None = None
    tried: bool = True


def claim(connection: Connection, now: dt.datetime, until: dt.datetime, limit: int) -> Sequence[Row[Any]]:
    """Leases up to ``limit`` notices that may be sent now, oldest first; each counts one more attempt.

    Of those with whom a sender has died before, the fewer the more often it happened, at last one at a time: so the one
    that kills comes to be known, and the others get past it.
    """
    statement = (
        select(*CLAIMED)
        .join(dossiers, dossiers.c.id == outbox.c.dossier_id)
        .join(applicants, applicants.c.dossier_id == outbox.c.dossier_id)
        .where(_WAITING, outbox.c.next_attempt_at <= now)
        .order_by(outbox.c.next_attempt_at, outbox.c.id)
        .limit(limit)
        .with_for_update(of=outbox, skip_locked=True)
    )
    rows: list[Row[Any]] = []
    for count, alike in _by_deaths(connection.execute(statement).all()).items():
        some = alike[: max(1, limit >> 5 * max(0, count - 1))]
        taken = _among(connection, outbox.c.id, [row.id for row in some])
        in_hand = f"{_IN_HAND} ({count + 1})"
        leased = {"attempts": outbox.c.attempts + 1, "next_attempt_at": until, "error": in_hand}
        connection.execute(update(outbox).where(taken).values(leased))
        rows += some
    return rows


def deaths(row: Row[Any]) -> int:
    """How many senders in a row have ended with this notice in hand, before it was claimed now."""
    told, _, count = (row.error or "").rpartition(" (")
    return int(count.removesuffix(")")) if told == _IN_HAND else 0


def renew(connection: Connection, ids: Collection[int], until: dt.datetime) -> None:
    """Keeps the lease on notices that are still being sent."""
    if ids:
        still = and_(_among(connection, outbox.c.id, ids), _WAITING)
        connection.execute(update(outbox).where(still).values(next_attempt_at=until))


def write_results(connection: Connection, results: Iterable[Result], now: dt.datetime) -> None:
    """Marks notices as sent, or as waiting, parked or dropped with the reason.

    Sent stays true even when the lease had run out; any other result counts only for whoever holds the lease.
    """
    sent: dict[str, list[int]] = {}
    others = []
    for result in results:
        if result.status == "sent":
            sent.setdefault(result.reference or "", []).append(result.id)
        else:
            others.append(result)
    for reference, ids in sent.items():
        done = {"status": "sent", "sent_at": now, "reference": reference or None, "error": None}
        open_ = outbox.c.status.in_(("waiting", "parked"))
        connection.execute(update(outbox).where(_among(connection, outbox.c.id, ids), open_).values(done))
    if others:
        connection.execute(_NOT_SENT, [_not_sent(result) for result in others])


def people_by_id(connection: Connection, ids: Collection[int]) -> dict[int, Row[Any]]:
    """Active staff: id, name, email, phone, language."""
    if not ids:
        return {}
    columns: tuple[Any, ...] = (people.c.id, people.c.name, people.c.email, people.c.phone, people.c.language)
    wanted = and_(_among(connection, people.c.id, ids), people.c.active == 1)
    return {row.id: row for row in connection.execute(select(*columns).where(wanted))}


def webhooks_by_id(connection: Connection, ids: Collection[int]) -> dict[int, Row[Any]]:
    """Receivers of events, those switched off left out."""
    if not ids:
        return {}
    wanted = and_(_among(connection, webhooks.c.id, ids), webhooks.c.active == 1)
    return {row.id: row for row in connection.execute(select(webhooks).where(wanted))}


def reasons_of(connection: Connection, entries: Collection[tuple[int, int]]) -> dict[tuple[int, int], str]:
    """The reason in the private part of journal entries, by (dossier id, number); erased ones are absent."""
    if not entries:
        return {}
    columns: tuple[Any, ...] = (journal_private.c.dossier_id, journal_private.c.number, journal_private.c.data)
    numbered = tuple_(*columns[:2])
    if connection.dialect.name == "postgresql":
        asked = func.unnest(*(_array(part) for part in zip(*entries, strict=True)))
        which = numbered.in_(select(asked.table_valued("dossier_id", "number").render_derived()))
    else:
        which = numbered.in_(sorted(entries))
    found = connection.execute(select(*columns).where(which, journal_private.c.erased_at.is_(None)))
    return {(row.dossier_id, row.number): str(row.data["reason"]) for row in found if row.data.get("reason")}


def hand_to_members(connection: Connection, row: Row[Any], now: dt.datetime, on: dt.date) -> int:
    """Turns a notice to an office's role into one for each of its people today; returns how many there are.

    Each then succeeds or fails by itself. The keys follow from the row's id, so that doing it twice adds nothing.
    """
    office, _, role = row.recipient.removeprefix("office:").partition("/")
    members = sorted(role_members(connection, office, role, on))
    copied = {name: getattr(row, name) for name in ("dossier_id", "channel", "template", "data", "created_at")}
    rows = [
        copied
        | {
            "key": f"{row.id}>person:{member}:{row.channel}",
            "recipient": f"person:{member}",
            "status": "waiting",
            "attempts": 0,
            "next_attempt_at": now,
        }
        for member in members
    ]
    if rows:
        insert_into = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        connection.execute(insert_into(outbox).on_conflict_do_nothing(), rows)
    return len(rows)


def retry_parked(connection: Connection, now: dt.datetime, limit: int) -> int:
    """Gives notices that were parked a new start; returns how many."""
    oldest = select(outbox.c.id).where(outbox.c.status == "parked").order_by(outbox.c.id).limit(limit)
    ids = connection.execute(oldest).scalars().all()
    again = {"status": "waiting", "attempts": 0, "next_attempt_at": now}
    if ids:
        parked = and_(_among(connection, outbox.c.id, ids), outbox.c.status == "parked")
        connection.execute(update(outbox).where(parked).values(again))
    return len(ids)


_WAITING = outbox.c.status == literal_column("'waiting'")
"""Written out, so that every plan knows that the index of what waits serves."""


def _among(connection: Connection, column: Column[int], ids: Collection[int]) -> ColumnElement[bool]:
    """On PostgreSQL one parameter however many ids: reading 500 placeholders costs more than finding 500 rows."""
    return column == any_(_array(ids)) if connection.dialect.name == "postgresql" else column.in_(list(ids))


def _array(numbers: Collection[int]) -> BindParameter[Any]:
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


_IN_HAND = "taken up, and no result was written"
"""What a notice says while it is being sent, and goes on to say when its sender has ended."""


def _by_deaths(rows: Iterable[Row[Any]]) -> dict[int, list[Row[Any]]]:
    found: dict[int, list[Row[Any]]] = {}
    for row in rows:
        found.setdefault(deaths(row), []).append(row)
    return found


def _not_sent(result: Result) -> dict[str, Any]:
    return {
        "row_id": result.id,
        "claimed_attempts": result.attempts,
        "new_status": result.status,
        "new_attempts": result.attempts if result.tried else result.attempts - 1,
        "new_moment": result.next_attempt_at,
        "new_error": (result.error or "")[:500] or None,
    }
