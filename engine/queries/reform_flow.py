"""The flow of a plan's dossiers between units, named as people know them: by province, or within one province."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from engine.reform.flow import Stream
from engine.rules.offices.routing import Map
from engine.rules.reform.words import office_name
from engine.rules.territory.units import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowLine:
    """Dossiers that pass from one unit to another; ``target`` is None while a person has to choose."""

    source: str
    target: str | None
    dossiers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvinceLine:
    """A province of the old order, with its dossiers in the plan."""

    code: str
    name: str
    dossiers: int


def provinces_in(streams: Iterable[Stream], known: Map) -> tuple[ProvinceLine, ...]:
    """The provinces of the flow in order of their names."""
    counted: Counter[str] = Counter()
    for one in streams:
        counted[one.province] += one.dossiers
    named = (ProvinceLine(code=code, name=_province(code, known), dossiers=many) for code, many in counted.items())
    return tuple(sorted(named, key=lambda one: one.name))


def flow_lines(streams: Iterable[Stream], known: Map, *, within: bool) -> tuple[FlowLine, ...]:
    """The flow between provinces, or with ``within`` between the units below them; most dossiers first."""
    counted: Counter[tuple[str, str | None]] = Counter()
    for one in streams:
        left, old = _place(one.source, known)
        right, new = _place(one.target, known) if one.target is not None else (None, None)
        counted[(left, right) if within else (old, new)] += one.dossiers
    ordered = sorted(counted.items(), key=lambda pair: (-pair[1], str(pair[0])))
    return tuple(FlowLine(source=source, target=target, dossiers=many) for (source, target), many in ordered)


def _province(code: str, known: Map) -> str:
    versions = known.territory.versions(code, "province")
    return versions[0].name_vi if versions else code


def _place(code: str, known: Map) -> tuple[str, str]:
    """The names of an office's unit and of its province; an old commune counts with its district."""
    office = known.offices.get(code)
    if office is None:
        return code, code
    unit: Unit = known.territory.unit(office.unit_id)
    above = known.territory.parent_chain(unit)
    province = next((one for one in (unit, *above) if one.level == "province"), unit)
    district = next((one for one in (unit, *above) if one.level == "district"), None)
    if unit.level == "province":
        return office_name(code, known.offices).vi, province.name_vi
    if unit.level == "commune" and district is not None:
        return f"{unit.name_vi}, {district.name_vi}", province.name_vi
    return unit.name_vi, province.name_vi
