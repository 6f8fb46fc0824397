"""The queries of reports: dossiers finished on time by office, and the register of an office's intake (Form 07)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Date,
    Index,
    Integer,
    Select,
    String,
    Table,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    text,
    true,
    tuple_,
    union_all,
)

from engine.clock import civil_day, midnight
from engine.rules.procedure.permissions import Actor
from engine.rules.procedure.portal_status import PortalStatus
from engine.store.dossiers import applicants, dossiers
from engine.store.overdue import overdue_at
from engine.store.rows import OnTimeRow, RegisterRow
from engine.store.sql.schema import metadata
from engine.store.visibility import sees_part

DONE = tuple(status.value for status in PortalStatus if status.settled)
"""Portal status codes that end a dossier's processing after it was received."""

finished_by_day = Table(
    "finished_by_day",
    metadata,
    Column("province", String(8), primary_key=True),
    Column("day", Date, primary_key=True),  # civil day in Viet Nam
    Column("office", String(40), primary_key=True),  # that handled it
    Column("finished", Integer, nullable=False),
    Column("late", Integer, nullable=False),
    Index("ix_finished_by_day_office", "office", "day"),
)
"""The number of dossiers that ended on each day, kept by a trigger (engine/migrations/day_counts.py). A report over a
month reads days, not hundreds of thousands of dossiers."""

finished_by_week = Table(
    "finished_by_week",
    metadata,
    Column("province", String(8), primary_key=True),
    Column("week", Date, primary_key=True),  # its Monday
    Column("office", String(40), primary_key=True),
    Column("finished", Integer, nullable=False),
    Column("late", Integer, nullable=False),
    Index("ix_finished_by_week_office", "office", "week"),
)
"""The same by week, kept by a trigger on the counts of days. A month is three or four whole weeks and a few days,
instead of thirty days, for each of a province's offices."""


def on_time(
    connection: Connection, actor: Actor, first: dt.date, last: dt.date, now: dt.datetime, office: str | None = None
) -> Sequence[OnTimeRow]:
    """(office, finished, late, running_late) for each handling office, of the dossiers that the actor may see.

    ``finished`` counts those that ended on the civil days ``first`` to ``last``, ``late`` those of them that were late,
    and ``running_late`` the open ones that are late. Decision 766/QĐ-TTg, indicator 2.1: a dossier ends with the first
    of status 9, 10, 7, 8; an open one with more than one request for supplements counts as late.
    """
    today = civil_day(now)
    offices, provinces = sorted(actor.offices(today)), sorted(actor.monitored_provinces(today))
    end = midnight(last + dt.timedelta(days=1))
    parts = _counted(offices, provinces, first, last, office)
    for seen in _seen(offices, provinces, office, today):
        parts += [_running_late(seen, min(end, now), office), _asked_again(seen, min(end, now), office)]
    if offices and not provinces and office not in offices:
        parts.append(_finished(_passed_on(offices, today), first, end, office))
    found = union_all(*parts).subquery()
    sums = [func.sum(found.c[name]).cast(Integer).label(name) for name in ("finished", "late", "running_late")]
    statement = select(found.c.office, *sums).group_by(found.c.office).order_by(found.c.office)
    rows = connection.execute(statement.having(or_(*(one > 0 for one in sums)))).all()
    return cast(Sequence[OnTimeRow], rows)


def register(
    connection: Connection,
    visible: ColumnElement[bool],
    office: str,
    start: dt.datetime,
    end: dt.datetime,
    *,
    after: tuple[dt.datetime, int] | None = None,
    limit: int = 100,
    words: Sequence[str] = (),
) -> Sequence[RegisterRow]:
    """The visible dossiers that an office received in [start, end), in order of receipt (Form 07).

    ``after`` is (received_at, id) of the previous page's last row. Each of ``words`` (plain text) must occur in what a
    dossier is found by.
    """
    columns: tuple[Any, ...] = (*dossiers.c, applicants.c.name, applicants.c.address, applicants.c.phone)
    statement = (
        select(*columns)
        .join(applicants, applicants.c.dossier_id == dossiers.c.id)
        .where(
            dossiers.c.intake_office == office,
            dossiers.c.received_at >= start,
            dossiers.c.received_at < end,
            visible,
        )
        .order_by(dossiers.c.received_at, dossiers.c.id)
        .limit(limit)
    )
    for word in words:
        found = dossiers.c.search.contains(word, autoescape=True)
        statement = statement.where(or_(found, dossiers.c.code.contains(word.upper(), autoescape=True)))
    if after is not None:
        statement = statement.where(tuple_(dossiers.c.received_at, dossiers.c.id) > after)
    return cast(Sequence[RegisterRow], connection.execute(statement).all())


def _seen(
    offices: Sequence[str], provinces: Sequence[str], office: str | None, today: dt.date
) -> list[ColumnElement[bool]]:
    """Conditions for the dossiers that the actor may see, in parts that do not overlap; an index serves each.

    An overseer of provinces sees these provinces and the dossiers that their own offices handle elsewhere. Other staff
    see every dossier in which their offices have a part.
    """
    parts: list[ColumnElement[bool]] = []
    if provinces:
        parts.append(dossiers.c.province.in_(provinces))
    if offices:
        parts.append(and_(dossiers.c.handler_office.in_(offices), _not_in(provinces)))
    if offices and not provinces and office not in offices:
        parts.append(_passed_on(offices, today))
    return parts


def _passed_on(offices: Sequence[str], today: dt.date) -> ColumnElement[bool]:
    """The condition that the actor's offices see a dossier that another office handles."""
    return and_(sees_part(offices, today), dossiers.c.handler_office.not_in(offices))


def _not_in(provinces: Sequence[str]) -> ColumnElement[bool]:
    return dossiers.c.province.not_in(provinces) if provinces else true()


def _counted(
    offices: Sequence[str], provinces: Sequence[str], first: dt.date, last: dt.date, office: str | None
) -> list[Select[Any]]:
    """The counts of the whole weeks in the period, and of the days before and after them."""
    monday, after = first + dt.timedelta(days=-first.weekday() % 7), _monday(last + dt.timedelta(days=1))
    day, week = finished_by_day.c.day, finished_by_week.c.week
    if monday >= after:
        return [_of_span(finished_by_day, day.between(first, last), offices, provinces, office)]
    around = [*_days(first, monday), *_days(after, last + dt.timedelta(days=1))]
    weeks = _of_span(finished_by_week, and_(week >= monday, week < after), offices, provinces, office)
    return [weeks, *([_of_span(finished_by_day, day.in_(around), offices, provinces, office)] if around else [])]


def _of_span(
    of: Table, span: ColumnElement[bool], offices: Sequence[str], provinces: Sequence[str], office: str | None
) -> Select[Any]:
    seen = or_(of.c.province.in_(provinces), of.c.office.in_(offices))
    wanted = [span, seen, *([of.c.office == office] if office else [])]
    return select(of.c.office, of.c.finished, of.c.late, literal(0).label("running_late")).where(*wanted)


def _monday(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())


def _days(first: dt.date, end: dt.date) -> list[dt.date]:
    return [first + dt.timedelta(days=number) for number in range((end - first).days)]


def _finished(seen: ColumnElement[bool], first: dt.date, end: dt.datetime, office: str | None) -> Select[Any]:
    done = and_(dossiers.c.finished_at >= midnight(first), dossiers.c.finished_at < end, dossiers.c.portal.in_(DONE))
    late = case((dossiers.c.finished_at > dossiers.c.promised_at, 1), else_=0)
    return _of(office, literal(1), late, literal(0)).where(done, seen)


def _running_late(seen: ColumnElement[bool], end: dt.datetime, office: str | None) -> Select[Any]:
    return _of(office, literal(0), literal(0), literal(1)).where(_open(), overdue_at(end), seen)


def _asked_again(seen: ColumnElement[bool], end: dt.datetime, office: str | None) -> Select[Any]:
    asked = dossiers.c.supplements > text("1")  # the index's own condition
    return _of(office, literal(0), literal(0), literal(1)).where(_open(), asked, ~overdue_at(end), seen)


def _of(office: str | None, *figures: ColumnElement[int]) -> Select[Any]:
    """One row for each dossier: its handling office and the three figures."""
    statement = select(dossiers.c.handler_office, *figures)
    return statement if office is None else statement.where(dossiers.c.handler_office == office)


def _open() -> ColumnElement[bool]:
    return and_(dossiers.c.finished_at.is_(None), dossiers.c.received_at.is_not(None))
