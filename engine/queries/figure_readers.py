"""Who reads the figures of reports, and over which offices and provinces: leaders their offices, monitors their
provinces, administrators all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.errors import Forbidden
from engine.rules.procedure.permissions import LEADER, roles_in
from engine.text import Text
from engine.transaction import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """What somebody may ask about: ``provinces`` and ``offices`` by code, with their names.

    ``overall`` says that they read whole provinces; else only the offices that they lead. ``lists`` says that they see
    the dossiers behind a figure.
    """

    provinces: dict[str, Text]
    offices: dict[str, Text]
    overall: bool
    lists: bool


def figure_reader(unit: UnitOfWork) -> Reader:
    """What the caller may ask about. Raises Forbidden for those who read no figures."""
    actor, today = unit.actor, unit.today
    known = unit.catalogue.offices
    led = {code for code in actor.offices(today) if LEADER in roles_in(actor, code, today)}
    overseen = actor.monitored_provinces(today)
    if actor.admin or actor.kind == "system":
        overseen = frozenset(one.province for one in known.values())
    if not led and not overseen and not actor.admin:
        raise Forbidden(
            why_vi="chỉ lãnh đạo, người giám sát và người quản trị xem báo cáo",
            why_en="only leaders, monitors and administrators read reports",
        )
    offices = {code for code, one in known.items() if one.province in overseen and one.valid(today)} | led
    return Reader(
        provinces=_named_provinces(unit, overseen),
        offices=_sorted({code: unit.catalogue.office_name(code) or Text(code, code) for code in offices}),
        overall=bool(overseen),
        lists=not actor.admin,
    )


def _named_provinces(unit: UnitOfWork, codes: Iterable[str]) -> dict[str, Text]:
    names = {one.code: one.name_vi for one in unit.catalogue.territory.units("province", unit.today)}
    return _sorted({code: Text(names.get(code, code), names.get(code, code)) for code in codes if code})


def _sorted(names: dict[str, Text]) -> dict[str, Text]:
    return dict(sorted(names.items(), key=lambda one: (one[1].vi, one[0])))
