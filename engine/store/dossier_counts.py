"""Counts of dossiers by release and state: what an office holds, and what the desk of a person has in each queue."""

from __future__ import annotations

import datetime as dt
from functools import cache, lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, case, func, select, union

from engine.clock import civil_day
from engine.rules.procedure.permissions import Actor
from engine.store.dossiers import dossiers
from engine.store.list_filters import QUEUES, Filters, moments
from engine.store.list_ways import DeskOffices, way_of, ways_for
from engine.store.overdue import overdue_at
from engine.store.sql.question import PreparedSelect
from engine.store.visibility import Sight, sight_of


class QueueCount(NamedTuple):
    """Dossiers of one release in one state that an office holds."""

    release: str
    state: str
    procedure: str
    portal: int
    number: int
    overdue: int


def queue_counts(connection: Connection, actor: Actor, office: str, now: dt.datetime) -> list[QueueCount]:
    """One count for each release and state of the dossiers that an office holds and the actor may see."""
    sight, values = sight_of(actor, civil_day(now))
    return [QueueCount(*row) for row in _counting(sight).fetch(connection, values | {"held_by": office, "now": now})]


@cache
def _counting(sight: Sight) -> PreparedSelect:
    overdue = func.sum(case((overdue_at(bindparam("now")), 1), else_=0)).label("overdue")
    state = (dossiers.c.release, dossiers.c.state)  # these two determine the procedure and the portal status
    settled = (func.max(dossiers.c.procedure).label("procedure"), func.max(dossiers.c.portal).label("portal"))
    columns: tuple[Any, ...] = (*state, *settled, func.count().label("count"), overdue)
    held = dossiers.c.holder_office == bindparam("held_by")
    return PreparedSelect(select(*columns).where(held, sight.rule()).group_by(*state))


class DeskCount(NamedTuple):
    """Dossiers of one release in one state at a desk, and how many of them are in each of ``QUEUES``.

    ``unclaimed`` have nobody who holds them, ``mine`` are held by the person. ``next_due`` is the first due moment of
    today, ``oldest_due`` that of the overdue ones.
    """

    release: str
    state: str
    number: int
    unclaimed: int
    mine: int
    next_due: dt.datetime | None
    oldest_due: dt.datetime | None
    queues: dict[str, int]


def desk_counts(
    connection: Connection, actor: Actor, now: dt.datetime, at: DeskOffices | None = None
) -> list[DeskCount]:
    """One count for each release and state at the actor's desk; the queues are those of ``list_dossiers``.

    ``at``: the actor's ``desk_offices``, which are read if they are not given.
    """
    on = civil_day(now)
    sight, values = sight_of(actor, on)
    ways = ways_for(connection, actor, Filters(desk=True), on, at)
    if not ways:
        return []
    values |= {f"way_{n}_{m}": key for n, (_, keys) in enumerate(ways) for m, key in enumerate(keys)}
    values |= {"me": actor.person_id} | moments(now)
    rows = _at_desk(sight, tuple(kind for kind, _ in ways)).fetch(connection, values)
    own = len(DeskCount._fields) - 1
    return [DeskCount._make([*row[:own], dict(zip(QUEUES, row[own:], strict=True))]) for row in rows]


@lru_cache(maxsize=100)
def _at_desk(sight: Sight, kinds: tuple[str, ...]) -> PreparedSelect:
    lists = [way_of(kind, [bindparam(f"way_{number}_0")]) for number, kind in enumerate(kinds)]
    ids = union(*(select(way.id).select_from(way.source).where(*way.conditions) for way in lists))
    due = dossiers.c.due_at
    nobody = dossiers.c.holder_office.is_not(None) & dossiers.c.holder_id.is_(None)
    numbers: tuple[Any, ...] = (
        func.count(),
        func.sum(case((nobody, 1), else_=0)),
        func.sum(case((dossiers.c.holder_id == bindparam("me"), 1), else_=0)),
        func.min(case((QUEUES["soon"], due))),
        func.min(case((QUEUES["overdue"], due))),
        *(func.sum(case((rule, 1), else_=0)) for rule in QUEUES.values()),
    )
    state = (dossiers.c.release, dossiers.c.state)
    labelled = (one.label(f"number_{place}") for place, one in enumerate(numbers))
    desk = select(*state, *labelled).where(dossiers.c.id.in_(ids), sight.rule())
    return PreparedSelect(desk.group_by(*state))
