"""Corrects the successions of 1 July 2025 that the source package matched by a commune's name alone.

Communes of one name often lie in one province of today. A resolution tells them apart by the district in brackets, and
the source lost it, so that each of them got the successors of all. ``by_district`` gives every such successor back to
one of them. ``corrections.csv`` holds what no rule can find, each line with its reason.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from engine.rules.territory.place_names import marked_key, words_of
from engine.rules.territory.units import Standing, Unit

CORRECTIONS = Path(__file__).parent / "corrections.csv"
_COLUMNS = ("from", "to", "what", "why")
How = Literal["by district", "by province"]


@dataclass(frozen=True, slots=True)
class Pair:
    """An old unit and one of its successors, by id; ``default`` is the source's choice among several."""

    from_id: str
    to_id: str
    default: bool
    standing: Standing = ""


@dataclass(frozen=True, slots=True)
class Namesake:
    """One of several old communes of a name in one province of today, its successors, and what told them apart."""

    province: str
    name: str
    unit_id: str
    district: str
    to_ids: tuple[str, ...]
    how: str


def by_district(pairs: Sequence[Pair], units: Mapping[str, Unit]) -> tuple[list[Pair], dict[str, set[How]]]:
    """The pairs, each successor that namesakes share with one of them only, and what decided, by namesake.

    The successor belongs to the namesake with the most neighbours: other communes of its district, and then of its
    province, that passed to the same successor. Raises ValueError where neither decides, or where a commune would be
    left without any successor; a person must then write a correction.
    """
    sources: dict[str, list[str]] = defaultdict(list)
    for pair in pairs:
        sources[pair.to_id].append(pair.from_id)
    dropped, decided = set[tuple[str, str]](), defaultdict[str, set[How]](set)
    for to_id, from_ids in sources.items():
        named: dict[str, list[str]] = defaultdict(list)
        for from_id in from_ids:
            named[_name(units[from_id])].append(from_id)
        for rivals in (ones for ones in named.values() if len(ones) > 1):
            best, how = _nearest(rivals, [one for one in from_ids if one not in rivals], units)
            dropped |= {(one, to_id) for one in rivals if one != best}
            for one in rivals:
                decided[one].add(how)
    left = _with_one_default([pair for pair in pairs if (pair.from_id, pair.to_id) not in dropped])
    lost = {pair.from_id for pair in pairs} - {pair.from_id for pair in left}
    if lost:
        raise ValueError(f"left without a successor: {sorted(lost)}")
    return left, decided


def corrected(pairs: Sequence[Pair], first: dt.date, reform: dt.date, path: Path = CORRECTIONS) -> list[Pair]:
    """The pairs with the listed corrections. Raises ValueError for a line that changes nothing or is malformed."""
    found = {(pair.from_id, pair.to_id): pair for pair in pairs}
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, strict=True))
    for row in rows:
        if tuple(row) != _COLUMNS or not row["why"]:
            raise ValueError(f"{path.name}: the columns are {', '.join(_COLUMNS)}, and each line has its reason")
        key, what = (f"c:{row['from']}@{first}", f"c:{row['to']}@{reform}"), row["what"]
        if what == "removed" and key in found:
            del found[key]
        elif what == "added" and key not in found:
            found[key] = Pair(*key, default=False)
        elif what == "kept" and key in found:
            continue  # the line says why it stands although a table lacks it
        elif what == "doubtful":
            found[key] = replace(found.get(key, Pair(*key, default=False)), standing="doubtful")
        else:
            raise ValueError(f"{path.name}: {row['from']} → {row['to']} cannot be {what}")
    return _with_one_default(found.values())


def namesakes(pairs: Iterable[Pair], units: Mapping[str, Unit], decided: Mapping[str, set[How]]) -> list[Namesake]:
    """Every old commune whose name another one had in the same province of today, by province, name and code."""
    to_ids: dict[str, list[str]] = defaultdict(list)
    for pair in pairs:
        to_ids[pair.from_id].append(pair.to_id)
    together: dict[tuple[str, str], set[str]] = defaultdict(set)
    for from_id, ends in to_ids.items():
        if units[from_id].level == "commune":
            for to_id in ends:
                together[units[to_id].parent or to_id, _name(units[from_id])].add(from_id)
    found = []
    for (province, _), ones in together.items():
        for one in sorted(ones) if len(ones) > 1 else ():
            went = tuple(sorted(to_ids[one]))
            how = "; ".join(sorted(decided.get(one, {"by name"})))
            found.append(Namesake(province, units[one].name_vi, one, units[one].parent or "", went, how))
    return sorted(found, key=lambda one: (one.province, one.name, one.unit_id))


def _nearest(rivals: Sequence[str], others: Sequence[str], units: Mapping[str, Unit]) -> tuple[str, How]:
    """The namesake with the most neighbours among ``others``, and whether district or province decided."""
    above = {one: _above(one, units) for one in (*rivals, *others)}
    ways: tuple[How, How] = ("by district", "by province")
    for depth, how in enumerate(ways):
        near = Counter(above[one][depth] for one in others)
        counts = sorted(((near[above[one][depth]], one) for one in rivals), reverse=True)
        if counts[0][0] > counts[1][0]:
            return counts[0][1], how
    raise ValueError(f"neither district nor province tells {sorted(rivals)} apart")


def _above(unit_id: str, units: Mapping[str, Unit]) -> tuple[str, str]:
    """The district and the province of an old unit."""
    unit = units[unit_id]
    district = units.get(f"{unit.parent}@{unit.valid_from}")
    return unit.parent or "", (district.parent if district and district.level == "district" else unit.parent) or ""


def _name(unit: Unit) -> str:
    return marked_key(words_of(unit.name_vi))


def _with_one_default(pairs: Iterable[Pair]) -> list[Pair]:
    """The pairs with exactly one default for each old unit: the source's, else the first one that is not doubtful."""
    ends: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        ends[pair.from_id].append(pair)
    found = []
    for ones in ends.values():
        best = min(ones, key=lambda pair: (not pair.default, pair.standing == "doubtful", pair.to_id))
        found += [replace(pair, default=pair is best) for pair in ones]
    return found
