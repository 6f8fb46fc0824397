"""The staff around a dossier by name, and the offices and communes that a page names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.clock import civil_day
from engine.dossier.case import Case
from engine.store.dossier_parts import names_of_people
from engine.store.people import role_members
from engine.text import Text
from engine.transaction import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """A member of staff by name."""

    id: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeChoice:
    """An office that stands in a list to choose from."""

    code: str
    name: Text


def named(unit: UnitOfWork, ids: Iterable[int | None]) -> tuple[Colleague, ...]:
    """The staff with these ids; None and an unknown id are left out."""
    found = names_of_people(unit.reader(), {one for one in ids if one is not None})
    return tuple(Colleague(id=one, name=name) for one, name in found.items())


def in_role(unit: UnitOfWork, office: str | None, role: str | None) -> tuple[Colleague, ...]:
    """The people who have a role at an office today, by name; nobody where office or role is None."""
    if office is None or role is None:
        return ()
    ids = role_members(unit.reader(), office, role, unit.today)
    found = names_of_people(unit.reader(), set(ids))
    return tuple(Colleague(id=one, name=found[one]) for one in sorted(found, key=lambda one: (found[one], one)))


def offices_to_choose(case: Case) -> tuple[OfficeChoice, ...]:
    """The offices of the dossier's province that exist today, by name."""
    unit, province = case.unit, case.row["province"]
    offices = unit.catalogue.offices.values()
    here = [one for one in offices if one.province == province and one.valid(unit.today)]
    return tuple(OfficeChoice(code=one.code, name=one.name) for one in sorted(here, key=lambda one: one.name.vi))


def commune_name(case: Case, code: str) -> str | None:
    """The name of a commune: today's, else the one that it had when the dossier was filed; None for an unknown code."""
    territory = case.unit.catalogue.territory
    for day in (case.today, civil_day(case.row["filed_at"])):
        if (found := territory.find(code, "commune", day)) is not None:
            return found.name_vi
    return None
