"""The on-time report by administrative units as they were on any day.

Two reports for the same period under the units of different days count the same dossiers, whatever mergers and
divisions lie between these days.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from engine.errors import InvalidInput
from engine.rules.period import moments_of
from engine.rules.territory.counts import UnitCount, count_by_unit
from engine.rules.territory.units import Level
from engine.store.statistics import finished_by_place
from engine.text import Text
from engine.transaction import UnitOfWork

LONGEST = 92
"""The most days in such a report, which reads every dossier that ended in them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ByUnit:
    """Counts by the units of ``level`` as they were on the day ``on``."""

    on: dt.date
    level: Level
    counts: tuple[UnitCount, ...]


def on_time_by_unit(unit: UnitOfWork, start: dt.date, end: dt.date, level: Level, on: dt.date | None = None) -> ByUnit:
    """Counts of the dossiers that ended on the civil days ``start`` to ``end`` in the provinces that the caller
    oversees, by the units of ``level`` on the day ``on`` (default: today). Raises InvalidInput."""
    moments_of(start, end)
    if (end - start).days >= LONGEST:
        raise InvalidInput(
            {"end": Text(f"kỳ báo cáo dài nhất {LONGEST} ngày", f"the period may have {LONGEST} days at most")}
        )
    territory, on = unit.catalogue.territory, on or unit.today
    if not territory.units(level, on):
        said = Text(f"ngày {on:%d/%m/%Y} không có cấp này", f"there is no such level on {on}")
        raise InvalidInput({"level": said})
    eras = sorted({one.valid_from for one in territory.units()})
    counts = finished_by_place(unit.reader(), unit.actor, start, end, on, eras, unit.now)
    return ByUnit(on=on, level=level, counts=tuple(count_by_unit(territory, counts, on, level)))
