"""What a report over whole histories reads: ended dossiers of one procedure in a period, with the ways they took."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, tuple_

from engine.errors import InvalidInput
from engine.pictures.graph import graph_of, ways_of
from engine.rules.deadlines.calendar import OutsideCalendar
from engine.rules.history.variants import Track
from engine.rules.history.visits import Visit, visits_of
from engine.rules.period import moments_of
from engine.rules.procedure.definition import Release
from engine.store.dossiers import dossiers
from engine.store.histories import DossierHead, histories, last_left_out
from engine.store.running import releases_of
from engine.store.sight_of_many import seen_by_many
from engine.text import Text
from engine.transaction import UnitOfWork

LONGEST, MOST_READ, MOST_SHOWN = 92, 10_000, 1_000
"""The most days, and the most dossiers, in a report of the interface that reads whole journals; and the most dossiers
for a page. A command may read any period, and all that ended in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which dossiers: of ``procedure``, ended on the civil days ``start`` to ``end``; only those that ``office``
    handled, only those of ``version``, and only those that ended after one (its end and id), where these are given."""

    procedure: str
    start: dt.date
    end: dt.date
    office: str | None = None
    version: int | None = None
    after: tuple[dt.datetime, int] | None = None

    @property
    def since(self) -> dt.datetime | None:
        """The moment from which on dossiers are read; None where the period is read whole."""
        return self.after[0] if self.after else None


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


def latest(unit: UnitOfWork, asked: Asked, most: int) -> Asked:
    """The same question about at most ``most`` dossiers, those that ended last: a reading of whole journals takes a
    third of a millisecond for each. ``after`` stays None where there are no more. Raises InvalidInput."""
    return replace(asked, after=last_left_out(unit.reader(), _wanted(unit, asked), most))


def taken_ways(unit: UnitOfWork, asked: Asked) -> Iterator[Taken]:
    """The dossiers that the caller may see, by id. Raises InvalidInput."""
    for one in histories(unit.reader(), _wanted(unit, asked)):
        release = unit.catalogue.workflow(one.head.release).release
        yield Taken(head=one.head, visits=visits_of(one.entries), release=release)


def _wanted(unit: UnitOfWork, asked: Asked) -> list[ColumnElement[bool]]:
    first, last = moments_of(asked.start, asked.end)
    wanted = [
        dossiers.c.procedure == asked.procedure,
        dossiers.c.finished_at >= first,
        dossiers.c.finished_at < last,
        seen_by_many(unit.actor, unit.today),
    ]
    wanted += [tuple_(dossiers.c.finished_at, dossiers.c.id) > asked.after] if asked.after else []
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
