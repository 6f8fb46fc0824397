"""Administrative units on a day: the tree, what a unit was and became, its offices, and who decides there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from engine.errors import Refusal
from engine.rules.offices.competence import KIND_NAMES, competent
from engine.rules.offices.competence_proof import subjects_of
from engine.rules.offices.names import name_on
from engine.rules.offices.offices import Office
from engine.rules.offices.routing import Map
from engine.rules.plain_text import plain_text
from engine.rules.territory.units import Succession, Unit
from engine.text import Text
from engine.transaction import UnitOfWork

MOST_FOUND = 60
"""The most units that a search answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitLine:
    """A unit with its days (``last`` included; None: open), and the names of the units above it."""

    id: str
    code: str
    level: str
    name: str
    above: str
    first: dt.date
    last: dt.date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A unit of the tree; ``below`` are the units directly below it where it is opened, ``many`` is their number."""

    unit: UnitLine
    many: int
    below: tuple[Branch, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A unit that another one came from or passed to: how, when, by which text, and which part of the old one."""

    unit: UnitLine
    kind: str
    date: dt.date
    share: Fraction | None
    legal: str
    standing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeLine:
    """An office that serves a unit on the day."""

    code: str
    name: Text
    receives: bool
    address: str | None
    hotline: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decider:
    """Who decides a subject in a commune on the day; ``why_not`` where that is not one office.

    ``kinds`` are the kinds of applicant where they differ; empty: all.
    """

    subject: str
    name: Text | None
    kinds: tuple[Text, ...]
    office: Text | None
    legal: str
    why_not: Text | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitView:
    """A unit: what it came from and passed to, what it is on the day, its offices, and who decides in it."""

    unit: UnitLine
    legal: str
    valid: bool
    came_from: tuple[Change, ...]
    passed_to: tuple[Change, ...]
    on_the_day: tuple[UnitLine, ...]
    offices: tuple[OfficeLine, ...]
    deciders: tuple[Decider, ...]


def unit_tree(unit: UnitOfWork, on: dt.date, opened: str) -> tuple[Branch, ...]:
    """The provinces of a day; the units above ``opened`` (an id) and it itself are opened. Raises BeforeFirstDate."""
    known = unit.catalogue.map
    chain: set[str] = set()
    if opened:
        chosen = known.territory.unit(opened)
        chain = {chosen.id, *(one.id for one in known.territory.parent_chain(chosen, on))}
    provinces = sorted(known.territory.units("province", on), key=lambda one: plain_text(one.short_name))
    return tuple(_branch(one, on, chain, known) for one in provinces)


def find_units(unit: UnitOfWork, text: str) -> tuple[UnitLine, ...]:
    """The units, old and new, whose name has these words or whose code it is; accents do not matter."""
    known, words = unit.catalogue.map, plain_text(text)
    if not words:
        return ()
    every = known.territory.units()
    hits = [one for one in every if one.code == text.strip() or words in plain_text(one.name_vi)]
    hits.sort(key=lambda one: (plain_text(one.short_name) != words, plain_text(one.name_vi), one.valid_from))
    return tuple(_line(one, known) for one in hits[:MOST_FOUND])


def unit_view(unit: UnitOfWork, unit_id: str, on: dt.date) -> UnitView:
    """A unit by its id. Raises UnknownUnit, BeforeFirstDate."""
    known = unit.catalogue.map
    territory, shown = known.territory, known.territory.unit(unit_id)
    became = territory.successors(unit_id, on) or territory.predecessors(unit_id, on)
    names = {one.release.procedure: one.release.name for one in unit.catalogue.procedures(on)}
    return UnitView(
        unit=_line(shown, known),
        legal=shown.legal,
        valid=shown.valid(on),
        came_from=tuple(_change(edge, edge.from_id, known) for edge in territory.edges_to(unit_id)),
        passed_to=tuple(_change(edge, edge.to_id, known) for edge in territory.edges_from(unit_id)),
        on_the_day=tuple(_line(one.unit, known) for one in became if one.unit.id != unit_id),
        offices=tuple(_office(one, on, known) for one in known.offices.all() if _serves(one, unit_id, on)),
        deciders=tuple(_deciders(unit, shown, on, names)) if shown.level == "commune" and shown.valid(on) else (),
    )


def _branch(one: Unit, on: dt.date, chain: set[str], known: Map) -> Branch:
    children = known.territory.children(one.id, on)
    ordered = sorted(children, key=lambda child: (child.kind, plain_text(child.short_name)))
    below = tuple(_branch(child, on, chain, known) for child in ordered) if one.id in chain else None
    return Branch(unit=_line(one, known), many=len(children), below=below)


def _line(one: Unit, known: Map) -> UnitLine:
    return UnitLine(
        id=one.id,
        code=one.code,
        level=one.level,
        name=one.name_vi,
        above=", ".join(above.name_vi for above in known.territory.parent_chain(one)),
        first=one.valid_from,
        last=one.valid_to - dt.timedelta(days=1) if one.valid_to else None,
    )


def _change(edge: Succession, other: str, known: Map) -> Change:
    return Change(
        unit=_line(known.territory.unit(other), known),
        kind=edge.kind,
        date=edge.date,
        share=edge.share,
        legal=edge.legal,
        standing=edge.standing,
    )


def _serves(office: Office, unit_id: str, on: dt.date) -> bool:
    return office.valid(on) and (office.unit_id == unit_id or unit_id in office.area)


def _office(one: Office, on: dt.date, known: Map) -> OfficeLine:
    name = name_on(one, on, known.territory)
    return OfficeLine(code=one.code, name=name, receives=one.receives, address=one.address, hotline=one.hotline)


def _deciders(unit: UnitOfWork, commune: Unit, on: dt.date, names: dict[str, Text]) -> Iterable[Decider]:
    """For each subject the office of each kind of applicant; kinds with the same answer stand together."""
    known = unit.catalogue.map
    subjects = subjects_of(one.release for one in unit.catalogue.procedures(on))
    for subject in sorted(subjects, key=lambda one: one.code):
        answers: dict[_Answer, list[str]] = {}
        for kind in subject.kinds:
            answers.setdefault(_answer(subject.code, kind, commune, on, known), []).append(kind)
        for (office, legal, why_not), kinds in answers.items():
            yield Decider(
                subject=subject.code,
                name=names.get(subject.code),
                kinds=tuple(KIND_NAMES.get(one, Text(one, one)) for one in kinds) if len(answers) > 1 else (),
                office=office,
                legal=legal,
                why_not=why_not,
            )


_Answer = tuple[Text | None, str, Text | None]
"""The office, the legal text, and why there is no office."""


def _answer(subject: str, kind: str, commune: Unit, on: dt.date, known: Map) -> _Answer:
    try:
        rule = competent(known.competences, subject, kind, on)
    except Refusal as refusal:
        return None, "", Text(refusal.sentence("vi"), refusal.sentence("en"))
    found = known.offices.serving(rule.level, rule.body, commune, known.territory, on)
    if len(found) != 1:
        many = len(found)
        return None, rule.legal, Text(f"có {many} cơ quan như văn bản nêu", f"the text names {many} offices")
    return name_on(found[0], on, known.territory), rule.legal, None
