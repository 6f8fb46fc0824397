"""The queries of figures that are told apart by week, by how late, and by service: counts only, no personal data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Integer, and_, case, func, or_, select

from engine.rules.procedure.definition import ONLINE
from engine.store.dossiers import dossiers
from engine.store.reports import DONE, finished_by_week
from engine.store.sql.fence import AT_ITS_START
from engine.store.sql.seconds import seconds_between

DAY = 24 * 60 * 60
BOUNDS = (0, 1, 3, 7, 30)
"""Days late up to which a dossier falls into each class but the last; the first are those on time."""


class WeekRow(NamedTuple):
    """The dossiers of an office that ended in the week from ``week``, and the late ones among them."""

    office: str
    week: dt.date
    finished: int
    late: int


class LatenessRow(NamedTuple):
    """How many dossiers of an office fell into each class of ``BOUNDS`` and the one after the last."""

    office: str
    classes: tuple[int, ...]


class ServiceRow(NamedTuple):
    """The dossiers of a procedure that were filed in a province, and those of them filed over the portal."""

    procedure: str
    province: str
    filed: int
    online: int


def finished_in_weeks(connection: Connection, offices: Collection[str], mondays: Sequence[dt.date]) -> list[WeekRow]:
    """What the offices ended in each week, from the counts that triggers keep."""
    of = finished_by_week.c
    sums = (func.sum(of.finished).cast(Integer), func.sum(of.late).cast(Integer))
    wanted = and_(of.office.in_(sorted(offices)), of.week.in_(mondays))
    rows = connection.execute(select(of.office, of.week, *sums).where(wanted).group_by(of.office, of.week))
    return [WeekRow(*row) for row in rows]


def lateness_by_office(
    connection: Connection, rules: Sequence[ColumnElement[bool]], start: dt.datetime, end: dt.datetime
) -> list[LatenessRow]:
    """The dossiers that ended in [start, end) and satisfy ``rules``, by how long after their appointment they ended.

    A dossier without an appointment ended on time.
    """
    ended = (dossiers.c.finished_at >= start, dossiers.c.finished_at < end, dossiers.c.portal.in_(DONE))
    # OFFSET makes PostgreSQL work the seconds out once for each dossier, not once for each class.
    one = select(dossiers.c.handler_office, _seconds_late().label("late")).where(*ended, *rules)
    found = one.offset(AT_ITS_START).subquery()
    sums: list[Any] = [func.sum(case((of, 1), else_=0)).cast(Integer) for of in _classes(found.c.late)]
    statement = select(found.c.handler_office, *sums).group_by(found.c.handler_office)
    return [LatenessRow(row[0], tuple(row[1:])) for row in connection.execute(statement)]


def _seconds_late() -> ColumnElement[int]:
    """Seconds from the appointment to the end; 0 on time."""
    in_time = or_(dossiers.c.promised_at.is_(None), dossiers.c.finished_at <= dossiers.c.promised_at)
    return case((in_time, 0), else_=seconds_between(dossiers.c.promised_at, dossiers.c.finished_at))


def _classes(late: ColumnElement[int]) -> list[ColumnElement[bool]]:
    """Of each class the condition that so many seconds fall into it."""
    upper = [late <= bound * DAY for bound in BOUNDS]
    lower = [late > bound * DAY for bound in BOUNDS]
    return [upper[0], *map(and_, lower, upper[1:]), lower[-1]]


def filed_by_service(
    connection: Connection, rules: Sequence[ColumnElement[bool]], start: dt.datetime, end: dt.datetime
) -> list[ServiceRow]:
    """The dossiers that were filed in [start, end) and satisfy ``rules``, by procedure and province."""
    by = (dossiers.c.procedure, dossiers.c.province)
    online = func.sum(case((dossiers.c.channel.in_(ONLINE), 1), else_=0)).cast(Integer)
    filed = (dossiers.c.filed_at >= start, dossiers.c.filed_at < end)
    rows = connection.execute(select(*by, func.count(), online).where(*filed, *rules).group_by(*by).order_by(*by))
    return [ServiceRow(*row) for row in rows]
