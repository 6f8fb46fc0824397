"""The index of Decision 766/QĐ-TTg: how many points an indicator gives, and from which share it gives all of them.

Weights and thresholds are dated data (``index_766.json``), since the portal changes them from year to year.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Any

import orjson


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """The weights in force from ``start`` to ``until``. ``groups`` has the points of each group; a group that counted
    within another one then is in ``part_of``. ``points`` has (most points, share that gives them) by indicator."""

    start: dt.date
    until: dt.date | None
    note: str
    groups: Mapping[str, int]
    part_of: Mapping[str, str]
    points: Mapping[str, tuple[float, float]]

    def of(self, key: str, part: int, whole: int) -> tuple[float, float] | None:
        """(points, most points) of an indicator; None where it is not in the index or nothing counted.

        >>> weights_on(dt.date(2026, 10, 10)).of("filed_online", 1, 4)
        (3.0, 6)
        """
        known = self.points.get(key)
        if known is None or whole == 0:
            return None
        most, full = known
        given = min(Fraction(str(most)), Fraction(str(most)) * Fraction(part, whole) / Fraction(str(full)))
        return round(float(given), 2), most

    def group_of(self, group: str) -> str:
        """The group that a group's points counted in then."""
        return self.part_of.get(group, group)


def weights_on(day: dt.date) -> Weights:
    """The weights in force on a day; before the first ones those that came first."""
    known = _all_weights()
    return next((one for one in reversed(known) if one.start <= day), known[0])


@cache
def _all_weights() -> tuple[Weights, ...]:
    stored = orjson.loads((files("engine.queries") / "index_766.json").read_bytes())
    return tuple(_read(one) for one in stored)


def _read(one: Mapping[str, Any]) -> Weights:
    return Weights(
        start=dt.date.fromisoformat(one["from"]),
        until=dt.date.fromisoformat(one["until"]) if one["until"] else None,
        note=one["note"],
        groups=one["groups"],
        part_of=one["part_of"],
        points={key: (most, full) for key, (most, full) in one["points"].items()},
    )
