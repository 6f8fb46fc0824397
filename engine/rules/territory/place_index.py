"""The index of place names, which finds every possible name of a unit in the words of a typed address."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from engine.rules.territory.place_names import KindWords, Word, bare_alias, bare_key, kind_words, marked_key, words_of
from engine.rules.territory.units import Level, Unit

LONGEST_NAME = 8  # words; the longest official name has six
SPANS_PER_UNIT = 3  # bounds the cost of a text that repeats one name


@dataclass(frozen=True, slots=True)
class Hit:
    """A possible name: the words ``start`` to ``end`` (exclusive) may mean ``unit``.

    ``doubt`` is 0 where the accents agree, 1 where text or alias has none, 2 where they differ. ``alias`` says that the
    name is an earlier or variant one. ``announced`` says that the words of its kind precede it ("Phường").
    """

    start: int
    end: int
    unit: Unit
    announced: bool
    doubt: int
    alias: bool

    def overlaps(self, other: Hit | Claim) -> bool:
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Claim:
    """Words that announce a unit of one of these levels, known or not: "Phường Xyz"."""

    start: int
    end: int
    levels: frozenset[Level]


class PlaceIndex:
    """The names and aliases of all units by bare key. Built once, then only read."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self._names: dict[str, list[tuple[Unit, str]]] = defaultdict(list)
        self._aliases: dict[str, list[Unit]] = defaultdict(list)
        spelled: dict[str, tuple[str, str]] = {}
        for unit in units:
            name = unit.short_name
            if name not in spelled:
                words = words_of(name)
                spelled[name] = bare_key(words), marked_key(words)
            bare, marked = spelled[name]
            self._names[bare].append((unit, marked))
            for alias in unit.aliases:
                self._aliases[bare_alias(alias)].append(unit)

    def hits(self, words: Sequence[Word], on: dt.date | None) -> list[Hit]:
        """The hits of units that began on or before the day ``on`` (None: all units), at most three for each unit."""
        kept: dict[str, list[Hit]] = defaultdict(list)
        accented = any(word.marked != word.bare for word in words)
        for start in range(len(words)):
            announced = kind_words(words, start)
            starts = [(start, None)] if announced is None else [(start + announced.size, announced), (start, None)]
            for name_start, kind in starts:
                for hit in self._at(words, start, name_start, kind):
                    if on is not None and hit.unit.valid_from > on:
                        continue
                    if not accented and not hit.doubt:  # "thanh an" is as near to Thạnh An as to Thanh An
                        hit = replace(hit, doubt=1)
                    if announced is None or kind is not None or _is_whole_name(words, hit):
                        _keep(kept[hit.unit.id], hit)
        return [hit for hits in kept.values() for hit in hits]

    def _at(self, words: Sequence[Word], start: int, name_start: int, kind: KindWords | None) -> list[Hit]:
        found: list[Hit] = []
        if name_start >= len(words) or (kind and words[name_start].first):
            return found
        for end in range(name_start + 1, min(name_start + LONGEST_NAME, len(words)) + 1):
            if end - 1 > name_start and words[end - 1].first:
                break
            name = words[name_start:end]
            key = bare_key(name)
            if kind is None and key.isdigit():
                continue  # a number alone is a house number, not Phường 1
            found += self._named(key, name, Claim(start, end, kind.levels if kind else frozenset()), kind)
        return found

    def _named(self, key: str, name: Sequence[Word], span: Claim, kind: KindWords | None) -> list[Hit]:
        found = []
        marked = marked_key(name) if key in self._names else ""
        for unit, right in self._names.get(key, ()):
            if kind is None or unit.kind in kind.kinds:
                doubt = 0 if marked == right else 1 if marked == key else 2
                found.append(Hit(span.start, span.end, unit, kind is not None, doubt, alias=False))
        for unit in self._aliases.get(key, ()):
            if kind is None or unit.level in span.levels:
                found.append(Hit(span.start, span.end, unit, kind is not None, 1, alias=True))
        return found


def claims_of(words: Sequence[Word], hits: Iterable[Hit]) -> list[Claim]:
    """The claims of a text: words that clearly name a unit, so that ignoring them would be a guess.

    These are words of a kind at the start of a part (anywhere in a text without commas) or before a known name, and
    whole parts that are the name of a district or province.
    """
    hits = list(hits)
    announced_ends: dict[int, int] = {}
    for hit in hits:
        if hit.announced:
            announced_ends[hit.start] = max(hit.end, announced_ends.get(hit.start, 0))
    one_part = not any(word.first for word in words[1:])
    claims, until = [], 0
    for start in range(len(words)):
        kind = kind_words(words, start) if start >= until else None
        if kind is None:
            continue
        known_end = announced_ends.get(start)
        if known_end is None and (kind.weak or not (words[start].first or one_part) or _is_a_road(words, start)):
            continue
        until = known_end or start + kind.size
        claims.append(Claim(start, known_end or _part_end(words, start), kind.levels))
    return claims + _whole_parts(words, hits)


def _is_a_road(words: Sequence[Word], start: int) -> bool:
    """Whether words of a kind begin the name of a road, as in "Tỉnh lộ 8" and "Huyện lộ 5"."""
    return start + 1 < len(words) and words[start + 1].bare == "lo"


def _whole_parts(words: Sequence[Word], hits: Iterable[Hit]) -> list[Claim]:
    levels: dict[tuple[int, int], set[Level]] = defaultdict(set)
    for hit in hits:
        whole = words[hit.start].first and (hit.end == len(words) or words[hit.end].first)
        if whole and not hit.announced and hit.unit.level != "commune":
            levels[hit.start, hit.end].add(hit.unit.level)
    return [Claim(start, end, frozenset(found)) for (start, end), found in levels.items()]


def _is_whole_name(words: Sequence[Word], hit: Hit) -> bool:
    """Whether a name that begins like words of a kind is a whole name.

    "phuong lien" may be Phương Liên; "phuong sai gon" does not contain Phương Sài.
    """
    return hit.doubt == 0 or (hit.doubt == 1 and hit.end == _part_end(words, hit.start))


def _part_end(words: Sequence[Word], start: int) -> int:
    return next((i for i in range(start + 1, len(words)) if words[i].first), len(words))


def _keep(hits: list[Hit], hit: Hit) -> None:
    """Adds a hit on a unit and keeps its best ones, by this order: announced, no alias, less doubt, longer, later."""
    if any(other.start == hit.start and other.end == hit.end and other.alias <= hit.alias for other in hits):
        return
    hits.append(hit)
    if len(hits) > SPANS_PER_UNIT:
        hits.remove(min(hits, key=lambda h: (h.announced, not h.alias, -h.doubt, h.end - h.start, h.start)))
