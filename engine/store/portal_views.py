"""What pages and commands read about the connection to the national portal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple, Protocol, cast

from sqlalchemy import Connection, func, or_, select

from engine.store.dossiers import dossiers
from engine.store.portal import portal_comparisons, portal_differences, portal_tellings
from engine.store.portal_told import told_at

_D, _T = portal_differences.c, portal_tellings.c


class ComparisonRow(Protocol):
    """A row of ``portal_comparisons``."""

    started_at: dt.datetime
    finished_at: dt.datetime | None
    error: str | None
    here: int
    there: int
    same: int
    on_time: int
    under_way: int
    differing: int


class DifferenceRow(Protocol):
    """A row of ``portal_differences``."""

    id: int
    code: str
    kind: str
    fault: str
    safe: int
    ours: str | None
    theirs: str | None
    since: dt.datetime
    seen_at: dt.datetime
    repaired_at: dt.datetime | None
    ended_at: dt.datetime | None


class GroupRow(NamedTuple):
    """Open differences of one kind and fault."""

    kind: str
    fault: str
    safe: int
    number: int
    since: dt.datetime


class LateRow(NamedTuple):
    """A telling of an event that kept a limit, and that came too late."""

    code: str
    limit_kind: str
    limit_at: dt.datetime
    at: dt.datetime
    first_sent_at: dt.datetime | None


def comparisons(connection: Connection, most: int) -> Sequence[ComparisonRow]:
    """The last comparisons, newest first."""
    wanted = select(portal_comparisons).order_by(portal_comparisons.c.id.desc()).limit(most)
    return cast(Sequence[ComparisonRow], connection.execute(wanted).all())


def last_ended(connection: Connection, before: dt.datetime) -> ComparisonRow | None:
    """The last comparison that came to its end before a moment."""
    c = portal_comparisons.c
    wanted = select(portal_comparisons).where(c.finished_at.is_not(None), c.started_at < before)
    return cast(ComparisonRow | None, connection.execute(wanted.order_by(c.id.desc()).limit(1)).first())


def open_number(connection: Connection) -> int:
    """How many differences are open."""
    counted = select(func.count()).select_from(portal_differences).where(_D.ended_at.is_(None))
    return int(connection.execute(counted).scalar_one())


def differences(
    connection: Connection, kind: str | None, fault: str | None, code: str | None, ended: bool, most: int
) -> Sequence[DifferenceRow]:
    """Differences, oldest first; only open ones unless ``ended``."""
    wanted = select(portal_differences)
    for column, value in ((_D.kind, kind), (_D.fault, fault), (_D.code, code)):
        wanted = wanted if value is None else wanted.where(column == value)
    wanted = wanted if ended else wanted.where(_D.ended_at.is_(None))
    return cast(Sequence[DifferenceRow], connection.execute(wanted.order_by(_D.since, _D.id).limit(most)).all())


def groups(connection: Connection) -> list[GroupRow]:
    """The open differences by kind, fault and whether a resend settles them."""
    number = func.count().label("number")
    wanted = select(_D.kind, _D.fault, _D.safe, number, func.min(_D.since).label("since"))
    wanted = wanted.where(_D.ended_at.is_(None)).group_by(_D.kind, _D.fault, _D.safe)
    return [GroupRow(*row) for row in connection.execute(wanted.order_by(number.desc(), _D.kind, _D.fault))]


def late_tellings(
    connection: Connection, now: dt.datetime, code: str | None, since: dt.datetime | None, most: int
) -> list[LateRow]:
    """Tellings of events that kept a limit, and that came after it or have not come yet."""
    told = told_at()
    late = or_(told > _T.limit_at, told.is_(None) & (_T.limit_at < now))
    wanted = select(dossiers.c.code, _T.limit_kind, _T.limit_at, _T.at, told)
    wanted = wanted.join(dossiers, dossiers.c.id == _T.dossier_id).where(_T.limit_at.is_not(None), late)
    wanted = wanted if code is None else wanted.where(dossiers.c.code == code)
    wanted = wanted if since is None else wanted.where(_T.at >= since)
    return [LateRow(*row) for row in connection.execute(wanted.order_by(_T.id.desc()).limit(most))]
