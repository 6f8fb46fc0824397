"""Counting dossiers by the units of another day: a report by the old order and one by the new hold the same dossiers.

Every dossier is counted once. It counts for a unit when all that its commune was, or became, lies in that unit; where
its commune was divided, or came out of several, and nothing tells in which part it lies, it counts for its own commune,
marked as not of that order. Nothing is shared out by area or population.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from engine.rules.territory.territory import Territory
from engine.rules.territory.units import Level, Unit


@dataclass(frozen=True, slots=True)
class Count:
    """``finished`` dossiers, ``late`` ones among them, in the commune that bore the code ``place`` on the day ``since``
    (None: no commune decides about them)."""

    place: str | None
    since: dt.date
    finished: int
    late: int


@dataclass(frozen=True, slots=True)
class UnitCount:
    """The same for a unit; ``certain`` is false where it is no unit of the order that was asked for."""

    unit: Unit | None
    certain: bool
    finished: int
    late: int


def count_by_unit(territory: Territory, counts: Iterable[Count], on: dt.date, level: Level) -> list[UnitCount]:
    """By the units of ``level`` as they are on the day ``on``, in order of code, then what cannot be told."""
    sums: dict[tuple[Unit | None, bool], tuple[int, int]] = {}
    for one in counts:
        own = territory.find(one.place, "commune", max(one.since, territory.first)) if one.place else None
        unit = unit_in_order(territory, own, one.since, on, level) if own is not None else None
        key = (unit or own, unit is not None)
        finished, late = sums.get(key, (0, 0))
        sums[key] = (finished + one.finished, late + one.late)
    lines = [UnitCount(unit, certain, *both) for (unit, certain), both in sums.items()]
    return sorted(lines, key=lambda line: (not line.certain, line.unit is None, line.unit.id if line.unit else ""))


def unit_in_order(territory: Territory, commune: Unit, since: dt.date, on: dt.date, level: Level) -> Unit | None:
    """The unit of ``level`` on the day ``on`` in which everything lies that is, was or became the commune, as it stood
    on the day ``since``; None where it lies in several, or the level does not exist."""
    if on >= commune.valid_from:
        parts = territory.successors(commune.id, on)
    else:
        parts = territory.predecessors(commune.id, on, as_of=since)
    found = {
        next((one for one in (part.unit, *territory.parent_chain(part.unit, on)) if one.level == level), None)
        for part in parts
    }
    return found.pop() if len(found) == 1 else None
