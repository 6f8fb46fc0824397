"""The reader of typed addresses: finds the unit that an address, name, code or id means on a day, or candidates.

The words are searched for names of units (``place_index``). A reading is a commune, district or province with the
units above it that the text also names. A text may mix old and new names, as people do. The best reading leaves the
fewest claims ("Quận 3", "Phường Xyz") unexplained and explains the most words. Equal readings are all kept. Former
units are followed to the day by their successions.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from engine.rules.territory import resolution
from engine.rules.territory.place_index import Claim, Hit, PlaceIndex, claims_of
from engine.rules.territory.place_names import Word, words_of
from engine.rules.territory.resolution import Candidate, Resolution
from engine.rules.territory.territory import Territory
from engine.rules.territory.units import LEVELS, AddressTooLong, Unit

LONGEST_ADDRESS = 300  # characters
_CODE = re.compile(r"(?:([pdc]):)?([0-9A-Za-z]{1,12})(?:@(\d{4}-\d{2}-\d{2}))?")
_DEPTH = {"commune": 0, "district": 1, "province": 2}


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to understand the text: the smallest unit named, and the units above it that the text names too.

    ``borrowed`` counts the units above that were never above the target itself, only above what it became or came from.
    Readings with fewer are preferred: "Phường Bến Thành, Quận 1" means the ward that was in Quận 1, rather than the
    later one of the same name.
    """

    target: Hit
    above: tuple[Hit, ...]
    unexplained: tuple[Claim, ...]
    borrowed: int

    @property
    def hits(self) -> tuple[Hit, ...]:
        return (self.target, *self.above)

    @property
    def score(self) -> tuple[int, ...]:
        hits = self.hits
        words = sum(hit.end - hit.start for hit in hits)
        doubt = sum(hit.doubt for hit in hits)
        announced = sum(hit.announced for hit in hits)
        aliases = sum(hit.alias for hit in hits)
        return (-len(self.unexplained), words, -doubt, -aliases, len(hits), announced)


class AddressReader:
    """The address reader of one territory. Its index is built once and never changes."""

    def __init__(self, territory: Territory) -> None:
        self._territory = territory
        self._index = PlaceIndex(territory.units())
        self._related = lru_cache(maxsize=20_000)(self._related_now)
        self._full_name = lru_cache(maxsize=20_000)(self._full_name_now)

    def resolve(self, text: str, on: dt.date) -> Resolution:
        """The meaning of a typed address, name, code or id on a day. Raises BeforeFirstDate, AddressTooLong.

        >>> from engine.rules.territory.units import Succession
        >>> before, after = dt.date(2024, 1, 1), dt.date(2025, 7, 1)
        >>> old = Unit("26737", "commune", "phuong", "Phường Đa Kao", "p:79", before, after)
        >>> new = Unit("26740", "commune", "phuong", "Phường Sài Gòn", "p:79", after)
        >>> city = Unit("79", "province", "thanh_pho_tw", "Thành phố Hồ Chí Minh", None, before)
        >>> merged = Succession(old.id, new.id, "merged", after, default=True)
        >>> reader = AddressReader(Territory([city, old, new], [merged]))
        >>> reader.resolve("Phường Đa Kao, Thành phố Hồ Chí Minh", after).unit.name_vi
        'Phường Sài Gòn'
        """
        self._territory.must_be_known(on)
        if len(text) > LONGEST_ADDRESS:
            raise AddressTooLong(length=len(text), most=LONGEST_ADDRESS)
        words = words_of(text)
        text = "".join(c if c.isprintable() else " " for c in text).strip()  # the answer repeats the text
        coded = self._by_code(text, on)
        if coded is not None:
            return coded
        hits = self._index.hits(words, on)
        readings = self._best_readings(hits, claims_of(words, hits))
        if not readings:
            return self._unrecognised(text, words, on)
        return self._answer(text, words, on, readings)

    def _by_code(self, text: str, on: dt.date) -> Resolution | None:
        """The answer for a code, key or id; None when the text is not one, or when no unit ever had that code."""
        match = _CODE.fullmatch(text)
        if match is None:
            return None
        initial, code, day = match.groups()
        levels = [LEVELS[initial]] if initial else list(LEVELS.values())
        versions = [u for level in levels for u in self._territory.versions(code, level)]
        if day is not None:
            versions = [unit for unit in versions if unit.valid_from.isoformat() == day]
        if not versions:
            return None
        valid = [unit for unit in versions if unit.valid(on)]
        # A code that no unit has on the day means the last unit that had it.
        origins = valid or [unit for unit in versions if unit.valid_from <= on][-1:]
        if not origins:
            vi, en = resolution.not_yet(versions[0])
            return Resolution(text, on, "none", (), vi, en, (versions[0],))
        return self._of_origins(text, on, origins, certain=True)

    def _best_readings(self, hits: Sequence[Hit], claims: Sequence[Claim]) -> list[Reading]:
        by_unit: dict[str, list[Hit]] = defaultdict(list)
        for hit in hits:
            by_unit[hit.unit.id].append(hit)
        best: list[Reading] = []
        top: tuple[int, ...] = ()
        for hit in hits:
            # Both orders, so that the city of Cao Bằng does not consume the words of "Tỉnh Cao Bằng".
            orders = ((1, 2), (2, 1)) if hit.unit.level == "commune" else ((2,),)
            for reading in (self._reading(hit, order, by_unit, claims) for order in orders):
                score = reading.score
                if not best or score > top:
                    best, top = [reading], score
                elif score == top:
                    best.append(reading)
        return best

    def _reading(
        self, target: Hit, depths: Sequence[int], by_unit: dict[str, list[Hit]], claims: Sequence[Claim]
    ) -> Reading:
        above: list[Hit] = []
        own = {one.id for one in self._territory.parents_ever(target.unit)}
        for depth in depths if target.unit.level != "province" else ():
            related = (hit for one in self._related(target.unit, depth) for hit in by_unit.get(one, ()))
            free = [hit for hit in related if not any(hit.overlaps(other) for other in (target, *above))]
            if free:
                above.append(max(free, key=lambda h: (h.end - h.start, -h.doubt, not h.alias, h.unit.id in own)))
        taken = (target, *above)
        # The hit must begin at the claim: "Đa Kao", which is a phường, does not explain "Xã Đa Kao".
        unexplained = tuple(c for c in claims if not any(hit.start <= c.start < hit.end for hit in taken))
        return Reading(target, tuple(above), unexplained, sum(hit.unit.id not in own for hit in above))

    def _answer(self, text: str, words: Sequence[Word], on: dt.date, readings: Sequence[Reading]) -> Resolution:
        first = min(readings, key=lambda reading: reading.borrowed)
        understood = tuple(dict.fromkeys(hit.unit for hit in first.hits))
        finer = [c for c in first.unexplained if all(_DEPTH[x] < _DEPTH[first.target.unit.level] for x in c.levels)]
        if finer:
            within = self._full_name(first.target.unit, on)
            vi, en = resolution.unknown_part(_phrase(words, finer[0].start, finer[0].end), within)
            return Resolution(text, on, "none", (), vi, en, understood, leftover=_leftover(words, first))
        origins = _units_of(reading for reading in readings if reading.borrowed == first.borrowed)
        rivals = _units_of(reading for reading in readings if reading.borrowed > first.borrowed)
        # An earlier name or other accents suffice only where a unit above confirms them; an earlier name of a province
        # suffices by itself.
        unsure = first.target.doubt == 2 or (first.target.alias and first.target.unit.level != "province")
        certain = not first.unexplained and (not unsure or bool(first.above))
        answer = self._of_origins(text, on, origins, certain, rivals)
        if not certain and len(answer.candidates) == 1:
            name = answer.candidates[0].full_name
            claim = first.unexplained[0] if first.unexplained else None
            reason = resolution.doubtful(_phrase(words, claim.start, claim.end), name) if claim else None
            vi, en = reason or resolution.spelled_otherwise(name)
            answer = replace(answer, reason_vi=vi, reason_en=en)
        understood = understood if len(origins) == 1 else ()
        return replace(answer, understood=understood, leftover=_leftover(words, first))

    def _of_origins(
        self, text: str, on: dt.date, origins: Sequence[Unit], certain: bool, rivals: Sequence[Unit] = ()
    ) -> Resolution:
        """The answer for the named units, followed to the day; units valid on the day precede former ones."""
        now = [unit for unit in origins if unit.valid(on)]
        candidates = self._carried(now or origins, on)
        sure = [one for one in candidates if one.standing != "doubtful"]
        known = {one.unit.id for one in candidates}
        also = tuple(one for one in self._carried([*origins, *rivals], on) if one.unit.id not in known)
        if not candidates:
            vi, en = resolution.nothing(text)
            return Resolution(text, on, "none", (), vi, en, tuple(origins))
        if len(candidates) == 1 or len(sure) == 1:
            vi, en = resolution.named((sure or candidates)[0])
        elif len({one.origin.id for one in candidates}) == 1:
            vi, en = resolution.divided(candidates)
        else:
            vi, en = resolution.several(candidates)
            candidates = tuple(replace(one, is_default=False) for one in candidates)
        for more in (resolution.in_doubt(candidates), resolution.namesakes(also) if also else ("", "")):
            vi, en = vi + more[0], en + more[1]
        if not certain:
            candidates = tuple(replace(one, is_default=False) for one in candidates)
        outcome = "one" if certain and len(candidates) == len(sure) == 1 else "candidates"
        return Resolution(text, on, outcome, candidates, vi, en, tuple(origins), also)  # type: ignore[arg-type]

    def _carried(self, origins: Iterable[Unit], on: dt.date) -> tuple[Candidate, ...]:
        found: dict[str, Candidate] = {}
        for origin in origins:
            for there in self._territory.successors(origin.id, on):
                names = self._full_name(there.unit, on), self._full_name(origin, None)
                unread = self._unread(there.unit, on)
                made = Candidate(there.unit, origin, there.share, there.is_default, there.path, *names, unread)
                found.setdefault(there.unit.id, made)
        return tuple(found.values())

    def _unread(self, unit: Unit, on: dt.date) -> tuple[str, ...]:
        """The orders not read in the gazette by which the unit and those above it are called as they are on the day."""
        edges = (e for one in (unit, *self._territory.parent_chain(unit, on)) for e in self._territory.edges_to(one.id))
        return tuple(dict.fromkeys(edge.legal for edge in edges if edge.standing == "unread"))

    def _unrecognised(self, text: str, words: Sequence[Word], on: dt.date) -> Resolution:
        later = [hit for hit in self._index.hits(words, None) if hit.unit.valid_from > on]
        longest = max(later, key=lambda hit: (hit.end - hit.start, hit.announced), default=None)
        vi, en = resolution.not_yet(longest.unit) if longest else resolution.nothing(text)
        understood = (longest.unit,) if longest else ()
        return Resolution(text, on, "none", (), vi, en, understood, leftover=" ".join(word.text for word in words))

    def _related_now(self, unit: Unit, depth: int) -> tuple[str, ...]:
        """Ids of the districts (depth 1) or provinces (2) that contained the unit, its successors or predecessors."""
        lineage = [*self._lineage(unit, forward=True), *self._lineage(unit, forward=False)]
        above = (one for kin in lineage for one in (kin, *self._territory.parents_ever(kin)))
        return tuple(dict.fromkeys(one.id for one in above if _DEPTH[one.level] == depth and one.id != unit.id))

    def _lineage(self, unit: Unit, forward: bool) -> list[Unit]:
        found = [unit]
        for one in found:
            if forward:
                kin = [edge.to_id for edge in self._territory.edges_from(one.id)]
            else:
                kin = [edge.from_id for edge in self._territory.edges_to(one.id) if edge.kind != "abolished"]
            known = {other.id for other in found}
            found += [self._territory.unit(i) for i in dict.fromkeys(kin) if i not in known]
        return found

    def _full_name_now(self, unit: Unit, on: dt.date | None) -> str:
        chain = self._territory.parent_chain(unit, on if on is not None and unit.valid(on) else None)
        return ", ".join(one.name_vi for one in (unit, *chain))


def _units_of(readings: Iterable[Reading]) -> list[Unit]:
    """The target units of the readings, newest first."""
    return sorted({r.target.unit for r in readings}, key=lambda u: (-u.valid_from.toordinal(), u.level, u.code))


def _phrase(words: Sequence[Word], start: int, end: int) -> str:
    return " ".join(word.text for word in words[start:end])


def _leftover(words: Sequence[Word], reading: Reading) -> str:
    taken = {place for hit in reading.hits for place in range(hit.start, hit.end)}
    return " ".join(word.text for place, word in enumerate(words) if place not in taken)
