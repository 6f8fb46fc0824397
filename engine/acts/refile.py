"""The act ``refile``: a dossier was received under the wrong procedure, and is filed anew under the right one.

One transaction cancels the reception, opens the new dossier with what fits of the old one, and links both. The new one
keeps the moments of filing and reception. Nothing is owed under the old one any more: what was paid is a refund.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert

from engine.acts.open_children import papers_for
from engine.acts.open_dossier import Filed, Filing, open_dossier
from engine.acts.perform_action import move, take
from engine.acts.settle_children import decide_children
from engine.acts.withdraw_at_counter import counter_role
from engine.dossier.case import Case, lock_case
from engine.dossier.charge import charge
from engine.dossier.filing_answers import pass_filing
from engine.dossier.papers import standing_results
from engine.dossier.receivers import may_receive_at, receiving_action
from engine.dossier.record import record
from engine.dossier.rights import must_be_open, must_have_counter
from engine.errors import Conflict, Forbidden, InvalidInput, wrong
from engine.rules.procedure.definition import Release
from engine.rules.procedure.machine import Workflow
from engine.rules.procedure.portal_status import PortalStatus
from engine.store.dossiers import dossier_links
from engine.transaction import UnitOfWork

_ENDS = (PortalStatus.REFUSED, PortalStatus.STOPPED, PortalStatus.WITHDRAWN)


class CannotRefile(Conflict):
    """The dossier has a result already, or its procedure has no end without one."""

    code = "cannot-refile"
    vi = "Không thể hủy tiếp nhận để lập lại hồ sơ: {why_vi}."
    en = "The reception cannot be cancelled: {why_en}."


def refile(
    unit: UnitOfWork,
    code: str,
    procedure: str,
    reason: str,
    *,
    fields: Mapping[str, Any] | None = None,
    handler_office: str | None = None,
    receive: bool = True,
    children: str | None = None,
    version: int | None = None,
) -> Filed:
    """Cancels the reception of ``code`` and files it anew under ``procedure``; returns the new dossier.

    It takes over applicant, papers of the same keys with their files, and form values that fit; ``fields`` adds what
    else the new form needs. With ``receive`` it is received at once if the old one was, at the old moment. Raises
    NotFound, Stale, Forbidden, Ended, CannotRefile, InvalidInput, CounterClosed, ChildrenUndecided, ChildInTheWay, and
    the refusals of filing and of ``perform_action``.
    """
    case = lock_case(unit, code, version)
    counter_role(case)
    must_be_open(case)
    if not reason.strip():
        raise wrong("reason", "phải ghi vì sao thủ tục này sai", "say why the procedure was the wrong one")
    if procedure == case.release.procedure:
        raise wrong("procedure", "trùng với thủ tục của hồ sơ", "is the procedure that the dossier has")
    target = end_without_result(case)
    must_have_counter(case)
    filed = _file_anew(case, unit.catalogue.current(procedure, case.today), fields, handler_office)
    _link(case, filed.case)
    pass_filing(unit, case, filed.case)
    _cancel(case, target, filed.case, reason, children)
    moment = case.row["received_at"]
    if receive and moment is not None:
        filed.case.receive_at(moment)
        take(filed.case, receiving_action(filed.case.workflow), note=reason)
    return filed


def end_without_result(case: Case) -> str:
    """The state in which the cancelled dossier ends. Raises CannotRefile."""
    if standing_results(case) or PortalStatus(case.row["portal"]).ended:
        raise CannotRefile(why_vi="hồ sơ đã có kết quả", why_en="the dossier has a result")
    states = case.release.states.items()
    ends = {state.status: key for key, state in states if state.final}
    found = next((ends[status] for status in _ENDS if status in ends), None)
    if found is None:
        raise CannotRefile(why_vi="quy trình không có trạng thái từ chối hay dừng", why_en="it cannot end unreceived")
    return found


def _file_anew(case: Case, workflow: Workflow, fields: Mapping[str, Any] | None, handler: str | None) -> Filed:
    """Opens the new dossier. Raises Forbidden and the refusals of ``open_dossier``."""
    unit, row, release = case.unit, case.row, workflow.release
    office = unit.catalogue.office(case.counter)
    if not may_receive_at(unit.actor, office.code, workflow, case.today):
        raise Forbidden(
            why_vi="bạn không được tiếp nhận thủ tục này", why_en="you may not receive dossiers of this procedure"
        )
    commune = case.applicant["commune"]
    if commune and unit.catalogue.territory.find(commune, "commune", case.today) is None:
        commune = None
    filing = Filing(
        procedure=release.procedure,
        applicant={"kind": row["applicant_kind"], **case.applicant, "commune": commune},
        intake_office=office.code,
        channel=row["channel"] if row["channel"] in release.open_channels else release.channels[0],
        fields=_fitting(case, workflow) | dict(fields or {}),
        support_office=row["support_office"],
        filed_at=row["filed_at"],
        handler_office=handler,
        handler_reason="Lập lại theo thủ tục đúng" if handler else None,
    )
    parent = (row["parent_id"], str(row["child_key"])) if row["parent_id"] is not None else None
    return open_dossier(unit, workflow, office, filing, parent=parent, taken_over=papers_for(case, workflow))


def _fitting(case: Case, workflow: Workflow) -> dict[str, Any]:
    """The form values of the old dossier that the new form takes as they are."""
    kept: dict[str, Any] = {}
    for key, value in (case.applicant.get("form") or {}).items():
        if _same_kind(case.release, workflow.release, key):
            try:
                kept |= workflow.validate_fields({key: value}, partial=True, facts=case.surroundings())
            except InvalidInput:
                continue
    return kept


def _same_kind(old: Release, new: Release, key: str) -> bool:
    return key in old.fields and key in new.fields and old.fields[key].type == new.fields[key].type


def _link(case: Case, fresh: Case) -> None:
    row = {"dossier_id": fresh.id, "other_id": case.id, "kind": "replaces", "since": case.unit.now}
    case.unit.begin().execute(insert(dossier_links), row)
    record(fresh, "link", data={"other": case.code, "kind": "replaces"})


def _cancel(case: Case, target: str, fresh: Case, reason: str, children: str | None) -> None:
    """Ends the old dossier as not received, and takes back what it owed."""
    left = case.row["state"]
    move(case, target, None)
    told = decide_children(case, "refile", children, take)
    case.change(cancelled_at=case.unit.now)
    case.forget()
    charge(case)
    data = {"from": left, "to": target, "other": fresh.code, "procedure": fresh.release.procedure} | told
    record(case, "refile", data=data, private={"reason": reason}, events=[("action", "refile"), ("recalled", target)])
