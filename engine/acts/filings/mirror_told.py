"""The act ``mirror_told``: brings the mirror of a dossier up to date by what a feed of another system says of it.

A dossier that was opened here is never mirrored beside itself, and one number is mirrored once, whichever system tells
of it: otherwise lists and reports would count it twice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from engine.acts.mirror import Mirrored, mirror
from engine.clock import LOCAL, civil_day
from engine.dossier.filings import UnitDivided, UnitNotKnown, form_of
from engine.rules.deadlines.due import due_moment
from engine.rules.filings.mirror_differences import DUE, STATE
from engine.rules.filings.mirrored import ToldMirror, state_for, told_mirror
from engine.rules.filings.placing import intake_offices
from engine.rules.offices.index import served_units
from engine.rules.offices.offices import Office
from engine.rules.procedure.machine import Workflow
from engine.store.dossiers import dossiers, mirrors
from engine.transaction import UnitOfWork

MIRRORED, OWN, TWICE = "mirrored", "own", "told-twice"


def mirror_told(unit: UnitOfWork, raw: Mapping[str, Any]) -> str:
    """Mirrors one dossier; returns ``mirrored``, ``own`` (it was opened here) or ``told-twice`` (by another system).

    Raises UnreadableFiling, NoRelease, UnitNotKnown, UnitDivided, and the refusals of ``mirror``.
    """
    form = form_of(unit)
    if form.mirrors is None:
        return OWN
    told = told_mirror(form, form.mirrors, raw)
    if (standing := _standing(unit, told)) is not None:
        return standing
    day = civil_day(told.filed_at or unit.now)
    workflow = unit.catalogue.current(form.procedure(told.procedure, day), unit.today)
    state, exact = state_for(form.mirrors, told, workflow.release)
    office = _office(unit, told, day)
    differs = [] if exact else [{"what": STATE, "here": state, "there": told.status}]
    differs += _due_differs(unit, workflow, office, told)
    mirror(
        unit,
        Mirrored(
            source=told.source,
            number=told.number,
            procedure=workflow.release.procedure,
            state=state,
            intake_office=office.code,
            applicant=told.applicant,
            offices=_offices(unit, workflow, office),
            applicant_kind=told.kind,
            channel=told.channel,
            filed_at=told.filed_at,
            received_at=told.received_at,
            due_at=told.due_at,
            finished_at=told.finished_at,
            differs=differs,
        ),
    )
    return MIRRORED


def _standing(unit: UnitOfWork, told: ToldMirror) -> str | None:
    """Why the dossier is not mirrored: it is here already, as our own or by another system's telling."""
    own = select(dossiers.c.id).where(dossiers.c.code == told.number, dossiers.c.source.is_(None))
    if unit.begin().execute(own).first() is not None:
        return OWN
    other = select(mirrors.c.dossier_id).where(mirrors.c.number == told.number, mirrors.c.source != told.source)
    return TWICE if unit.begin().execute(other).first() is not None else None


def _office(unit: UnitOfWork, told: ToldMirror, day: dt.date) -> Office:
    known = unit.catalogue
    found = intake_offices(form_of(unit), told.unit, day, unit.today, known.offices, known.territory)
    if not found:
        raise UnitNotKnown(unit=told.unit)
    if len(found) > 1:
        raise UnitDivided(wants="intake", candidates=tuple(one.code for one in found), unit=told.unit)
    return found[0]


def _offices(unit: UnitOfWork, workflow: Workflow, office: Office) -> dict[str, str]:
    """The offices by routing key: the authority of the unit decides, as far as we know; the centre has the rest."""
    offices = unit.catalogue.offices.values()
    own = [one for one in offices if one.body == "authority" and one.valid(unit.today)]
    handler = next((one.code for one in own if office.unit_id in served_units(one)), office.code)
    keys = {*workflow.release.routing, *(role.unit for role in workflow.release.roles.values())}
    return {key: handler if key == "handler" else office.code for key in sorted(keys)}


def _due_differs(unit: UnitOfWork, workflow: Workflow, office: Office, told: ToldMirror) -> list[dict[str, str]]:
    """The due day by our calendar and term beside theirs, where the term does not depend on the case."""
    arms = workflow.release.sla.total
    if told.received_at is None or told.due_at is None or len(arms) != 1:
        return []
    calendar = unit.catalogue.calendar(workflow.release.sla.calendar, office.code)
    due_at = due_moment(calendar, told.received_at, arms[0].term)
    if due_at is None:
        return []
    here, there = (f"{one.astimezone(LOCAL):%d/%m/%Y}" for one in (due_at, told.due_at))
    return [{"what": DUE, "here": here, "there": there}] if here != there else []
