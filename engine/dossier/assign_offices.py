"""Chooses the offices of a new dossier: by the routing rules, or by a person's choice with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.dossier.eligible_offices import why_office_not
from engine.errors import wrong
from engine.rules.offices.offices import Office
from engine.rules.offices.routing import Assignment, NeedsAPerson, route
from engine.rules.procedure.machine import Workflow
from engine.text import Text
from engine.transaction import UnitOfWork


def assign_offices(
    unit: UnitOfWork, workflow: Workflow, office: Office, chosen: str | None, why: str | None, facts: Mapping[str, Any]
) -> Assignment:
    """The offices by rule, with ``chosen`` as handler where a person chose another one, for the reason ``why``.

    Raises InvalidInput, NeedsAPerson where the rules leave several offices, and the refusals of routing.
    """
    assignment = route(workflow, facts, unit.catalogue.map, unit.today, office.code)
    if chosen is not None and "handler" not in assignment.reasons:
        raise wrong(
            "handler_office",
            "thủ tục được giải quyết ngay tại nơi tiếp nhận",
            "the procedure is decided where it is received",
        )
    if chosen is not None and chosen != assignment.offices.get("handler"):
        found = _chosen_office(unit, chosen, why)
        if chosen not in assignment.candidates.get("handler", ()):
            _must_fit(unit, workflow, chosen, facts["applicant"]["kind"], office.province)
        assignment.offices["handler"] = chosen
        assignment.candidates.pop("handler", None)
        assignment.reasons["handler"] = Text(f"{found.name.vi}: do cán bộ chọn", f"{found.name.en}: chosen by a person")
    for key, candidates in assignment.candidates.items():
        reason = assignment.reasons[key]
        raise NeedsAPerson(key=key, candidates=candidates, why_vi=reason.vi, why_en=reason.en)
    return assignment


def _must_fit(unit: UnitOfWork, workflow: Workflow, chosen: str, kind: str, province: str) -> None:
    """Requires an office that can decide the procedure and has people for it. Raises InvalidInput."""
    unfit = why_office_not(unit, workflow.release, "handler", chosen, kind, province)
    if unfit is not None:
        raise wrong("handler_office", unfit.vi, unfit.en)


def _chosen_office(unit: UnitOfWork, chosen: str, why: str | None) -> Office:
    found = unit.catalogue.offices.get(chosen)
    if found is None or not found.valid(unit.today):
        raise wrong("handler_office", "hôm nay không có cơ quan nào mang mã này", "no office has this code today")
    if not (why or "").strip():
        raise wrong(
            "handler_reason", "tự chọn cơ quan thì phải ghi lý do", "choosing the office yourself needs a reason"
        )
    return found
