"""What a report over whole histories reads: ended dossiers of one procedure in a period, with the ways they took."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement

from engine.errors import InvalidInput
from engine.pictures.graph import graph_of, ways_of
from engine.rules.deadlines.calendar import OutsideCalendar
from engine.rules.history.variants import Track
from engine.rules.history.visits import Visit, visits_of
from engine.rules.period import moments_of
from engine.rules.procedure.definition import Release
from engine.store.dossiers import dossiers
from engine.store.histories import DossierHead, History, ended_last, histories, histories_of
from engine.store.running import releases_of
from engine.store.sight_of_many import seen_by_many, seen_in_order
from engine.text import Text
from engine.transaction import UnitOfWork

LONGEST, MOST_READ, MOST_SHOWN = 92, 10_000, 1_000
"""The most days, and the most dossiers, in a report of the interface that reads whole journals; and the most dossiers
for a page. A command may read any period, and all that ended in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which dossiers: of ``procedure``, ended on the civil days ``start`` to ``end``; only those that ``office``
    handled, and only those of ``version``, where these are given."""

    procedure: str
    start: dt.date
    end: dt.date
    office: str | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """An ended dossier with its stays, and the release that it ended under."""

    head: DossierHead
    visits: tuple[Visit, ...]
    release: Release


@dataclass(frozen=True, slots=True, kw_only=True)
class Lately:
    """The dossiers that ended last, by id. ``since``: the first of their ends, where there were more; None where these
    are all."""

    taken: tuple[Taken, ...]
    since: dt.datetime | None


def must_be_short(asked: Asked) -> None:
    """Requires a period that one answer can read. Raises InvalidInput."""
    if (asked.end - asked.start).days >= LONGEST:
        raise InvalidInput(
            {"end": Text(f"kỳ báo cáo dài nhất {LONGEST} ngày", f"the period may have {LONGEST} days at most")}
        )


def taken_ways(unit: UnitOfWork, asked: Asked) -> Iterator[Taken]:
    """The dossiers that the caller may see, by id. Raises InvalidInput."""
    wanted = [*_wanted(unit, asked), seen_by_many(unit.actor, unit.today)]
    return (_taken(unit, one) for one in histories(unit.reader(), wanted))


def taken_lately(unit: UnitOfWork, asked: Asked, most: int) -> Lately:
    """At most ``most`` of the dossiers that the caller may see, those that ended last: reading whole journals takes a
    third of a millisecond for each. Raises InvalidInput."""
    wanted = [*_wanted(unit, asked), seen_in_order(unit.actor, unit.today)]
    found = ended_last(unit.reader(), wanted, most + 1)
    read, more = found[:most], len(found) > most
    taken = tuple(_taken(unit, one) for one in histories_of(unit.reader(), [number for number, _ in read]))
    return Lately(taken=taken, since=read[-1][1] if more else None)


def _taken(unit: UnitOfWork, one: History) -> Taken:
    return Taken(
        head=one.head, visits=visits_of(one.entries), release=unit.catalogue.workflow(one.head.release).release
    )


def _wanted(unit: UnitOfWork, asked: Asked) -> list[ColumnElement[bool]]:
    first, last = moments_of(asked.start, asked.end)
    wanted: list[ColumnElement[bool]] = [
        dossiers.c.procedure == asked.procedure,
        dossiers.c.finished_at >= first,
        dossiers.c.finished_at < last,
    ]
    wanted += [dossiers.c.handler_office == asked.office] if asked.office else []
    if asked.version is not None:
        published = releases_of(unit.reader(), asked.procedure)
        wanted.append(dossiers.c.release.in_([one.digest for one in published if one.version == asked.version]))
    return wanted


def track_of(release: Release) -> Track:
    """What the release foresees: its main path, and every way that an action leads."""
    ways = {
        (source, target)
        for action in release.actions.values()
        for source in action.sources
        for target in ways_of(action)
    }
    return Track(graph_of(release).main, frozenset(ways))


def worked_minutes(unit: UnitOfWork, release: Release, office: str, start: dt.datetime, end: dt.datetime) -> int | None:
    """Working minutes from ``start`` to ``end`` by the office's calendar; None where no calendar reaches so far."""
    try:
        calendar = unit.catalogue.calendar(release.sla.calendar, office)
        return max(0, calendar.working_minutes_between(start, end))
    except OutsideCalendar:
        return None
