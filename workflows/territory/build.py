"""Builds units.csv, successions.csv and namesakes.csv from the source package.

    python -m workflows.territory.build vietnamadminunits-1.0.4-py3-none-any.whl

The argument is the wheel or the folder it was unpacked to. The package is read, never imported: importing it starts a
geocoder that sends addresses away. The same source gives the same bytes. Legal references, which the source lacks, are
constants of this module; ``corrections`` mends the successions and ``later_orders`` adds the changes since 1 July 2025.
README.md beside this file says what to trust.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import re
import sqlite3
import sys
import tempfile
import zipfile
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

from engine.rules.territory.territory import Territory
from engine.rules.territory.units import KINDS, Change, Succession, Unit
from workflows.territory import SUCCESSION_COLUMNS, UNIT_COLUMNS, succession_row, unit_row
from workflows.territory.corrections import Namesake, Pair, by_district, corrected, namesakes
from workflows.territory.later_orders import with_orders

FIRST = dt.date(2024, 1, 1)
REFORM = dt.date(2025, 7, 1)
DONG_NAI, QUANG_NINH, BAC_NINH = dt.date(2026, 4, 30), dt.date(2026, 9, 1), dt.date(2026, 9, 20)

CODES_2004 = "124/2004/QĐ-TTg"  # the code list of the old units
CODES_2025 = "19/2025/QĐ-TTg"  # the code list of the new ones
PROVINCES_2025 = "202/2025/QH15"
LEVEL_ENDED = "203/2025/QH15; 72/2025/QH15"  # Constitution amended, Law on local government: no district level

# The resolution of the Standing Committee, of 16 June 2025, that rearranged the communes of each new province.
COMMUNES_2025 = {
    "01": "1656", "04": "1657", "08": "1684", "11": "1661", "12": "1670", "14": "1681", "15": "1673", "19": "1683",
    "20": "1672", "22": "1679", "24": "1658", "25": "1676", "31": "1669", "33": "1666", "37": "1674", "38": "1686",
    "40": "1678", "42": "1665", "44": "1680", "46": "1675", "48": "1659", "51": "1677", "52": "1664", "56": "1667",
    "66": "1660", "68": "1671", "75": "1662", "79": "1685", "80": "1682", "82": "1663", "86": "1687", "91": "1654",
    "92": "1668", "96": "1655",
}  # fmt: skip

# Names that people write and the source lacks.
MORE_ALIASES = {"p:79": ("saigon", "sg"), "p:46": ("thuathienhue", "tth"), "p:77": ("brvt",)}
# Halves of "Bà Rịa - Vũng Tàu": each is the name of a city inside the province.
LESS_ALIASES = {"baria", "vungtau"}

COUNTS = {
    FIRST: {"province": 63, "district": 696, "commune": 10_035},
    REFORM: {"province": 34, "district": 0, "commune": 3_321},
    DONG_NAI: {"province": 34, "district": 0, "commune": 3_321},
    QUANG_NINH: {"province": 34, "district": 0, "commune": 3_321},
    BAC_NINH: {"province": 34, "district": 0, "commune": 3_321},
}
COMMUNE_KINDS = {
    REFORM: {"phuong": 687, "xa": 2_621, "dac_khu": 13},
    DONG_NAI: {"phuong": 697, "xa": 2_611, "dac_khu": 13},
    BAC_NINH: {"phuong": 709, "xa": 2_599, "dac_khu": 13},
}
SUCCESSORS = {1: 9_599, 2: 369, 3: 54, 4: 17, 5: 1}
NAMESAKES = ("province", "name", "old", "district", "new", "decided")

Row = dict[str, Any]
_ALIAS_KIND = re.compile(
    r"^(?:thanhpho|thixa|thitran|dackhu|phuong|district|huyen|quan|tinh|ward|tp|tx|tt|xa|[pqf](?=\d))(?=.)"
)


def build(source: Path) -> tuple[list[Unit], list[Succession], list[Namesake]]:
    """Units, successions and namesakes in the order of the files, checked against the published totals.

    Raises ValueError when the totals or the territory do not fit.
    """
    with tempfile.TemporaryDirectory() as scratch:
        old_rows, new_rows, converter = _read(source, Path(scratch))
    old, new = _old_units(old_rows), _new_units(new_rows)
    edges, same_names = _commune_edges(old_rows, new_rows, converter, old | new)
    edges += _province_edges(converter, old_rows, new_rows)
    edges += _district_edges(old_rows, edges)
    units, edges = with_orders((old | new).values(), edges)
    units.sort(key=lambda unit: (unit.valid_from, -len(unit.level), unit.level, unit.code))
    edges.sort(key=lambda edge: (edge.date, edge.from_id, edge.to_id))
    _check(Territory(units, edges), units, edges)
    return units, edges, same_names


def write(folder: Path, units: list[Unit], edges: list[Succession], same_names: list[Namesake]) -> None:
    """Writes the three files to ``folder``: UTF-8, line ends LF."""
    for name, columns, rows in (
        ("units.csv", UNIT_COLUMNS, [unit_row(unit) for unit in units]),
        ("successions.csv", SUCCESSION_COLUMNS, [succession_row(edge) for edge in edges]),
        ("namesakes.csv", NAMESAKES, [_namesake_row(one) for one in same_names]),
    ):
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(columns)
            writer.writerows(rows)


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        sys.stderr.write(f"usage: python -m workflows.territory.build WHEEL-OR-FOLDER\n\n{__doc__}")
        return 2
    units, edges, same_names = build(Path(arguments[0]))
    write(Path(__file__).parent, units, edges, same_names)
    sys.stdout.write(f"{len(units)} units, {len(edges)} successions, {len(same_names)} communes with a namesake\n")
    return 0


def _namesake_row(one: Namesake) -> tuple[str, ...]:
    codes = " ".join(_code(end) for end in one.to_ids)
    return (one.province[2:], one.name, _code(one.unit_id), one.district[2:], codes, one.how)


def _code(unit_id: str) -> str:
    return unit_id[2:].partition("@")[0]


def _read(source: Path, scratch: Path) -> tuple[list[Row], list[Row], dict[str, Any]]:
    if source.is_file():
        with zipfile.ZipFile(source) as wheel:
            wheel.extractall(scratch)
        source = scratch
    data = source / "vietnamadminunits" / "data"
    converter = json.loads((data / "converter_2025.json").read_text("utf-8"))
    connection = sqlite3.connect(f"file:{data / 'dataset.db'}?mode=ro", uri=True)
    try:
        connection.row_factory = sqlite3.Row
        old = [dict(row) for row in connection.execute("select * from admin_units_legacy order by rowid")]
        new = [dict(row) for row in connection.execute("select * from admin_units order by rowid")]
    finally:
        connection.close()
    return old, new, converter


def _unit(
    code: str, level: str, name: str, parent: str | None, start: dt.date, legal: str, aliases: str | None
) -> Unit:
    name = " ".join(name.split())
    of_level = [(kind, words) for kind, (own, words) in KINDS.items() if own == level]
    kind, words = next((k, w) for k, w in of_level if name.casefold().startswith(w.casefold() + " "))
    ended = REFORM if start == FIRST else None
    name = words + name[len(words) :]  # the source sometimes writes "Thị Trấn"
    return Unit(code, level, kind, name, parent, start, ended, legal, _aliases(aliases))  # type: ignore[arg-type]


def _aliases(text: str | None) -> tuple[str, ...]:
    """The aliases of the source without the word of their kind, unless the name itself begins with such letters."""
    names = list(json.loads(text)) if text else []
    bare = [name for name in names if any(other != name and _stripped(other) == name for other in names)]
    found = {re.sub(r"^0+(?=\d)", "", name if name in bare else _stripped(name)) for name in names}
    return tuple(sorted(found))


def _stripped(name: str) -> str:
    return _ALIAS_KIND.sub("", name)


def _old_units(rows: list[Row]) -> dict[str, Unit]:
    units: dict[str, Unit] = {}
    for row in rows:
        province, district = f"p:{row['provinceCode']}", f"d:{row['districtCode']}"
        found = [
            _unit(row["provinceCode"], "province", row["province"], None, FIRST, CODES_2004, row["provinceAlias"]),
            _unit(row["districtCode"], "district", row["district"], province, FIRST, CODES_2004, row["districtAlias"]),
        ]
        if row["wardCode"]:  # five island districts have no communes
            name, alias = row["ward"], row["wardAlias"]
            found.append(_unit(row["wardCode"], "commune", name, district, FIRST, CODES_2004, alias))
        units |= {unit.id: _with_more_aliases(unit) for unit in found}
    return units


def _new_units(rows: list[Row]) -> dict[str, Unit]:
    units: dict[str, Unit] = {}
    for row in rows:
        code = row["provinceCode"]
        legal, alias = f"{PROVINCES_2025}; {CODES_2025}", row["provinceAlias"]
        province = _with_more_aliases(_unit(code, "province", row["province"], None, REFORM, legal, alias))
        legal = f"{COMMUNES_2025[code]}/NQ-UBTVQH15; {CODES_2025}"
        commune = _unit(row["wardCode"], "commune", row["ward"], province.key, REFORM, legal, row["wardAlias"])
        units |= {province.id: province, commune.id: commune}
    return units


def _with_more_aliases(unit: Unit) -> Unit:
    aliases = {*unit.aliases, *MORE_ALIASES.get(unit.key, ())} - LESS_ALIASES
    return replace(unit, aliases=tuple(sorted(aliases)))


def _commune_edges(
    old: list[Row], new: list[Row], converter: dict[str, Any], units: dict[str, Unit]
) -> tuple[list[Succession], list[Namesake]]:
    """The 10,602 pairs of the source, corrected: 9,599 old units passed whole, 441 were divided."""
    new_id = {(row["provinceKey"], row["wardKey"]): f"c:{row['wardCode']}@{REFORM}" for row in new}
    province_of = {new_id[row["provinceKey"], row["wardKey"]]: row["provinceCode"] for row in new}
    old_id = {f"{row['provinceKey']}_{row['districtKey']}_{row['wardKey'] or ''}": _lowest(row) for row in old}
    pairs: list[Pair] = []
    for province, communes in converter["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        pairs += [Pair(old_id[o], new_id[province, key], True) for key, olds in communes.items() for o in olds]
    for province, divided in converter["DICT_PROVINCE_WARD_DIVIDED"].items():
        for o, parts in divided.items():
            pairs += [Pair(old_id[o], new_id[province, p["newWardKey"]], p["isDefaultNewWard"]) for p in parts]
    told_apart, decided = by_district(pairs, units)
    pairs = corrected(told_apart, FIRST, REFORM)
    targets, sources = Counter(pair.from_id for pair in pairs), Counter(pair.to_id for pair in pairs)
    edges = []
    for pair in pairs:
        kind = _change(units[pair.from_id], units[pair.to_id], targets[pair.from_id], sources[pair.to_id])
        legal = f"{COMMUNES_2025[province_of[pair.to_id]]}/NQ-UBTVQH15"
        edges.append(Succession(pair.from_id, pair.to_id, kind, REFORM, None, pair.default, legal, pair.standing))
    return edges, namesakes(pairs, units, decided)


def _lowest(row: Row) -> str:
    return f"c:{row['wardCode']}@{FIRST}" if row["wardCode"] else f"d:{row['districtCode']}@{FIRST}"


def _change(source: Unit, target: Unit, targets: int, sources: int) -> Change:
    if targets > 1:
        return "divided"
    if sources > 1:
        return "merged"
    if source.kind != target.kind:
        return "upgraded"
    return "continued" if source.name_vi == target.name_vi else "renamed"


def _province_edges(converter: dict[str, Any], old: list[Row], new: list[Row]) -> list[Succession]:
    old_code = {row["provinceKey"]: row["provinceCode"] for row in old}
    new_code = {row["provinceKey"]: row["provinceCode"] for row in new}
    edges = []
    for key, sources in converter["DICT_PROVINCE"].items():
        kind: Change = "merged" if len(sources) > 1 else "continued"
        for source in sources:
            ends = f"p:{old_code[source]}@{FIRST}", f"p:{new_code[key]}@{REFORM}"
            edges.append(Succession(*ends, kind, REFORM, None, True, PROVINCES_2025))
    return edges


def _district_edges(old: list[Row], edges: list[Succession]) -> list[Succession]:
    """Each district passes to its province, as its level ended; five island districts became đặc khu instead."""
    passed = {edge.from_id: edge.to_id for edge in edges}
    found = {}
    for row in old:
        district = f"d:{row['districtCode']}@{FIRST}"
        if district not in passed:
            province = passed[f"p:{row['provinceCode']}@{FIRST}"]
            found[district] = Succession(district, province, "abolished", REFORM, None, True, LEVEL_ENDED)
    return list(found.values())


def _check(territory: Territory, units: list[Unit], edges: list[Succession]) -> None:
    for on, counts in COUNTS.items():
        found = {level: len(territory.units(level, on)) for level in counts}  # type: ignore[arg-type]
        _expect(f"units on {on}", found, counts)
    for on, kinds in COMMUNE_KINDS.items():
        _expect(f"kinds of commune on {on}", Counter(u.kind for u in territory.units("commune", on)), kinds)
    out = Counter(edge.from_id for edge in edges if edge.date == REFORM and edge.to_id.startswith("c:"))
    _expect("successors of a commune", Counter(out.values()), SUCCESSORS)
    _expect("defects", [defect.en for defect in territory.defects()], [])


def _expect(what: str, found: object, expected: object) -> None:
    if found != expected:
        raise ValueError(f"{what}: {found}, but published totals say {expected}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
