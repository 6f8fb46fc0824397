"""Places after a reform: what a commune and the unit of an office became, and which offices serve it.

Every answer is cached. A commune that was divided has several parts. The hamlet or the plot of a dossier decides its
part where the reform lists them. Otherwise the answer has all parts, and a person decides.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from engine.errors import Refusal
from engine.rules.offices.competence import Competence, competent
from engine.rules.offices.offices import Office
from engine.rules.offices.routing import Map
from engine.rules.plain_text import plain_text
from engine.rules.reform.policy import Reform
from engine.rules.territory.units import Level, Unit


@dataclass(frozen=True, slots=True)
class Part:
    """A unit of the new order that contains the old one, or ``share`` of it (None: not published)."""

    unit: Unit
    unit_id: str
    share: Fraction | None
    is_default: bool


@dataclass(frozen=True, slots=True)
class Where:
    """The commune of a dossier, and those of its parts after the reform to which the dossier can belong.

    ``key`` are the ids of the commune and of the parts, a cache key.
    """

    unit: Unit | None
    parts: tuple[Part, ...]
    key: tuple[str, ...]

    @property
    def code(self) -> str | None:
        """The commune's code from the day of the reform; None where it is undecided."""
        return self.parts[0].unit.code if len(self.parts) == 1 and self.parts[0].unit.level == "commune" else None


_NOWHERE = Where(None, (), ())


def narrowed(parts: tuple[Part, ...], chosen: tuple[str, ...]) -> tuple[Part, ...]:
    """The part named by the first of the ``chosen`` codes that names one; all parts when none does."""
    by_code = {part.unit.code: part for part in parts}
    return next(((by_code[code],) for code in chosen if code in by_code), parts)


class Places:
    """The places of one reform over one map, with a cache of every answer."""

    def __init__(self, reform: Reform, known: Map) -> None:
        self._reform, self._map = reform, known
        self._wheres: dict[tuple[str, int], Where] = {}
        self._days = sorted({unit.valid_from for unit in known.territory.units()})
        self._parts: dict[str, tuple[Part, ...]] = {}
        self._laws: dict[tuple[str, str, dt.date], Competence | Refusal] = {}
        self._serving: dict[tuple[str, str, str, dt.date], tuple[Office, ...]] = {}
        self._hamlets = {one.asked: one.to for one in reform.divisions}
        self._about: dict[str, list[Competence]] = {}
        for one in known.competences:
            self._about.setdefault(one.subject, []).append(one)

    def where(
        self,
        place: str | None,
        on: dt.date,
        hamlet: str | None = None,
        parcel: str | None = None,
        chosen: tuple[str, ...] = (),
    ) -> Where:
        """The place after the reform of the commune that had the code ``place`` on a day.

        For a divided commune it is the part that a person chose (``chosen``, codes of communes), otherwise the part
        with the hamlet or the plot, otherwise all parts.
        """
        if place is None:
            return _NOWHERE
        plain = hamlet is None and parcel is None and not chosen
        era = bisect_right(self._days, on)  # the meaning of a code changes only on days on which units begin
        found = self._wheres.get((place, era))
        if found is None:
            unit = self._map.territory.find(place, "commune", max(on, self._map.territory.first))
            found = self._where(unit, self.parts(unit)) if unit is not None else _NOWHERE
            self._wheres[place, era] = found
        if plain or found.unit is None or len(found.parts) < 2:
            return found
        return self._where(found.unit, self._settled(found.unit, found.parts, hamlet, parcel, chosen))

    def parts(self, unit: Unit) -> tuple[Part, ...]:
        """The units that a unit became on the day of the reform, default first. Raises UnknownUnit."""
        found = self._parts.get(unit.id)
        if found is None:
            successors = self._map.territory.successors(unit.id, self._reform.date)
            found = tuple(Part(one.unit, one.unit.id, one.share, one.is_default) for one in successors)
            self._parts[unit.id] = found
        return found

    def law(self, subject: str, kind: str, on: dt.date) -> Competence | Refusal:
        """The competence on a day, or the refusal that says why there is not exactly one."""
        key = (subject, kind, on)
        if key not in self._laws:
            try:
                self._laws[key] = competent(self._about.get(subject, ()), subject, kind, on)
            except Refusal as refusal:
                self._laws[key] = refusal
        return self._laws[key]

    def competent_before(self, law: Competence, commune: Unit) -> tuple[Office, ...]:
        """The offices that had this competence over the commune on the last day of the old order."""
        day = self._reform.last_day
        stood = (one.unit for one in self._map.territory.successors(commune.id, day))
        return tuple(office for unit in stood for office in self._found(law.level, law.body, unit, unit.id, day))

    def competent_after(self, law: Competence, part: Part) -> tuple[Office, ...]:
        """The offices that have this competence over a commune of the new order."""
        return self._found(law.level, law.body, part.unit, part.unit_id, self._reform.date)

    def offices_on(self, body: str, part: Part, level: str | None = None) -> tuple[Office, ...]:
        """The offices of a body that serve a unit of the new order on ``level`` (None: the level of the unit)."""
        return self._found(level or part.unit.level, body, part.unit, part.unit_id, self._reform.date)

    def same_body_on(self, body: str, part: Part) -> tuple[Office, ...]:
        """The offices of a body that serve a unit of the new order, on the lowest level that has one."""
        levels: tuple[Level, ...] = ("commune", "province")
        return next((found for level in levels if (found := self.offices_on(body, part, level))), ())

    def stand_on(self, office: Office) -> Unit:
        """The unit of an office; where units of the same code follow each other in its area, the last one."""
        territory = self._map.territory
        own = territory.unit(office.unit_id)
        later: Sequence[Unit] = [
            unit
            for unit in map(territory.unit, office.area)
            if unit.key == own.key and unit.valid_from > own.valid_from
        ]
        return max(later, key=lambda unit: unit.valid_from, default=own)

    def _where(self, unit: Unit, parts: tuple[Part, ...]) -> Where:
        return Where(unit, parts, (unit.id, *(part.unit_id for part in parts)))

    def _settled(
        self, unit: Unit, parts: tuple[Part, ...], hamlet: str | None, parcel: str | None, chosen: tuple[str, ...]
    ) -> tuple[Part, ...]:
        listed = self._hamlets
        for by, name in (("hamlet", hamlet), ("parcel", parcel)):
            if not chosen and name and listed:
                told = listed.get((unit.code, by, plain_text(name)))
                chosen = (told,) if told else chosen
        return narrowed(parts, chosen)

    def _found(self, level: str, body: str, unit: Unit, unit_id: str, on: dt.date) -> tuple[Office, ...]:
        key = (level, body, unit_id, on)
        found = self._serving.get(key)
        if found is None:
            index, territory = self._map.offices, self._map.territory
            chain = (unit, *territory.parent_chain(unit, on))
            target = next((one for one in chain if one.level == level), None)
            if target is None:
                found = ()
            else:
                ever = index.ever_serving(target.level, body, target.id, unit_id)
                found = tuple(one for one in ever if one.valid(on))
            self._serving[key] = found
        return found
