"""Where a filing goes: elsewhere, to one office of today with its units followed to today, or to a person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.clock import civil_day
from engine.dossier.filings import FilingAhead, UnitDivided, UnitNotKnown, form_of
from engine.rules.filings.coming import Coming
from engine.rules.filings.placing import communes_of, intake_offices
from engine.rules.offices.offices import Office
from engine.rules.procedure.machine import Workflow
from engine.store.procedure_entries import entry_rows
from engine.transaction import UnitOfWork

AHEAD = dt.timedelta(minutes=10)
"""By how much the clock of the other side may be ahead of ours."""
HERE = "here"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """The office that receives a filing, and what it says with today's codes. ``passed`` are the codes that were
    followed to their successor: what, from, to."""

    workflow: Workflow
    office: Office
    commune: str | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    passed: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class NotHere:
    """The procedure was processed in another system on the day of the filing, so no dossier is opened here."""

    system: str


def route_of(unit: UnitOfWork, told: Coming, choices: Mapping[str, str]) -> Route | NotHere:
    """The route of a filing, with what a person chose by ``choices``.

    Raises FilingAhead, NoRelease, UnitNotKnown, UnitDivided.
    """
    if told.filed_at > unit.now + AHEAD:
        raise FilingAhead(at=told.filed_at)
    form, filed_on = form_of(unit), civil_day(told.filed_at)
    workflow = unit.catalogue.current(form.procedure(told.procedure, filed_on), unit.today)
    other = processed_elsewhere(unit, workflow, filed_on)
    if other is not None:
        return NotHere(other)
    passed: list[tuple[str, str, str]] = []
    office = _office(unit, told, filed_on, choices)
    if not office.valid(filed_on) or "intake" in choices:
        passed.append(("intake", told.unit, office.code))

    def today(where: str, code: Any) -> Any:
        now = _commune(unit, where, code, filed_on, choices)
        if now != code:
            passed.append((where, code, now))
        return now

    commune = today("applicant.commune", told.applicant.get("commune"))
    places = {key for key, one in workflow.release.fields.items() if one.type == "unit"}
    fields = {key: today(f"fields.{key}", one) if key in places else one for key, one in told.fields.items()}
    return Route(workflow=workflow, office=office, commune=commune, fields=fields, passed=tuple(passed))


def processed_elsewhere(unit: UnitOfWork, workflow: Workflow, on: dt.date) -> str | None:
    """The system that processes a version of a procedure on a day, by the catalogue; None: this one."""
    release = workflow.release
    for row in reversed(entry_rows(unit.reader(), release.procedure)):
        if row.since <= on and row.version in (None, release.version):
            return None if row.processed == HERE else row.system or row.processed
    return None


def _office(unit: UnitOfWork, told: Coming, filed_on: dt.date, choices: Mapping[str, str]) -> Office:
    chosen = choices.get("intake")
    if chosen is not None:
        return unit.catalogue.office(chosen)
    known = unit.catalogue
    found = intake_offices(form_of(unit), told.unit, filed_on, unit.today, known.offices, known.territory)
    if not found:
        raise UnitNotKnown(unit=told.unit)
    if len(found) > 1:
        raise UnitDivided(wants="intake", candidates=tuple(one.code for one in found), unit=told.unit)
    return found[0]


def _commune(unit: UnitOfWork, where: str, code: Any, filed_on: dt.date, choices: Mapping[str, str]) -> Any:
    """The commune of today for a code of the day of filing; what cannot be followed stays as it is."""
    if where in choices:
        return choices[where]
    if not isinstance(code, str) or not code:
        return code
    now = communes_of(code, filed_on, unit.today, unit.catalogue.territory)
    if len(now) > 1:
        raise UnitDivided(wants=where, candidates=now, unit=code)
    return now[0] if now else code
