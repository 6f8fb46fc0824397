"""The earlier and the present name of a place, with the day and the law of the change, for pages in two languages.

``same_place`` is the same in one Vietnamese sentence, as printed forms carry it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from engine.rules.territory.same_place import full_name
from engine.rules.territory.territory import Territory
from engine.rules.territory.units import Unit


@dataclass(frozen=True, slots=True)
class Renamed:
    """A place that had the full name ``was`` and has those in ``now``: several where the unit was divided.

    ``since`` is the day of the last change and ``legal`` the law; ``part`` says that it is a part of what it is now.
    """

    was: str
    now: tuple[str, ...]
    since: dt.date
    legal: str
    part: bool


def renamed(unit: Unit, on: dt.date, today: dt.date, territory: Territory) -> Renamed | None:
    """How a unit named on the day ``on`` is named today; None where its full name is the same, or nothing explains it.

    Raises BeforeFirstDate, UnknownUnit.
    """
    last = dt.date.max if unit.valid_to is None else unit.valid_to - dt.timedelta(days=1)
    was = full_name(unit, max(unit.valid_from, min(on, last)), territory)
    parts = territory.successors(unit.id, today)
    now = tuple(dict.fromkeys(full_name(part.unit, today, territory) for part in parts))
    edges = sorted((edge for part in parts for edge in part.path), key=lambda edge: edge.date)
    if now == (was,) or not now or not edges:
        return None
    laws = dict.fromkeys(law for edge in edges for law in edge.legal.split("; ") if law)
    whole = all(edge.kind in ("continued", "renamed", "upgraded") for edge in edges)
    return Renamed(was, now, edges[-1].date, "; ".join(laws), not whole)
