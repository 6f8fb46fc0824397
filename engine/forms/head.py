"""The head of every form, and what all forms of one dossier have in common."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from engine.dossier.case import Case
from engine.forms.due import day_on_paper
from engine.forms.names import Names, local_day
from engine.rules.offices.names import name_on, unit_of
from engine.rules.offices.offices import Office
from engine.store import dossier_parts
from engine.transaction import UnitOfWork


def of_dossier(case: Case, names: Names, on: dt.date, *desks: str) -> dict[str, Any]:
    """The data that every form of a dossier has. The form bears the day ``on``.

    ``desks`` are those that it names besides the receiving one.
    """
    office = case.unit.catalogue.office(names.desks(names.moment)["intake"])
    return {
        "head": head_of(case.unit, office, local_day(names.moment), on, names.others(("intake", *desks))),
        **_dossier(case),
    }


def of_authority(case: Case, names: Names, on: dt.date) -> dict[str, Any]:
    """The same for a form that the deciding office itself sends out, with its name for the running text."""
    desks, named_on = names.desks(names.moment), local_day(names.moment)
    office, counter = (case.unit.catalogue.office(desks[one]) for one in ("handler", "intake"))
    head = head_of(case.unit, office, named_on, on, names.others(("intake", "handler")))
    name = names.name(office.code)
    if name.casefold() == head["authority"].casefold():  # the committee itself: below it the centre of its place
        beside = unit_of(counter, named_on, case.unit.catalogue.territory) == unit_of(
            office, named_on, case.unit.catalogue.territory
        )
        head["unit"] = names.name(counter.code) if beside else ""
    return {"head": head, "office": name, "received_by": names.name(counter.code), **_dossier(case)}


def head_of(unit: UnitOfWork, office: Office, named_on: dt.date, day: dt.date, others: Sequence[str]) -> dict[str, Any]:
    """The head of a form of ``office`` under its names of ``named_on``."""
    territory = unit.catalogue.territory
    place = unit_of(office, named_on, territory)
    return {
        "authority": f"ỦY BAN NHÂN DÂN {place.name_vi}",
        "unit": name_on(office, named_on, territory).vi,
        "place": place.name_vi,
        "date": day_on_paper(day),
        "other_names": [line for line in dict.fromkeys(others) if line],
    }


def person_of(case: Case, entry: Mapping[str, Any] | None) -> str:
    """The name of an entry's actor."""
    kind, _, number = str(entry["actor"] if entry else "").partition(":")
    if kind == "citizen":
        return case.applicant["name"] or ""
    if kind not in ("staff", "admin") or not number.isdigit():
        return "Hệ thống" if kind == "system" else ""
    return dossier_parts.names_of_people(case.unit.reader(), {int(number)}).get(int(number), "")


def _dossier(case: Case) -> dict[str, Any]:
    known = case.applicant
    applicant = {key: known[key] or "" for key in ("name", "address", "phone", "email")}
    return {"code": case.code, "applicant": applicant, "request": case.release.name.vi}
