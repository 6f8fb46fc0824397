"""The queries of statistics that cross a reform: an office's late dossiers with their journals, and finished dossiers
by commune, under the codes of any day."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any, cast

import orjson
from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    Integer,
    Subquery,
    and_,
    case,
    false,
    func,
    literal,
    or_,
    select,
    tuple_,
)

from engine.clock import civil_day, midnight
from engine.rules.procedure.permissions import Actor
from engine.rules.territory.counts import Count
from engine.store.dossiers import dossiers
from engine.store.journal import journal
from engine.store.plans import reform_items, reforms
from engine.store.reports import DONE, finished_by_day
from engine.store.rows import LateRow

LATE = and_(dossiers.c.portal.in_(DONE), dossiers.c.finished_at > dossiers.c.promised_at)


def late_ones(
    connection: Connection,
    visible: ColumnElement[bool],
    office: str,
    start: dt.datetime,
    end: dt.datetime,
    *,
    after: tuple[dt.datetime, int] | None = None,
    limit: int = 50,
) -> Sequence[LateRow]:
    """The visible dossiers that an office ended late in [start, end), in order of their end.

    ``after`` is (finished_at, id) of the previous page's last row.
    """
    named = ("id", "code", "procedure", "release", "started_at", "finished_at", "promised_at", "pauses")
    ended = (dossiers.c.finished_at >= start, dossiers.c.finished_at < end)
    statement = select(*(dossiers.c[name] for name in named)).where(dossiers.c.handler_office == office, *ended)
    statement = statement.where(LATE, visible).order_by(dossiers.c.finished_at, dossiers.c.id).limit(limit)
    if after is not None:
        statement = statement.where(tuple_(dossiers.c.finished_at, dossiers.c.id) > after)
    return cast(Sequence[LateRow], connection.execute(statement).all())


def journals(connection: Connection, ids: Collection[int]) -> dict[int, list[dict[str, Any]]]:
    """The decoded bodies of the journal entries of some dossiers, in order, by dossier id."""
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    statement = select(journal.c.dossier_id, journal.c.body).where(journal.c.dossier_id.in_(ids))
    for row in connection.execute(statement.order_by(journal.c.dossier_id, journal.c.number)):
        found[row.dossier_id].append(orjson.loads(row.body))
    return found


def finished_by_place(
    connection: Connection,
    actor: Actor,
    first: dt.date,
    last: dt.date,
    on: dt.date,
    eras: Sequence[dt.date],
    now: dt.datetime,
) -> list[Count]:
    """The number of dossiers that ended on the civil days ``first`` to ``last``, in the provinces that the actor
    oversees, by their commune as it was known on the day ``on``.

    A dossier that reforms moved counts under its code before the first reform after ``on``, dated from the last reform
    up to ``on``. Any other dossier counts under its only code, dated from the day of filing. A code that a correction
    gave in that time is dated from the day of the correction. ``eras`` are the days, oldest first, on which units
    begin; between two of them a code means the same. The offices come from the counts by day: the dossiers are then the
    same as those of ``engine.store.reports.on_time``, and an index serves each office.
    """
    provinces = sorted(actor.monitored_provinces(civil_day(now)))
    one = _ended_ones(provinces, first, last, on, eras)
    sums = (func.count(), func.sum(one.c.late).cast(Integer))
    rows = connection.execute(select(one.c.place, one.c.since, *sums).group_by(one.c.place, one.c.since))
    return [Count(*row) for row in rows]


def finished_by_place_and_week(
    connection: Connection,
    provinces: Collection[str],
    mondays: Sequence[dt.date],
    on: dt.date,
    eras: Sequence[dt.date],
) -> dict[dt.date, list[Count]]:
    """The same counts of some provinces for each of the weeks that begin on ``mondays``, which follow each other."""
    last = mondays[-1] + dt.timedelta(days=6)
    one = _ended_ones(sorted(provinces), mondays[0], last, on, eras, _week(mondays).label("week"))
    by, sums = (one.c.week, one.c.place, one.c.since), (func.count(), func.sum(one.c.late).cast(Integer))
    found: dict[dt.date, list[Count]] = {monday: [] for monday in mondays}
    for number, *row in connection.execute(select(*by, *sums).group_by(*by)):
        found[mondays[number]].append(Count(*row))
    return found


def _week(mondays: Sequence[dt.date]) -> ColumnElement[int]:
    """The number of the week in which a dossier ended, by the place of its Monday."""
    before = [
        (dossiers.c.finished_at < midnight(later), literal(number, Integer)) for number, later in enumerate(mondays[1:])
    ]
    last = literal(len(mondays) - 1, Integer)
    return case(*before, else_=last) if before else last


def _ended_ones(
    provinces: Sequence[str],
    first: dt.date,
    last: dt.date,
    on: dt.date,
    eras: Sequence[dt.date],
    *more: ColumnElement[Any],
) -> Subquery:
    """A row for each dossier that ended: its place, the day from which that is dated, and whether it was late."""
    counted = and_(finished_by_day.c.province.in_(provinces), finished_by_day.c.day.between(first, last))
    by = dossiers.c.handler_office.in_(select(finished_by_day.c.office).where(counted))
    ended = and_(
        dossiers.c.finished_at >= midnight(first), dossiers.c.finished_at < midnight(last + dt.timedelta(days=1))
    )
    moved = _moves(on)
    return (
        select(
            func.coalesce(_left_place(moved), dossiers.c.place).label("place"),
            func.coalesce(_corrected(moved), moved.c.until, _era(eras)).label("since"),
            case((LATE, 1), else_=0).label("late"),
            *more,
        )
        .select_from(dossiers.outerjoin(moved, moved.c.dossier_id == dossiers.c.id))
        .where(by, ended, dossiers.c.portal.in_(DONE), dossiers.c.province.in_(provinces))
        .subquery()
    )


def _moves(on: dt.date) -> Subquery:
    """The dossiers that reforms moved: the day of the last one up to ``on``, and of the first one after it."""
    last = func.max(case((reforms.c.date <= on, reforms.c.date)))
    first = func.min(case((reforms.c.date > on, reforms.c.date)))
    found = select(reform_items.c.dossier_id, last.label("until"), first.label("after"))
    joined = found.join(reforms, reforms.c.id == reform_items.c.reform_id).where(_gave_place())
    return joined.group_by(reform_items.c.dossier_id).subquery()


def _left_place(moved: Subquery) -> ColumnElement[str | None]:
    """The code that a dossier had until the first reform after the day; NULL if none moved it."""
    code = func.coalesce(reform_items.c.before[("columns", "place")].as_string(), reform_items.c.place)
    its = (reform_items.c.dossier_id == dossiers.c.id, reforms.c.id == reform_items.c.reform_id)
    then = select(code).where(*its, _gave_place(), reforms.c.date == moved.c.after).limit(1)
    return case((moved.c.after.is_not(None), then.correlate(dossiers, moved).scalar_subquery()))


def _corrected(moved: Subquery) -> ColumnElement[dt.date | None]:
    """The day of the correction that gave a dossier its code up to the first reform after the day; NULL if none did."""
    corrected = dossiers.c.placed_on
    given_else = or_(moved.c.after <= corrected, moved.c.until > corrected)
    return case((func.coalesce(given_else, false()), None), else_=corrected)


def _gave_place() -> ColumnElement[bool]:
    """The condition that a reform gave a dossier its later place and was not reverted for it."""
    return and_(reform_items.c.status.in_(("done", "touched")), reform_items.c.place.is_not(None))


def _era(eras: Sequence[dt.date]) -> ColumnElement[dt.date]:
    """The first day of the era in which a dossier was filed; the newest is asked first, since most are of it."""
    first, *later = eras
    since = [(dossiers.c.filed_at >= midnight(era), literal(era, Date)) for era in reversed(later)]
    return case(*since, else_=literal(first, Date)) if since else literal(first, Date)
