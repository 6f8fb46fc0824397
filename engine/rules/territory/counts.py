"""Counts of dossiers by the units of another day, so that a report by the old order and one by the new are comparable.

Both contain the same dossiers, and every dossier is counted once. It counts for a unit when everything that its commune
was, or became, lies in that unit. Where its commune was divided, or formed from several, its part is unknown. Then it
counts for its own commune, marked as not of that order. Nothing is divided by area or population.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from engine.rules.territory.territory import Territory
from engine.rules.territory.units import Level, Unit


@dataclass(frozen=True, slots=True)
class Count:
    """The numbers of ``finished`` dossiers, and of ``late`` ones among them, of one commune.

    The commune had the code ``place`` on the day ``since``; None: these dossiers have no deciding commune.
    """

    place: str | None
    since: dt.date
    finished: int
    late: int


@dataclass(frozen=True, slots=True)
class UnitCount:
    """The same numbers for a unit. ``certain`` is false where it is not a unit of the requested order."""

    unit: Unit | None
    certain: bool
    finished: int
    late: int


def count_by_unit(territory: Territory, counts: Iterable[Count], on: dt.date, level: Level) -> list[UnitCount]:
    """The counts by the units of ``level`` on the day ``on``, in order of id; uncertain ones follow.

    Raises BeforeFirstDate.
    """
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
    """The unit of ``level`` on the day ``on`` that contains everything that the commune is, was or became.

    The commune is taken as on the day ``since``. None where several units contain it, or the level does not exist.
    """
    if on >= commune.valid_from:
        parts = territory.successors(commune.id, on)
    else:
        parts = territory.predecessors(commune.id, on, as_of=since)
    found = {
        next((one for one in (part.unit, *territory.parent_chain(part.unit, on)) if one.level == level), None)
        for part in parts
    }
    return found.pop() if len(found) == 1 else None
