"""What failed and waits for somebody: parked and failing notices, clocks that did not act, dossiers that differ.

Each list is read by a partial index and bounded, so that a bad day makes the page no slower.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, func, literal_column, select, text, tuple_, update

from engine.store.checkpoints import checkpoints, journal_uncovered
from engine.store.clocks import clocks, recounts
from engine.store.dossiers import dossiers
from engine.store.form_seals import unsealed_forms
from engine.store.mirrors_differing import longest_differing
from engine.store.outbox import outbox

BOUND = 5_000
"""Rows of one kind that are looked at, oldest first."""
FAILED = text("clocks.outcome NOT IN ('done', 'void', 'moved')")
"""As in the index: outcomes that are a fault of the program, or the code of a refusal."""
_IN_HAND = "taken up, and no result was written%"


class Failed(NamedTuple):
    """One thing that failed: the key of its row, the dossier, since when, and the parts of its cause."""

    row: tuple[Any, ...]
    code: str
    since: dt.datetime
    parts: tuple[str, ...]


def parked_notices(connection: Connection) -> list[Failed]:
    """Notices that were given up, oldest first; parts: channel, receiver of events or '', error."""
    return _notices(connection, outbox.c.status == literal_column("'parked'"))


def failing_notices(connection: Connection) -> list[Failed]:
    """Notices that failed and are tried again later; one that is being sent now is left out."""
    waiting = and_(outbox.c.status == literal_column("'waiting'"), outbox.c.attempts > 0, outbox.c.error.is_not(None))
    return _notices(connection, and_(waiting, outbox.c.error.not_like(_IN_HAND)))


def failed_clocks(connection: Connection) -> list[Failed]:
    """Clocks of running dossiers that did not act; parts: kind, outcome."""
    columns: tuple[Any, ...] = (clocks.c.dossier_id, clocks.c.kind, clocks.c.subject, clocks.c.due_at)
    wanted = select(*columns, clocks.c.fired_at, clocks.c.outcome, dossiers.c.code)
    wanted = wanted.join(dossiers, dossiers.c.id == clocks.c.dossier_id)
    rows = connection.execute(wanted.where(FAILED, dossiers.c.finished_at.is_(None)).limit(BOUND)).all()
    return [Failed(tuple(row[:4]), row.code, row.fired_at, (row.kind, row.outcome)) for row in rows]


def differing_mirrors(connection: Connection) -> list[Failed]:
    """Dossiers of other systems that differed at the last comparison; parts: the system, what differs."""
    return [
        Failed((row.id,), row.code, row.synced_at, (row.source, ", ".join(sorted(_what(row.differs)))))
        for row in longest_differing(connection, BOUND)
    ]


def forms_without_seal(connection: Connection) -> list[Failed]:
    """Issued forms that went out without the office's seal, oldest first; parts: why."""
    rows = unsealed_forms(connection, BOUND)
    return [Failed((dossier, entry), code, at, (why,)) for dossier, entry, code, at, why in rows]


def waiting_recounts(connection: Connection) -> Sequence[tuple[int, dt.datetime]]:
    """Recounts that have not ended: number and when they were asked for, oldest first."""
    columns: tuple[Any, ...] = (recounts.c.id, recounts.c.created_at)
    waiting = select(*columns).where(recounts.c.finished_at.is_(None)).order_by(recounts.c.id)
    return [(row[0], row[1]) for row in connection.execute(waiting)]


def provisional_dossiers(connection: Connection, after: dt.datetime) -> int:
    """How many running dossiers are due after a moment, beyond what is published (counted up to ``BOUND``)."""
    later = select(dossiers.c.id).where(dossiers.c.finished_at.is_(None), dossiers.c.due_at > after).limit(BOUND)
    return int(connection.execute(select(func.count()).select_from(later.subquery())).scalar_one())


def last_checkpoint(connection: Connection) -> tuple[dt.datetime | None, bool]:
    """When the last checkpoint was made, and whether entries wait for the next one."""
    newest = select(checkpoints.c.at).order_by(checkpoints.c.number.desc()).limit(1)
    waits = connection.execute(select(journal_uncovered.c.dossier_id).limit(1)).first() is not None
    return connection.execute(newest).scalar_one_or_none(), waits


def send_again(connection: Connection, ids: Iterable[int], now: dt.datetime) -> int:
    """Lets parked and failing notices be sent now, with no attempts behind them; returns how many."""
    again = {"status": "waiting", "attempts": 0, "next_attempt_at": now}
    count = 0
    for some in _portions(list(ids)):
        free = and_(outbox.c.id.in_(some), outbox.c.status.in_(("parked", "waiting")))
        not_in_hand = and_(free, func.coalesce(outbox.c.error, "").not_like(_IN_HAND))
        count += connection.execute(update(outbox).where(not_in_hand).values(again)).rowcount
    return count


def ring_again(connection: Connection, keys: Iterable[tuple[Any, ...]], now: dt.datetime) -> int:
    """Lets clocks that did not act fire once more, where their moment has come; returns how many. Whether a dossier
    that went on meanwhile still needs its clock is decided when it fires."""
    own = tuple_(clocks.c.dossier_id, clocks.c.kind, clocks.c.subject, clocks.c.due_at)
    count = 0
    for some in _portions(list(keys)):
        again = update(clocks).where(own.in_(some), FAILED, clocks.c.due_at <= now).values(fired_at=None, outcome=None)
        count += connection.execute(again).rowcount
    return count


def _notices(connection: Connection, which: Any) -> list[Failed]:
    columns: tuple[Any, ...] = (outbox.c.id, outbox.c.channel, outbox.c.recipient, outbox.c.error, outbox.c.created_at)
    wanted = select(*columns, dossiers.c.code).join(dossiers, dossiers.c.id == outbox.c.dossier_id).where(which)
    rows = connection.execute(wanted.order_by(outbox.c.id).limit(BOUND)).all()
    return [
        Failed((row.id,), row.code, row.created_at, (row.channel, _receiver(row.recipient), row.error or ""))
        for row in rows
    ]


def _receiver(recipient: str) -> str:
    """The number of a receiver of events; nothing of people and roles."""
    kind, _, number = recipient.partition(":")
    return number if kind == "webhook" else ""


def _what(differs: Any) -> set[str]:
    return {str(one.get("what", "")) for one in differs if isinstance(one, dict)}


def _portions(rows: list[Any]) -> Iterable[list[Any]]:
    return (rows[at : at + 200] for at in range(0, len(rows), 200))
