"""A person's desk: the numbers of its queues, which are those of the lists behind them, and what came lately.

The numbers come from one statement over what the person's offices must act on or wait for. Whoever only oversees has no
desk: their numbers are those of all that they see, up to a bound.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import orjson

from engine.queries.queue import QUEUE_NAMES, QUEUES, Ask, Queue, queue_count, short_name
from engine.queries.signing import signs
from engine.rules.procedure.act_names import act_name
from engine.store.arrivals import ArrivalRow, arrivals
from engine.store.dossier_counts import DeskCount, desk_counts
from engine.store.list_ways import DeskOffices
from engine.store.saved_views import seen_until
from engine.text import Text
from engine.transaction import UnitOfWork

LOOK_BACK = dt.timedelta(days=7)
"""How far back a desk shows what came."""
_MOST = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueNumber:
    """A queue of the desk with the number of its dossiers. ``moment`` is the oldest due moment of the overdue ones, or
    the next one of those that are due today."""

    key: Queue
    name: Text
    number: int
    moment: dt.datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The queues in the order in which they are shown. ``unclaimed`` wait for somebody to take them, ``mine`` are held
    by the person."""

    queues: tuple[QueueNumber, ...]
    unclaimed: int
    mine: int

    def number(self, key: str) -> int:
        """The number of one queue."""
        return next(one.number for one in self.queues if one.key == key)


Way = Literal["answered", "returned", "came"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A dossier that came to the desk: how, and whether it came after the person last said that they had seen all.

    ``answered``: the applicant supplemented it. ``returned``: a colleague sent it back, with ``reason``.
    """

    code: str
    applicant: str | None
    procedure_name: Text
    at: dt.datetime
    way: Way
    act: Text
    reason: str | None
    new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrivals:
    """What came back, and what else came, newest first; ``seen``: when the person last said that they had seen all."""

    back: tuple[Arrival, ...]
    other: tuple[Arrival, ...]
    new: int
    seen: dt.datetime | None


def desk(unit: UnitOfWork, at: DeskOffices | None = None) -> Desk:
    """The numbers of the actor's desk; ``at`` as ``engine.queries.queue.own_desk`` gives it."""
    if not unit.actor.acting_offices(unit.today):
        return _overseen(unit)
    counts = desk_counts(unit.reader(), unit.actor, unit.now, at)
    numbers = {key: sum(one.queues.get(key, 0) for one in counts) for key in QUEUES}
    numbers["sign"] = sum(one.number for one in counts if _signed_here(unit, one))
    moments: dict[str, dt.datetime | None] = {
        "soon": min((one.next_due for one in counts if one.next_due), default=None),
        "overdue": min((one.oldest_due for one in counts if one.oldest_due), default=None),
    }
    return Desk(
        queues=tuple(
            QueueNumber(key=key, name=QUEUE_NAMES[key], number=numbers[key], moment=moments.get(key)) for key in QUEUES
        ),
        unclaimed=sum(one.unclaimed for one in counts),
        mine=sum(one.mine for one in counts),
    )


def lately(unit: UnitOfWork, *, limit: int = 8) -> Arrivals:
    """What came to the actor's desk in the last days, at most ``limit`` of each kind."""
    person = unit.actor.person_id
    seen = seen_until(unit.reader(), person) if person is not None else None
    rows = arrivals(unit.reader(), unit.actor, unit.now, unit.now - LOOK_BACK, _MOST)
    came = [_arrival(unit, row, seen) for row in rows]
    back = tuple(one for one in came if one.way != "came")
    other = tuple(one for one in came if one.way == "came")
    return Arrivals(back=back[:limit], other=other[:limit], new=sum(one.new for one in came), seen=seen)


def _overseen(unit: UnitOfWork) -> Desk:
    """The numbers of somebody without a desk: of all that they see, up to ``MOST_COUNTED`` and one."""
    queues = tuple(
        QueueNumber(key=key, name=QUEUE_NAMES[key], number=queue_count(unit, Ask(queue=key))) for key in QUEUES
    )
    return Desk(queues=queues, unclaimed=0, mine=0)


def _signed_here(unit: UnitOfWork, one: DeskCount) -> bool:
    return signs(unit.catalogue.workflow(one.release).release, one.state)


def _arrival(unit: UnitOfWork, row: ArrivalRow, seen: dt.datetime | None) -> Arrival:
    release = unit.catalogue.workflow(row.release).release
    data, private = orjson.loads(row.body)["data"], row.private or {}
    reason = private.get("reason")
    return Arrival(
        code=row.code,
        applicant=row.applicant,
        procedure_name=short_name(release),
        at=row.at,
        way=_way(row, data),
        act=act_name(row.act, release),
        reason=reason if isinstance(reason, str) else None,
        new=seen is None or row.at > seen,
    )


def _way(row: ArrivalRow, data: Mapping[str, Any]) -> Way:
    if data.get("effect") == "answer" or row.actor.startswith("citizen"):
        return "answered" if row.number > 1 else "came"
    return "returned" if data.get("effect") == "back" else "came"
