"""The present communes of former districts, for routing rules that name a district."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from functools import lru_cache

from engine.rules.territory.place_names import slug
from engine.rules.territory.territory import Territory
from engine.rules.territory.units import AmbiguousDistrict, Unit, UnknownDistrict


class FormerDistricts:
    """An index of districts by code, name, and kind with name, each also after its province. Answers are cached."""

    def __init__(self, territory: Territory) -> None:
        self._territory = territory
        self._keys: dict[str, set[str]] = defaultdict(set)  # spelling → keys of districts
        self._later: dict[str, set[str]] = defaultdict(set)  # spelling with a province that succeeded its own → keys
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
        """The codes, in order, of the communes on the day ``on`` that lie wholly or partly in a (former) district.

        ``district`` is a name without accents ("long-khanh"), with its kind ("huyen-cao-lanh") or province
        ("dong-nai/long-khanh") where several districts share the name, a code ("732") or an id. Raises BeforeFirstDate,
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
        """The shortest spelling with a province that means only this district."""
        ways = [way for way, keys in self._keys.items() if keys == {key} and "/" in way]
        return min(ways, key=lambda way: (len(way), way), default=key)

    def _since(self, provinces: list[Unit]) -> list[Unit]:
        """These provinces and those that succeeded them, over any number of changes."""
        found = list(provinces)
        for one in found:
            after = (self._territory.unit(edge.to_id) for edge in self._territory.edges_from(one.id))
            found += [unit for unit in after if unit not in found]
        return found


def _qualified(provinces: list[Unit], names: set[str]) -> set[str]:
    return {f"{slug(province.short_name)}/{name}" for province in provinces for name in names}
