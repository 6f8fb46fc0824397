"""The index of offices by body and unit, which finds the offices that serve a commune once level and body are known.

An office serves its own unit and the further units of its area (later names of the same unit). When its area holds
units of a lower level, as that of a provincial branch for a few communes, it serves only those.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from engine.rules.offices.offices import Office
from engine.rules.territory.territory import Territory
from engine.rules.territory.units import LEVELS, Level, Unit

_FINENESS = {"p": 0, "d": 1, "c": 2}


class OfficeIndex:
    """All offices by code, and by body and served unit. Immutable; threads may share it."""

    def __init__(self, offices: Iterable[Office]) -> None:
        self._offices: dict[str, Office] = {}
        self._serving: Mapping[tuple[str, str], list[Office]] = defaultdict(list)
        for office in sorted(offices, key=lambda one: one.code):
            self._offices[office.code] = office
            for unit_id in served_units(office):
                self._serving[office.body, unit_id].append(office)

    def get(self, code: str) -> Office | None:
        return self._offices.get(code)

    def all(self) -> Collection[Office]:
        """Every office, former ones included, in order of code."""
        return self._offices.values()

    def ever_serving(self, level: Level, body: str, target_id: str | None, commune_id: str) -> tuple[Office, ...]:
        """The offices of ``body`` that serve ``commune_id`` on ``level`` on any day.

        ``target_id`` is the unit of that level that contains the commune (the commune itself for ``commune``; None
        where there is none). They are in order of code; those that name the commune in their area come last.
        """
        found = self._serving.get((body, target_id), []) if target_id is not None else []
        if target_id == commune_id:
            return tuple(found)
        near = (one for one in self._serving.get((body, commune_id), []) if level_of(one.unit_id) == level)
        return tuple({one.code: one for one in (*found, *near)}.values())

    def serving(self, level: Level, body: str, commune: Unit, territory: Territory, on: dt.date) -> tuple[Office, ...]:
        """The offices of ``body`` that serve ``commune`` on ``level`` on a day, in the order of ``ever_serving``."""
        chain = (commune, *territory.parent_chain(commune, on))
        target = next((unit.id for unit in chain if unit.level == level), None)
        return tuple(one for one in self.ever_serving(level, body, target, commune.id) if one.valid(on))


def served_units(office: Office) -> tuple[str, ...]:
    """The ids of the units that an office serves directly (see the module docstring)."""
    own = _FINENESS[office.unit_id[0]]
    if any(_FINENESS[unit_id[0]] > own for unit_id in office.area):
        return office.area
    return (office.unit_id, *(unit_id for unit_id in office.area if unit_id != office.unit_id))


def level_of(unit_id: str) -> Level:
    """The level of a unit, by its id.

    >>> level_of("c:26737@2025-07-01")
    'commune'
    """
    return LEVELS[unit_id[0]]
