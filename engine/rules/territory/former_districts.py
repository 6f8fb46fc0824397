"""Which communes of today lie in a district that is no more: what routing rules written by district name need."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from functools import lru_cache

from engine.rules.territory.place_names import slug
from engine.rules.territory.territory import Territory
from engine.rules.territory.units import AmbiguousDistrict, Unit, UnknownDistrict


class FormerDistricts:
    """Districts by code, name, kind and name, each also with the province before it; answers are remembered."""

    def __init__(self, territory: Territory) -> None:
        self._territory = territory
        self._keys: dict[str, set[str]] = defaultdict(set)  # any way of writing it → keys of districts
        self._later: dict[str, set[str]] = defaultdict(set)  # with a province that took over its own one
        self._units: dict[str, list[Unit]] = defaultdict(list)  # key → its units, oldest first
        for unit in territory.units("district"):
            self._units[unit.key].append(unit)
            names = {slug(unit.short_name), slug(unit.name_vi)}
            above = [one for one in territory.parents_ever(unit) if one.level == "province"]
            for way in (unit.id, unit.key, unit.code, *names, *_qualified(above, names)):
                self._keys[way].add(unit.key)
            for way in _qualified(self._since(above), names):
                self._later[way].add(unit.key)
        self._kept = lru_cache(maxsize=4096)(self._communes)

    def communes(self, district: str, on: dt.date) -> tuple[str, ...]:
        """Codes, in order, of the communes of ``on`` that lie wholly or partly in a district of earlier days.

        ``district`` is a name without accents ("long-khanh"), with its kind ("huyen-cao-lanh") or province
        ("dong-nai/long-khanh") where the name alone is shared, a code ("732") or an id. Raises BeforeFirstDate,
        UnknownDistrict, AmbiguousDistrict.
        """
        self._territory.must_be_known(on)
        return self._kept(district, on)

    def _communes(self, district: str, on: dt.date) -> tuple[str, ...]:
        codes: set[str] = set()
        for unit in self._units[self._key(district)]:
            below = (child for child in self._territory.units("commune") if child.parent == unit.key)
            for origin in (unit, *below):
                codes |= {s.unit.code for s in self._territory.successors(origin.id, on) if s.unit.level == "commune"}
        return tuple(sorted(codes))

    def _key(self, district: str) -> str:
        plain = "/".join(slug(part) for part in district.split("/"))
        keys = self._keys.get(district) or self._keys.get(plain) or self._later.get(plain)
        if not keys:
            raise UnknownDistrict(district=district)
        if len(keys) > 1:
            raise AmbiguousDistrict(district=district, choices=sorted(self._plainest(key) for key in keys))
        return next(iter(keys))

    def _plainest(self, key: str) -> str:
        """The shortest way of writing this district, with its province, that means no other one."""
        ways = [way for way, keys in self._keys.items() if keys == {key} and "/" in way]
        return min(ways, key=lambda way: (len(way), way), default=key)

    def _since(self, provinces: list[Unit]) -> list[Unit]:
        """The provinces that took over these, over any number of changes."""
        found = list(provinces)
        for one in found:
            after = (self._territory.unit(edge.to_id) for edge in self._territory.edges_from(one.id))
            found += [unit for unit in after if unit not in found]
        return found


def _qualified(provinces: list[Unit], names: set[str]) -> set[str]:
    return {f"{slug(province.short_name)}/{name}" for province in provinces for name in names}
