"""What a comparison with the national portal reads and writes, in batches."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, func, insert, or_, select, true, update

from engine.rules.portal.differences import Difference
from engine.store.delivery import among
from engine.store.dossiers import applicants, dossiers
from engine.store.portal import portal_comparisons, portal_differences, portal_tellings
from engine.store.portal_reading import OWN_COLUMNS, Own

_T = portal_tellings.c
_D = portal_differences.c


class Code(NamedTuple):
    """A dossier's code and id; ``elsewhere``: another system holds the truth about it."""

    code: str
    id: int
    elsewhere: bool


class Begun(NamedTuple):
    """A comparison that was begun, and how far it has come."""

    id: int
    started_at: dt.datetime
    finished_at: dt.datetime | None
    error: str | None
    reached: str | None


class Unsent(NamedTuple):
    """What is unsent about a dossier: since when, whether some of it is parked, and the last cause."""

    since: dt.datetime
    parked: bool
    cause: str | None


class Found(NamedTuple):
    """A difference of a dossier (None: missing here), with whose fault it is and since when, if that is known."""

    code: str
    dossier_id: int | None
    difference: Difference
    fault: str
    since: dt.datetime | None


def codes_after(connection: Connection, after: str, limit: int) -> list[Code]:
    """The next codes in the order of their bytes."""
    code: ColumnElement[str] = dossiers.c.code
    if connection.dialect.name == "postgresql":
        code = dossiers.c.code.collate("C")
    wanted = select(dossiers.c.code, dossiers.c.id, dossiers.c.source).where(code > after).order_by(code).limit(limit)
    return [Code(row.code, row.id, row.source is not None) for row in connection.execute(wanted)]


def own_by_code(connection: Connection, codes: Collection[str]) -> list[Own]:
    """The rows of dossiers whose truth is here, with ``OWN_COLUMNS``."""
    wanted = select(*OWN_COLUMNS).join(applicants, applicants.c.dossier_id == dossiers.c.id)
    mine = wanted.where(dossiers.c.code.in_(list(codes)), dossiers.c.source.is_(None))
    return [dict(row) for row in connection.execute(mine).mappings()]


def unsent_of(connection: Connection, ids: Collection[int]) -> dict[int, Unsent]:
    """What is unsent about dossiers."""
    held = select(_T.dossier_id, _T.at, _T.status, _T.cause).where(
        among(connection, _T.dossier_id, ids), or_(_T.status == "waiting", _T.status == "parked")
    )
    found: dict[int, Unsent] = {}
    for row in connection.execute(held.order_by(_T.dossier_id, _T.id)):
        first = found.get(row.dossier_id)
        if first is None:
            found[row.dossier_id] = Unsent(row.at, row.status == "parked", row.cause)
        elif row.status == "parked" and not first.parked:
            found[row.dossier_id] = Unsent(first.since, True, row.cause)
    return found


def last_sent(connection: Connection, ids: Collection[int]) -> dict[int, dt.datetime]:
    """When each dossier was last told."""
    latest = select(_T.dossier_id, func.max(_T.sent_at).label("at"))
    latest = latest.where(among(connection, _T.dossier_id, ids), _T.status == "sent").group_by(_T.dossier_id)
    return {row.dossier_id: row.at for row in connection.execute(latest)}


def told_late(
    connection: Connection, ids: Collection[int], since: dt.datetime, now: dt.datetime, on_time: dt.timedelta
) -> set[int]:
    """The dossiers of which something that happened since a moment was told later than it must be."""
    recent = select(_T.dossier_id, _T.at, _T.first_sent_at).where(
        among(connection, _T.dossier_id, ids), _T.at >= since, _T.status != "dropped"
    )
    return {row.dossier_id for row in connection.execute(recent) if (row.first_sent_at or now) - row.at > on_time}


def begin_comparison(connection: Connection, now: dt.datetime) -> int:
    """A new comparison; returns its number."""
    none = dict.fromkeys(("here", "there", "same", "on_time", "under_way", "differing"), 0)
    made = connection.execute(insert(portal_comparisons).values(started_at=now, reached="", **none))
    (number,) = made.inserted_primary_key or (0,)
    return int(number)


def open_comparison(connection: Connection) -> Begun | None:
    """The comparison that has neither ended nor failed, if there is one."""
    c = portal_comparisons.c
    return _last(connection, c.finished_at.is_(None) & c.error.is_(None))


def last_comparison(connection: Connection) -> Begun | None:
    """The last comparison that was begun, however it ended."""
    return _last(connection, true())


def _last(connection: Connection, which: ColumnElement[bool]) -> Begun | None:
    columns = (portal_comparisons.c[name] for name in Begun._fields)
    row = connection.execute(select(*columns).where(which).order_by(portal_comparisons.c.id.desc()).limit(1)).first()
    return Begun(*row) if row is not None else None


def count_up(connection: Connection, number: int, counts: Mapping[str, int], reached: str) -> None:
    """Adds the counts of a batch to a comparison, and how far it has come."""
    c = portal_comparisons.c
    more = {name: c[name] + value for name, value in counts.items()}
    connection.execute(update(portal_comparisons).where(c.id == number).values(reached=reached, **more))


def end_comparison(connection: Connection, number: int, started: dt.datetime, now: dt.datetime) -> int:
    """Ends a comparison, and every difference that it did not find again; returns how many of these."""
    connection.execute(update(portal_comparisons).where(portal_comparisons.c.id == number).values(finished_at=now))
    gone = update(portal_differences).where(_D.ended_at.is_(None), _D.seen_at < started)
    return connection.execute(gone.values(ended_at=now)).rowcount


def break_off(connection: Connection, number: int, why: str) -> None:
    """Notes why a comparison did not come to its end."""
    plain = why.replace("\0", "").encode(errors="replace").decode()[:500]
    connection.execute(update(portal_comparisons).where(portal_comparisons.c.id == number).values(error=plain))


def write_found(connection: Connection, found: Iterable[Found], now: dt.datetime) -> None:
    """Writes differences: a new row for each new one, the present look for one that is open already."""
    for one in found:
        told = {
            "fault": one.fault,
            "safe": int(one.difference.safe),
            "ours": _plain(one.difference.ours),
            "theirs": _plain(one.difference.theirs),
            "seen_at": now,
        }
        same = (_D.code == one.code, _D.kind == one.difference.kind, _D.ended_at.is_(None))
        if connection.execute(update(portal_differences).where(*same).values(told)).rowcount == 0:
            own = {"code": one.code, "dossier_id": one.dossier_id, "kind": one.difference.kind}
            connection.execute(insert(portal_differences).values(**own, **told, since=one.since or now))


def _plain(told: str | None) -> str | None:
    return None if told is None else told.replace("\0", "").encode(errors="replace").decode()[:200]
