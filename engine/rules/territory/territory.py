"""The territory: administrative units as a graph of dated units and dated successions; every query names its day.

A query never guesses: where a unit was divided, the answer has all its parts, with the default marked. Days before the
first known one are refused. A territory is immutable, and threads may share it.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction

from engine.rules.territory.units import (
    INITIALS,
    LEVELS,
    BeforeFirstDate,
    BrokenTerritory,
    Level,
    Standing,
    Succession,
    Successor,
    Unit,
    UnknownUnit,
    check_edges,
)

Steps = Callable[[Unit, dt.date], list[tuple[Unit, Succession]]]


@dataclass(frozen=True, slots=True)
class Defect:
    """A defect of the graph as a whole: an ended unit without successor, or days on which a parent is missing."""

    unit: Unit
    vi: str
    en: str


class Territory:
    """All units and successions, indexed.

    Raises BrokenTerritory when two units of one code and level overlap in time, or an edge contradicts the units.
    """

    def __init__(self, units: Iterable[Unit], successions: Iterable[Succession]) -> None:
        self._units: dict[str, Unit] = {}
        self._versions: dict[str, list[Unit]] = defaultdict(list)  # key → oldest first
        self._children: dict[str, list[Unit]] = defaultdict(list)  # parent key → oldest first, then by code
        self._out: dict[str, list[Succession]] = defaultdict(list)
        self._in: dict[str, list[Succession]] = defaultdict(list)
        for unit in sorted(units, key=lambda one: (one.valid_from, one.level, one.code)):
            self._add(unit)
        edges = sorted(successions, key=lambda edge: (edge.date, edge.from_id, edge.to_id))
        check_edges(self._units, edges)
        for edge in edges:
            self._out[edge.from_id].append(edge)
            self._in[edge.to_id].append(edge)
        for from_id, out in self._out.items():
            if sum(edge.default for edge in out) > 1:
                raise BrokenTerritory(why=f"{from_id}: more than one default successor")
        self.first = min((unit.valid_from for unit in self._units.values()), default=dt.date.max)

    def unit(self, unit_id: str) -> Unit:
        """The unit with this id (``c:26737@2025-07-01``). Raises UnknownUnit."""
        unit = self._units.get(unit_id)
        if unit is None:
            raise UnknownUnit(unit=unit_id)
        return unit

    def find(self, code: str, level: Level, on: dt.date) -> Unit | None:
        """The unit that has this code on this day, None when there is none. Raises BeforeFirstDate."""
        self.must_be_known(on)
        return self._of_key(f"{INITIALS[level]}:{code}", on)

    def at(self, code: str, level: Level, on: dt.date) -> Unit:
        """The same as ``find``, but raises UnknownUnit instead of returning None."""
        unit = self.find(code, level, on)
        if unit is None:
            raise UnknownUnit(unit=f"{INITIALS[level]}:{code} ({on})")
        return unit

    def units(self, level: Level | None = None, on: dt.date | None = None) -> tuple[Unit, ...]:
        """The units of a level on a day, in order of first day, level and code. None means every level, or every day.

        Raises BeforeFirstDate.
        """
        if on is not None:
            self.must_be_known(on)
        every = self._units.values()
        return tuple(u for u in every if (level is None or u.level == level) and (on is None or u.valid(on)))

    def versions(self, code: str, level: Level) -> tuple[Unit, ...]:
        """Every unit that ever had this code on this level, oldest first."""
        return tuple(self._versions.get(f"{INITIALS[level]}:{code}", ()))

    def successions(self) -> tuple[Succession, ...]:
        """Every edge, oldest first."""
        return tuple(sorted((e for out in self._out.values() for e in out), key=lambda e: (e.date, e.from_id, e.to_id)))

    def standing(self, standing: Standing) -> tuple[Succession, ...]:
        """The edges with this standing, oldest first."""
        return tuple(edge for edge in self.successions() if edge.standing == standing)

    def children(self, unit_id: str, on: dt.date) -> tuple[Unit, ...]:
        """The units directly below this one on a day; none when it is not valid on that day.

        They are in order of first day and code. Raises BeforeFirstDate, UnknownUnit.
        """
        self.must_be_known(on)
        unit = self.unit(unit_id)
        return tuple(child for child in self._children.get(unit.key, ()) if child.valid(on)) if unit.valid(on) else ()

    def parent_chain(self, unit: Unit, on: dt.date | None = None) -> tuple[Unit, ...]:
        """The units above, nearest first, on the day ``on``; without a day, the latest ones above the unit.

        A commune that is valid while its province changes has several chains over time.
        """
        chain: list[Unit] = []
        below = unit
        while below.parent is not None and len(chain) < len(LEVELS):
            above = self._of_key(below.parent, on) if on is not None else self._latest_above(unit, below.parent)
            if above is None:
                break
            chain.append(above)
            below = above
        return tuple(chain)

    def parents_ever(self, unit: Unit) -> tuple[Unit, ...]:
        """Every unit that was above this one on some day of its validity."""
        found: list[Unit] = []
        below = [unit]
        while below and len(found) < 64:
            above = [
                other
                for one in below
                for other in self._versions.get(one.parent or "", ())
                if _overlap(other, unit) and other not in found
            ]
            below = list(dict.fromkeys(above))
            found += below
        return tuple(found)

    def province_of(self, unit: Unit, on: dt.date | None = None) -> Unit:
        """The province of a unit (itself for a province), with ``on`` as in ``parent_chain``. Raises UnknownUnit."""
        for one in (unit, *self.parent_chain(unit, on)):
            if one.level == "province":
                return one
        raise UnknownUnit(unit=f"{unit.id} → {unit.parent}")

    def edges_from(self, unit_id: str) -> tuple[Succession, ...]:
        return tuple(self._out.get(unit_id, ()))

    def edges_to(self, unit_id: str) -> tuple[Succession, ...]:
        return tuple(self._in.get(unit_id, ()))

    def successors(self, unit_id: str, on: dt.date) -> tuple[Successor, ...]:
        """The units that this unit became on a day, over any chain of changes: default first, then by share and code.

        On a day on which the unit is valid, the answer is the unit itself with the share 1. Before its first day the
        answer is empty; see ``predecessors``. Parts that meet again in one unit are added up. Raises BeforeFirstDate,
        UnknownUnit.
        """
        self.must_be_known(on)
        start = self.unit(unit_id)
        if on < start.valid_from:
            return ()
        return self._walk(start, on, self._forward, forward=True)

    def predecessors(self, unit_id: str, on: dt.date, as_of: dt.date | None = None) -> tuple[Successor, ...]:
        """The units of an earlier day from which this one was formed, each with the share of *it* that came here.

        An abolished level is no predecessor of the unit that contained it. A unit may continue and absorb others:
        ``as_of`` leaves out those that it absorbed after that day (None: none is left out). On a day on which the unit
        is valid, it is in the answer itself. Raises BeforeFirstDate, UnknownUnit.
        """
        self.must_be_known(on)
        start = self.unit(unit_id)
        if start.valid_to is not None and on >= start.valid_to:
            return ()
        last = as_of or dt.date.max

        def before(unit: Unit, on: dt.date) -> list[tuple[Unit, Succession]]:
            edges = (e for e in self._in.get(unit.id, ()) if on < e.date <= last and e.kind != "abolished")
            return [(self._units[edge.from_id], edge) for edge in edges]

        return self._walk(start, on, before, forward=False)

    def must_be_known(self, on: dt.date) -> None:
        """Raises BeforeFirstDate for a day before the first known one."""
        if on < self.first:
            raise BeforeFirstDate(first=self.first, on=on)

    def defects(self) -> tuple[Defect, ...]:
        """The defects that ``territory verify`` reports: ended units without successor, and days without parent."""
        found: list[Defect] = []
        for unit in self._units.values():
            name = f"{unit.name_vi} ({unit.id})"
            if unit.valid_to is not None and not self._out.get(unit.id):
                vi = f"{name} kết thúc {unit.valid_to} mà không có đơn vị kế thừa"
                found.append(Defect(unit, vi, f"{name} ends on {unit.valid_to} without a successor"))
            if unit.parent is not None and not self._covered(unit):
                vi = f"{name} có thời gian mà {unit.parent} không tồn tại"
                found.append(Defect(unit, vi, f"{name} has days on which {unit.parent} is missing"))
        return tuple(found)

    def _add(self, unit: Unit) -> None:
        if unit.valid_to is not None and unit.valid_to <= unit.valid_from:
            raise BrokenTerritory(why=f"{unit.id} ends on {unit.valid_to}, before it begins")
        versions = self._versions[unit.key]
        if versions and (versions[-1].valid_to is None or versions[-1].valid_to > unit.valid_from):
            raise BrokenTerritory(why=f"{versions[-1].id} and {unit.id} are valid on the same day")
        versions.append(unit)
        self._units[unit.id] = unit
        if unit.parent is not None:
            self._children[unit.parent].append(unit)

    def _of_key(self, key: str, on: dt.date) -> Unit | None:
        return next((unit for unit in self._versions.get(key, ()) if unit.valid(on)), None)

    def _latest_above(self, unit: Unit, key: str) -> Unit | None:
        return next((above for above in reversed(self._versions.get(key, ())) if _overlap(above, unit)), None)

    def _covered(self, unit: Unit) -> bool:
        day: dt.date | None = unit.valid_from
        for above in self._versions.get(unit.parent or "", ()):
            if day is not None and above.valid(day):
                day = above.valid_to
        return day is None or (unit.valid_to is not None and day >= unit.valid_to)

    def _forward(self, unit: Unit, on: dt.date) -> list[tuple[Unit, Succession]]:
        return [] if unit.valid(on) else [(self._units[edge.to_id], edge) for edge in self._out.get(unit.id, ())]

    def _walk(self, start: Unit, on: dt.date, steps: Steps, forward: bool) -> tuple[Successor, ...]:
        """Follows the graph in order of time, so that the share of a unit is complete before it is passed on."""
        reached = {start.id: Successor(start, Fraction(1), True, ())}
        waiting, answer = {start.id}, []
        while waiting:
            here = min(waiting, key=lambda i: _turn(self._units[i], forward))
            waiting.discard(here)
            so_far = reached[here]
            if so_far.unit.valid(on):
                answer.append(so_far)
            for unit, edge in steps(so_far.unit, on):
                arrived = self._along(so_far, unit, edge, forward)
                reached[unit.id] = _joined(reached[unit.id], arrived) if unit.id in reached else arrived
                waiting.add(unit.id)
        return tuple(sorted(answer, key=lambda s: (not s.is_default, -(s.share or 0), s.unit.level, s.unit.code)))

    def _along(self, so_far: Successor, unit: Unit, edge: Succession, forward: bool) -> Successor:
        only = len(self._out[edge.from_id]) == 1
        part = edge.share if edge.share is not None else Fraction(1) if only else None
        share = None if part is None or so_far.share is None else so_far.share * part
        path = (*so_far.path, edge) if forward else (edge, *so_far.path)
        return Successor(unit, share, so_far.is_default and (only or edge.default), path)


def _turn(unit: Unit, forward: bool) -> tuple[int, str]:
    # An edge leads from a unit to one that ends later, so the order of last days is an order of the graph.
    last = (unit.valid_to or dt.date.max).toordinal()
    return (last if forward else -last, unit.id)


def _joined(one: Successor, other: Successor) -> Successor:
    better = min(one, other, key=lambda s: (not s.is_default, len(s.path), [edge.to_id for edge in s.path]))
    share = None if one.share is None or other.share is None else one.share + other.share
    return Successor(one.unit, share, one.is_default or other.is_default, better.path)


def _overlap(one: Unit, other: Unit) -> bool:
    return (one.valid_to is None or other.valid_from < one.valid_to) and (
        other.valid_to is None or one.valid_from < other.valid_to
    )
