"""Generates the offices of the country from the territory and the table of bodies (``territory/bodies.csv``).

Each unit gets one office of each body on its level. A code is the body's prefix and the unit's code (``UB-26740``).
Offices of units that ended with the reorganisation of 1 July 2025 carry the suffix ``-C`` (cũ), because the codes of
their units were reused (26737 was Đa Kao and is Tân Định). A unit that only changed its name or kind keeps its office:
the office belongs to the first unit, serves the later ones through its area, and bears the latest name.

Some facts are in no open source; an administrator corrects them by publishing offices of their own. These are the real
areas of the land registration branches after the reform (here: one for each former district, every commune in exactly
one), those of base-level tax and social-insurance offices (here: the province's), and the official identifiers in
dossier codes (here ``H`` with the province code and the unit code, not the list of Decision 20/2020/QĐ-TTg).
"""

from __future__ import annotations

import csv
import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.errors import Refusal
from engine.rules.offices.names import unit_words
from engine.rules.offices.offices import Office
from engine.rules.territory.place_names import slug
from engine.rules.territory.territory import Territory
from engine.rules.territory.units import Unit
from engine.text import Text

BODIES = Path(__file__).parent / "territory" / "bodies.csv"
REFORM = dt.date(2025, 7, 1)
LEVELS = ("commune", "district", "province", "former_district")
COLUMNS = ("body", "prefix", "level", "name_vi", "name_en", "receives", "valid_from", "valid_to")


class MalformedBodies(Refusal):
    """A line of the table of bodies is malformed, or gives two offices the same code."""

    code = "malformed-bodies"
    vi = "{file}, dòng {line}: {why}"
    en = "{file}, line {line}: {why}"


@dataclass(frozen=True, slots=True)
class Body:
    """One kind of office on one level from one day to another (``valid_to`` exclusive). Names hold ``{unit}``."""

    body: str
    prefix: str
    level: str
    name: Text
    receives: bool
    valid_from: dt.date
    valid_to: dt.date | None


def generate_offices(territory: Territory, bodies: Sequence[Body] | None = None) -> list[Office]:
    """Every office, in order of code. ``bodies`` None means the shipped table. Raises MalformedBodies."""
    known = read_bodies(BODIES) if bodies is None else bodies
    lines, codes = _lines(territory), _branch_codes(territory)
    offices = [
        office
        for body in known
        for line in (lines if body.level != "former_district" else ())
        if line[0].level == body.level
        for office in _office(territory, body, line, codes)
    ]
    for body in known:
        if body.level == "former_district":
            offices += _branches(territory, body, codes)
    twice = [code for code, times in Counter(office.code for office in offices).items() if times > 1]
    if twice:
        raise MalformedBodies(file="bodies.csv", line="–", why=f"two offices would be called {twice[0]}")
    return sorted(offices, key=lambda office: office.code)


def read_bodies(path: Path = BODIES) -> list[Body]:
    """The bodies of a table. Raises MalformedBodies with the line."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, strict=True)
        if tuple(rows.fieldnames or ()) != COLUMNS:
            raise MalformedBodies(file=path.name, line=1, why="the columns are not " + ", ".join(COLUMNS))
        return [_body(row, path.name, number) for number, row in enumerate(rows, start=2)]


def _body(row: dict[str, str], file: str, line: int) -> Body:
    try:
        if row["level"] not in LEVELS or row["receives"] not in ("yes", "no"):
            raise ValueError(f"level is one of {', '.join(LEVELS)} and receives is yes or no")
        if not row["body"] or not row["prefix"] or "{unit}" not in row["name_vi"] or "{unit}" not in row["name_en"]:
            raise ValueError("body, prefix and both names with {unit} are needed")
        ended = dt.date.fromisoformat(row["valid_to"]) if row["valid_to"] else None
        start = dt.date.fromisoformat(row["valid_from"])
    except (ValueError, TypeError) as error:
        raise MalformedBodies(file=file, line=line, why=str(error)) from error
    names = Text(row["name_vi"], row["name_en"])
    return Body(row["body"], row["prefix"], row["level"], names, row["receives"] == "yes", start, ended)


def _lines(territory: Territory) -> list[tuple[Unit, ...]]:
    """Groups units of one code that follow each other by a change of name or kind only, oldest first."""
    edges = [edge for edge in territory.successions() if edge.kind in ("renamed", "upgraded") and edge.date > REFORM]
    same = {edge.to_id: edge.from_id for edge in edges}
    lines: dict[str, list[Unit]] = {}
    for unit in sorted(territory.units(), key=lambda unit: unit.valid_from):
        before = same.get(unit.id)
        line = lines.get(before) if before else None
        if line is not None and line[-1].code == unit.code:
            line.append(unit)
            lines[unit.id] = line
        else:
            lines[unit.id] = [unit]
    return [tuple(line) for unit_id, line in lines.items() if line[0].id == unit_id]


def _office(territory: Territory, body: Body, line: tuple[Unit, ...], codes: dict[str, str]) -> list[Office]:
    first, last = line[0], line[-1]
    start = max(body.valid_from, first.valid_from)
    ends = [day for day in (body.valid_to, last.valid_to) if day is not None]
    end = min(ends, default=None)
    if end is not None and end <= start:
        return []
    old = last.valid_to is not None and last.valid_to <= REFORM
    province = territory.province_of(first, start).code
    where = codes[first.id] if body.body == "land_registration_branch" else first.code
    return [
        Office(
            code=f"{body.prefix}-{where}{'-C' if old else ''}",
            body=body.body,
            unit_id=first.id,
            name=_names(body, last),
            province=province,
            valid_from=start,
            valid_to=end,
            receives=body.receives,
            area=tuple(unit.id for unit in line[1:]),
            identifier=f"H{province}.{'00' if first.level == 'province' else first.code}{'.C' if old else ''}",
        )
    ]


def _branches(territory: Territory, body: Body, codes: dict[str, str]) -> list[Office]:
    """One office for each former district. A commune belongs to the district of most of its predecessors."""
    areas: dict[str, list[Unit]] = defaultdict(list)
    last_day = body.valid_from - dt.timedelta(days=1)
    for commune in territory.units("commune", body.valid_from):
        areas[_former(territory, commune, last_day)].append(commune)
    offices = []
    for district in territory.units("district", last_day):
        communes = areas.get(district.id)
        if not communes:
            continue
        province = territory.province_of(communes[0], body.valid_from)
        later = [unit for commune in communes for unit in _later(territory, commune)]
        offices.append(
            Office(
                code=f"{body.prefix}-{codes[district.id]}",
                body=body.body,
                unit_id=province.id,
                name=_names(body, district),
                province=province.code,
                valid_from=body.valid_from,
                valid_to=body.valid_to,
                receives=body.receives,
                area=tuple(unit.id for unit in (*communes, *later)),
                identifier=f"H{province.code}.D{district.code}",
            )
        )
    return offices


def _former(territory: Territory, commune: Unit, last_day: dt.date) -> str:
    weight: Counter[str] = Counter()
    for edge in territory.edges_to(commune.id):
        before = territory.unit(edge.from_id)
        district = before.id if before.level == "district" else _district_of(territory, before, last_day)
        # A whole predecessor outweighs a part of a divided one; a part that is the default outweighs the others.
        weight[district] += 3 if edge.kind != "divided" else 2 if edge.default else 1
    if not weight:
        raise MalformedBodies(file="bodies.csv", line="–", why=f"{commune.id} came from no district")
    return max(sorted(weight), key=lambda district: weight[district])


def _district_of(territory: Territory, unit: Unit, on: dt.date) -> str:
    return next(above.id for above in territory.parent_chain(unit, on) if above.level == "district")


def _later(territory: Territory, unit: Unit) -> Iterable[Unit]:
    return (other for other in territory.versions(unit.code, unit.level) if other.valid_from > unit.valid_from)


def _branch_codes(territory: Territory) -> dict[str, str]:
    """The codes of branches by the district's unit id: its name (``LONGKHANH``), and its code if the name is shared."""
    plain = {unit.id: _plain(unit) for unit in territory.units("district")}
    times = Counter(plain.values())
    return {unit_id: name if times[name] == 1 else f"{name}-{unit_id[2:5]}" for unit_id, name in plain.items()}


def _plain(unit: Unit) -> str:
    short = slug(unit.short_name).replace("-", "").upper()
    return f"QUAN{short}" if short.isdigit() else short


def _names(body: Body, unit: Unit) -> Text:
    words = unit_words(unit)
    return Text(body.name.vi.format(unit=words.vi), body.name.en.format(unit=words.en))
