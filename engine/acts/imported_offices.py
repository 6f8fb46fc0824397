"""The offices of a dossier that comes from a predecessor system: by their own day, or the successor's where it runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.clock import civil_day
from engine.errors import InvalidInput, Refusal, wrong
from engine.rules.imports.row import ImportedRow
from engine.rules.offices.meant import OfficesMeant
from engine.rules.offices.offices import Office
from engine.rules.offices.routing import INTAKE, route_key
from engine.rules.procedure.facts import nested
from engine.rules.procedure.machine import Workflow
from engine.text import Text
from engine.transaction import UnitOfWork


def offices_of_import(
    unit: UnitOfWork, workflow: Workflow, told: ImportedRow, *, running: bool
) -> tuple[Office, dict[str, str]]:
    """The receiving office, and all offices by routing key.

    An ended dossier keeps the offices that it had, also those that are closed by now. A running one goes to the office
    of the same body on the unit that took over, where that is one. Raises InvalidInput.
    """
    intake = _office(unit, "intake_office", told.intake_office, told, running)
    handler = _office(unit, "handler_office", told.handler_office, told, running) if told.handler_office else None
    offices: dict[str, str | None] = {INTAKE: intake.code}
    for key in workflow.release.routing:
        if key != INTAKE:
            chosen = handler.code if handler is not None and key == "handler" else None
            offices[key] = chosen or _routed(unit, workflow, key, told, intake)
    return intake, {key: office for key, office in offices.items() if office}


def _office(unit: UnitOfWork, where: str, written: str, told: ImportedRow, running: bool) -> Office:
    day = civil_day(told.received_at or told.filed_at)
    found = OfficesMeant(unit.catalogue.offices, day).find(written)
    if isinstance(found, Text):
        found = OfficesMeant(unit.catalogue.offices, unit.today).find(written)
    if isinstance(found, Text):
        raise InvalidInput({where: found})
    return _today(unit, where, found) if running and not found.valid(unit.today) else found


def _today(unit: UnitOfWork, where: str, closed: Office) -> Office:
    """The office of the same body on the unit that took over. Raises InvalidInput where that is none or several."""
    after = {one.unit.id for one in unit.catalogue.territory.successors(closed.unit_id, unit.today)}
    same = [
        one
        for one in unit.catalogue.offices.values()
        if one.unit_id in after and one.body == closed.body and one.valid(unit.today)
    ]
    if len(same) == 1:
        return same[0]
    codes = ", ".join(one.code for one in same[:5])
    raise wrong(
        where,
        f"{closed.name.vi} không còn; hãy ánh xạ sang một cơ quan{': ' + codes if codes else ''}",
        f"{closed.name.en} is closed; map it to one office{': ' + codes if codes else ''}",
    )


def _routed(unit: UnitOfWork, workflow: Workflow, key: str, told: ImportedRow, intake: Office) -> str | None:
    """The office that the rules give today; None where they need what the file does not say."""
    around: Mapping[str, Any] = {
        "applicant": {
            "kind": told.applicant["kind"],
            "commune": told.applicant.get("commune", ""),
            "province": intake.province,
            "verified": False,
        },
        "dossier": {"channel": told.channel, "province": intake.province},
    }
    try:
        facts = workflow.facts({**nested(dict(told.fields)), **around})
        found, _, _ = route_key(workflow, key, facts, unit.catalogue.map, unit.today, intake.code)
    except Refusal:
        return intake.code if key == "handler" else None
    return found[0] if len(found) == 1 else intake.code if key == "handler" else None
