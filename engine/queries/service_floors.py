"""The report on use: the dossiers of each service in each province and year, against a floor.

The plans of 2025 ask for at least 10 dossiers a year of each of 982 online services in each province; another text of
the same year says 1,000 [M]. The floor is therefore part of the question.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from engine.errors import NotFound
from engine.queries.figure_readers import Reader
from engine.rules.period import moments_of
from engine.rules.procedure.definition import ONLINE, Release
from engine.store.indicator_counts import Scope
from engine.store.report_counts import ServiceRow, filed_by_service
from engine.store.sight_of_many import counted_by_many
from engine.text import Text
from engine.transaction import UnitOfWork

FLOOR = 10
LARGEST_FLOOR = 1_000_000
Place = tuple[int, int, int, str, str]
"""Where a line stands in the order: 0 for what is offered, dossiers online, dossiers filed, procedure, province."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A procedure in a province: dossiers filed in the year, those of them over the portal, and whether these reach
    the floor. ``offered``: it takes filings over the portal."""

    procedure: str
    name: Text
    province: str
    province_name: Text
    offered: bool
    filed: int
    online: int
    reached: bool

    @property
    def place(self) -> Place:
        return int(not self.offered), self.online, self.filed, self.procedure, self.province


@dataclass(frozen=True, slots=True, kw_only=True)
class Floors:
    """The lines, the fewest online first, and how many of the offered services reach the floor."""

    year: int
    floor: int
    lines: tuple[Service, ...]

    @property
    def offered(self) -> int:
        return sum(one.offered for one in self.lines)

    @property
    def reached(self) -> int:
        return sum(one.offered and one.reached for one in self.lines)

    def page(self, after: Place | None, limit: int) -> tuple[tuple[Service, ...], Place | None]:
        """The lines that follow a place, and the place of the last one if more follow."""
        left = [one for one in self.lines if after is None or one.place > after]
        return tuple(left[:limit]), left[limit - 1].place if len(left) > limit else None


def service_floors(unit: UnitOfWork, reader: Reader, year: int, floor: int, province: str | None = None) -> Floors:
    """Every public procedure in force at the year's end (today at the latest) in each province of the reader, or in
    one. Raises NotFound for what never was a province."""
    if province is not None and all(one.code != province for one in unit.catalogue.territory.units("province")):
        raise NotFound(what=province)
    first, last = moments_of(dt.date(year, 1, 1), dt.date(year, 12, 31))
    scope = Scope(counted_by_many(unit.actor, unit.today), province=province)
    counted = {
        (row.procedure, row.province): row for row in filed_by_service(unit.reader(), scope.rules(), first, last)
    }
    releases = {
        one.release.procedure: one.release
        for one in unit.catalogue.procedures(min(dt.date(year, 12, 31), unit.today))
        if one.release.public
    }
    provinces = [province] if province else sorted({*reader.provinces, *(place for _, place in counted)})
    lines = [
        _line(unit, release, place, reader, counted.get((code, place)), floor)
        for code, release in releases.items()
        for place in provinces
    ]
    lines.sort(key=lambda one: one.place)
    return Floors(year=year, floor=floor, lines=tuple(lines))


def _line(
    unit: UnitOfWork, release: Release, place: str, reader: Reader, row: ServiceRow | None, floor: int
) -> Service:
    filed, online = (row.filed, row.online) if row else (0, 0)
    offered = not set(ONLINE).isdisjoint(release.channels)
    name = reader.provinces.get(place) or Text(place, place)
    return Service(
        procedure=release.procedure,
        name=release.in_lists,
        province=place,
        province_name=name,
        offered=offered,
        filed=filed,
        online=online,
        reached=online >= floor,
    )
