"""The outbox of the national portal as the worker uses it: leasing, writing results, trying again, replaying.

A lease begins with the oldest unsent telling of a dossier and leaves none out, so a dossier's tellings leave in their
order, however many workers there are. Those behind one that failed wait with it; those behind a parked one wait until
it is tried again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, bindparam, exists, func, literal_column, or_, select, update

from engine.store.delivery import among
from engine.store.dossiers import dossiers
from engine.store.portal import portal_tellings

FAR: Final = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)
"""When a telling behind a parked one is tried: never, until that one is."""
CHAIN: Final = 8
"""The most tellings of one dossier that are leased together."""
_T = portal_tellings.c
_WAITING = _T.status == literal_column("'waiting'")
_PARKED = _T.status == literal_column("'parked'")
_EARLIER = portal_tellings.alias("earlier")
_FIRST = ~exists().where(
    _EARLIER.c.dossier_id == _T.dossier_id,
    _EARLIER.c.id < _T.id,
    or_(_EARLIER.c.status == literal_column("'waiting'"), _EARLIER.c.status == literal_column("'parked'")),
)


class Leased(NamedTuple):
    """A leased telling; ``attempts`` counts those before this one."""

    id: int
    dossier_id: int
    entry: int
    key: str
    kind: str
    at: dt.datetime
    data: dict[str, Any]
    attempts: int


class Told(NamedTuple):
    """The result of one telling: ``sent``, ``waiting`` until ``next_attempt_at``, or ``parked``.

    ``attempts`` is the row's count at the lease. If ``tried`` is False, the attempt is subtracted again.
    """

    id: int
    dossier_id: int
    attempts: int
    status: str
    next_attempt_at: dt.datetime
    reference: str | None = None
    cause: str | None = None
    error: str | None = None
    tried: bool = True


class Stuck(NamedTuple):
    """A telling that is parked or failing."""

    id: int
    code: str
    kind: str
    at: dt.datetime
    attempts: int
    cause: str | None
    error: str | None
    next_attempt_at: dt.datetime


class Backlog(NamedTuple):
    """How many tellings wait and are parked, and since when the oldest of each is due."""

    waiting: int
    oldest_waiting: dt.datetime | None
    parked: int
    oldest_parked: dt.datetime | None
    sent_last_hour: int


def lease(connection: Connection, now: dt.datetime, until: dt.datetime, limit: int) -> list[Leased]:
    """Leases what is due of up to ``limit`` dossiers until ``until``: the oldest unsent telling of each, and those that
    follow it. A dossier's stand together, in their order. Needs a transaction."""
    due = select(*(_T[name] for name in Leased._fields)).where(_WAITING, _T.next_attempt_at <= now, _FIRST)
    due = due.order_by(_T.next_attempt_at, _T.id).limit(limit).with_for_update(of=portal_tellings, skip_locked=True)
    chains = {row.dossier_id: [Leased(*row)] for row in connection.execute(due)}
    if chains:
        _lengthen(connection, chains, now)
    rows = [row for chain in chains.values() for row in chain]
    if rows:
        these = among(connection, _T.id, [row.id for row in rows])
        connection.execute(update(portal_tellings).where(these).values(attempts=_T.attempts + 1, next_attempt_at=until))
    return rows


def _lengthen(connection: Connection, chains: dict[int, list[Leased]], now: dt.datetime) -> None:
    """Adds to the oldest unsent telling of each dossier those that follow it without a gap: due, and held by nobody."""
    unsent_of = and_(among(connection, _T.dossier_id, chains), or_(_WAITING, _PARKED))
    columns = (*(_T[name] for name in Leased._fields), _T.status, _T.next_attempt_at)
    found, ended = list[Leased](), set[int]()
    for *told, status, at in connection.execute(select(*columns).where(unsent_of).order_by(_T.dossier_id, _T.id)):
        row = Leased(*told)
        if row.id > chains[row.dossier_id][0].id and row.dossier_id not in ended:
            if status == "waiting" and at <= now:
                found.append(row)
            else:
                ended.add(row.dossier_id)
    if not found:
        return
    held = select(_T.id).where(among(connection, _T.id, [row.id for row in found]), _WAITING)
    free, cut = set(connection.execute(held.with_for_update(skip_locked=True)).scalars()), set[int]()
    for row in found:
        chain = chains[row.dossier_id]
        if row.id in free and row.dossier_id not in cut and len(chain) < CHAIN:
            chain.append(row)
        else:
            cut.add(row.dossier_id)


def renew(connection: Connection, ids: Collection[int], until: dt.datetime) -> None:
    """Extends the lease of tellings that are still being sent."""
    if ids:
        these = and_(among(connection, _T.id, ids), _WAITING)
        connection.execute(update(portal_tellings).where(these).values(next_attempt_at=until))


def write_results(connection: Connection, results: Sequence[Told], now: dt.datetime) -> None:
    """Writes results. ``sent`` counts even if the lease has run out; anything else only while it is held."""
    sent = [{"one": one.id, "told": _plain(one.reference)} for one in results if one.status == "sent"]
    if sent:
        connection.execute(_SENT, [{**one, "now": now} for one in sent])
    untried = [one for one in results if not one.tried]
    if untried:
        connection.execute(
            _UNTRIED, [{"one": one.id, "held": one.attempts, "later": one.next_attempt_at} for one in untried]
        )
    for one in results:
        if one.status == "sent" or not one.tried:
            continue
        mine = and_(_T.id == one.id, _WAITING, _T.attempts == one.attempts)
        failed = {"status": one.status, "next_attempt_at": one.next_attempt_at}
        failed |= {"cause": one.cause, "error": _plain(one.error)}
        if connection.execute(update(portal_tellings).where(mine).values(failed)).rowcount:
            later = FAR if one.status == "parked" else one.next_attempt_at
            behind = and_(_T.dossier_id == one.dossier_id, _T.id > one.id, _WAITING)
            connection.execute(update(portal_tellings).where(behind).values(next_attempt_at=later))


_SENT = (
    update(portal_tellings)
    .where(_T.id == bindparam("one"), or_(_WAITING, _PARKED))
    .values(
        status="sent",
        sent_at=bindparam("now"),
        first_sent_at=func.coalesce(_T.first_sent_at, bindparam("now", type_=_T.sent_at.type)),
        reference=bindparam("told"),
        cause=None,
        error=None,
    )
)
_UNTRIED = (
    update(portal_tellings)
    .where(_T.id == bindparam("one"), _WAITING, _T.attempts == bindparam("held"))
    .values(attempts=_T.attempts - 1, next_attempt_at=bindparam("later"))
)


def try_again(connection: Connection, now: dt.datetime, dossier_ids: Collection[int] | None = None) -> int:
    """Lets parked and failing tellings, and those behind them, be sent now; of some dossiers, or of all.

    Returns how many were parked or failing.
    """
    stuck = or_(_PARKED, and_(_WAITING, or_(_T.cause.is_not(None), _T.next_attempt_at > now)))
    if dossier_ids is not None:
        stuck = and_(stuck, among(connection, _T.dossier_id, dossier_ids))
    counted = select(func.count()).select_from(portal_tellings).where(stuck, _T.cause.is_not(None))
    number = int(connection.execute(counted).scalar_one())
    again = {"status": "waiting", "attempts": 0, "next_attempt_at": now, "cause": None}
    connection.execute(update(portal_tellings).where(stuck).values(again))
    return number


def supersede(connection: Connection, dossier_ids: Collection[int], now: dt.datetime) -> list[dict[str, Any]]:
    """Drops what is unsent about dossiers that are told as a whole next.

    Returns the steps of their progress among it as rows that are to follow the whole telling, each under its key: ahead
    of it they would be refused for ever where the portal does not know the dossier.
    """
    unsent = and_(among(connection, _T.dossier_id, dossier_ids), or_(_WAITING, _PARKED))
    columns = (_T[name] for name in ("dossier_id", "entry", "key", "kind", "at", "data"))
    steps = select(*columns).where(unsent, _T.kind == "progress").order_by(_T.id)
    fresh = {"status": "waiting", "attempts": 0, "next_attempt_at": now}
    rows = [{**row, **fresh} for row in connection.execute(steps).mappings()]
    dropped = {"status": "dropped", "error": "a whole telling follows"}
    connection.execute(update(portal_tellings).where(unsent).values(dropped))
    return rows


def replay(connection: Connection, start: dt.datetime, end: dt.datetime, now: dt.datetime) -> int:
    """Lets what was sent about events from ``start`` to ``end`` (exclusive) be sent once more; returns how many."""
    these = and_(_T.at >= start, _T.at < end, _T.status == "sent")
    again = {"status": "waiting", "attempts": 0, "next_attempt_at": now, "cause": None, "error": None}
    return connection.execute(update(portal_tellings).where(these).values(again)).rowcount


def backlog(connection: Connection, now: dt.datetime) -> Backlog:
    """The backlog."""
    waiting = select(func.count(), func.min(_T.at)).where(_WAITING)
    parked = select(func.count(), func.min(_T.at)).where(_PARKED)
    sent = select(func.count()).where(_T.status == "sent", _T.sent_at > now - dt.timedelta(hours=1))
    one, two = connection.execute(waiting).one(), connection.execute(parked).one()
    return Backlog(one[0], one[1], two[0], two[1], int(connection.execute(sent).scalar_one()))


def unsent(connection: Connection, status: str, limit: int) -> list[Stuck]:
    """Tellings that are parked or failing, oldest first, with the dossier's code."""
    which: ColumnElement[bool] = _PARKED if status == "parked" else and_(_WAITING, _T.cause.is_not(None))
    wanted = select(_T.id, dossiers.c.code, _T.kind, _T.at, _T.attempts, _T.cause, _T.error, _T.next_attempt_at)
    wanted = wanted.join(dossiers, dossiers.c.id == _T.dossier_id).where(which)
    return [Stuck(*row) for row in connection.execute(wanted.order_by(_T.id).limit(limit))]


def _plain(told: str | None) -> str | None:
    """The portal's words without NUL and lone surrogates, which no database takes."""
    return (told or "").replace("\0", "").encode(errors="replace").decode()[:500] or None
