"""What a report over whole histories reads: ended dossiers of one procedure in a period, with the ways they took."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from engine.errors import InvalidInput
from engine.pictures.graph import graph_of, ways_of
from engine.rules.deadlines.calendar import OutsideCalendar
from engine.rules.history.variants import Track
from engine.rules.history.visits import Visit, visits_of
from engine.rules.period import moments_of
from engine.rules.procedure.definition import Release
from engine.store.dossiers import dossiers
from engine.store.histories import DossierHead, histories
from engine.store.sight_of_many import seen_by_many
from engine.text import Text
from engine.transaction import UnitOfWork

LONGEST = 92
"""The most days in a report of the interface that reads whole journals. A command may read any period."""


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


def must_be_short(asked: Asked) -> None:
    """Requires a period that one answer can read. Raises InvalidInput."""
    if (asked.end - asked.start).days >= LONGEST:
        raise InvalidInput(
            {"end": Text(f"kỳ báo cáo dài nhất {LONGEST} ngày", f"the period may have {LONGEST} days at most")}
        )


def taken_ways(unit: UnitOfWork, asked: Asked) -> Iterator[Taken]:
    """The dossiers that the caller may see, by id. Raises InvalidInput."""
    first, last = moments_of(asked.start, asked.end)
    wanted = [
        dossiers.c.procedure == asked.procedure,
        dossiers.c.finished_at >= first,
        dossiers.c.finished_at < last,
        seen_by_many(unit.actor, unit.today),
    ]
    wanted += [dossiers.c.handler_office == asked.office] if asked.office else []
    for one in histories(unit.reader(), wanted):
        release = unit.catalogue.workflow(one.head.release).release
        if asked.version in (None, release.version):
            yield Taken(head=one.head, visits=visits_of(one.entries), release=release)


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
