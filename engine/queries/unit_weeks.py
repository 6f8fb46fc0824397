"""The on-time report week by week, for small pictures beside each other: by administrative units as they were on any
day, so that the weeks before and after a merger can be compared; or by the offices that somebody leads."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from engine.errors import InvalidInput
from engine.queries.figure_readers import Reader
from engine.rules.territory.counts import count_by_unit
from engine.rules.territory.units import Level
from engine.store.report_counts import finished_in_weeks
from engine.store.statistics import finished_by_place_and_week
from engine.text import Text
from engine.transaction import UnitOfWork

WEEKS = 12
TARGET = 0.95
"""The share on time that a unit is held to; the pictures show it as a dashed line."""
Tally = tuple[int, int]
"""Dossiers that ended, and those of them that were late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitLine:
    """A unit or office with its tally of each week. ``certain`` is false where it is not a unit of the order asked.

    ``code`` is the id of the unit (c:26740@2025-07-01), since a code alone means several; of an office its code.
    """

    code: str
    name: Text
    certain: bool
    weeks: tuple[Tally, ...]

    def share(self, number: int) -> float | None:
        """The share on time of a week; None where nothing ended."""
        return _share([self.weeks[number]])

    @property
    def shares(self) -> tuple[float | None, ...]:
        """The share of each week."""
        return tuple(self.share(number) for number in range(len(self.weeks)))

    @property
    def last(self) -> float | None:
        """The share of the last week in which something ended."""
        return next((share for share in reversed(self.shares) if share is not None), None)

    def mean(self, first: int, end: int) -> float | None:
        """The share on time of the weeks from ``first`` to before ``end``."""
        return _share(self.weeks[first:end])


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitWeeks:
    """The lines, the worst last week first. ``change`` is the day on which the units changed within these weeks, and
    ``turn`` the number of the first week that lies wholly after it; both None where they did not change."""

    mondays: tuple[dt.date, ...]
    on: dt.date
    change: dt.date | None
    lines: tuple[UnitLine, ...]

    @property
    def turn(self) -> int | None:
        """The number of the first week that begins on or after the change."""
        if self.change is None:
            return None
        return next((number for number, day in enumerate(self.mondays) if day >= self.change), len(self.mondays))

    @property
    def total(self) -> Tally:
        """Everything that ended, and what of it was late."""
        every = [week for line in self.lines for week in line.weeks]
        return sum(one for one, _ in every), sum(late for _, late in every)


def by_units(
    unit: UnitOfWork, reader: Reader, end: dt.date, level: Level, on: dt.date, province: str | None = None
) -> UnitWeeks:
    """The twelve weeks up to that of ``end``, by the units of ``level`` on the day ``on``. Raises InvalidInput."""
    territory, mondays = unit.catalogue.territory, _mondays(end)
    if not territory.units(level, on):
        said = Text(f"ngày {on:%d/%m/%Y} không có cấp này", f"there is no such level on {on}")
        raise InvalidInput({"cap": said})
    provinces = [province] if province in reader.provinces else list(reader.provinces)
    eras = sorted({one.valid_from for one in territory.units()})
    weeks: dict[tuple[str, bool], list[Tally]] = defaultdict(lambda: [(0, 0)] * len(mondays))
    names: dict[str, Text] = {"": Text("Không có xã, phường", "No commune")}
    for number, counts in enumerate(finished_by_place_and_week(unit.reader(), provinces, mondays, on, eras).values()):
        for one in count_by_unit(territory, counts, on, level):
            key = one.unit.id if one.unit else ""
            if one.unit:
                names[key] = Text(one.unit.name_vi, one.unit.name_vi)
            weeks[key, one.certain][number] = (one.finished, one.late)
    lines = (
        UnitLine(code=key, name=names[key], certain=certain, weeks=tuple(told))
        for (key, certain), told in weeks.items()
    )
    return UnitWeeks(mondays=tuple(mondays), on=on, change=_changed(eras, mondays), lines=_worst_first(lines))


def by_offices(unit: UnitOfWork, offices: Collection[str], end: dt.date) -> UnitWeeks:
    """The twelve weeks up to that of ``end``, by the offices that handled the dossiers."""
    mondays = _mondays(end)
    weeks: dict[str, list[Tally]] = defaultdict(lambda: [(0, 0)] * len(mondays))
    for row in finished_in_weeks(unit.reader(), offices, mondays):
        weeks[row.office][mondays.index(row.week)] = (row.finished, row.late)
    eras = sorted({one.valid_from for one in unit.catalogue.territory.units()})
    lines = (
        UnitLine(code=code, name=unit.catalogue.office_name(code) or Text(code, code), certain=True, weeks=tuple(told))
        for code, told in weeks.items()
    )
    return UnitWeeks(mondays=tuple(mondays), on=unit.today, change=_changed(eras, mondays), lines=_worst_first(lines))


def _mondays(end: dt.date) -> list[dt.date]:
    last = end - dt.timedelta(days=end.weekday())
    return [last - dt.timedelta(days=7 * back) for back in reversed(range(WEEKS))]


def _changed(eras: Iterable[dt.date], mondays: list[dt.date]) -> dt.date | None:
    """The last day within the weeks on which units began."""
    return max((day for day in eras if mondays[0] < day <= mondays[-1] + dt.timedelta(days=6)), default=None)


def _worst_first(lines: Iterable[UnitLine]) -> tuple[UnitLine, ...]:
    return tuple(sorted(lines, key=lambda one: (one.last if one.last is not None else 2.0, one.name.vi, one.code)))


def _share(weeks: Iterable[Tally]) -> float | None:
    told = list(weeks)
    finished = sum(one for one, _ in told)
    return 1 - sum(late for _, late in told) / finished if finished else None
