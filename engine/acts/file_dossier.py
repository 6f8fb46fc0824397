"""The act ``file_dossier``: opens a dossier at a centre and, on request, receives it in the same transaction."""

from __future__ import annotations

from engine.acts.open_dossier import Filed, Filing, open_dossier
from engine.acts.parties import enter_party
from engine.acts.perform_action import take
from engine.dossier.eligible_offices import why_no_support_point
from engine.dossier.how import How
from engine.dossier.new_dossier import day_of_reception
from engine.dossier.receivers import may_receive_at, receiving_action
from engine.errors import Forbidden, wrong
from engine.rules.procedure.machine import Workflow
from engine.transaction import UnitOfWork

__all__ = ["Filed", "Filing", "file_dossier"]

FIRST = ("refuse", "ask")
"""The effects of the actions that may come with a filing in place of its reception."""


def file_dossier(unit: UnitOfWork, filing: Filing) -> Filed:
    """Files a dossier under the release in force today.

    Raises NoRelease, ChannelClosed, InvalidInput, Forbidden, NotCompetent and the other refusals of routing,
    NeedsAPerson; with ``receive`` or ``action`` also those of ``perform_action``.
    """
    today = unit.today
    if filing.received_at is not None and not filing.receive:
        raise wrong("received_at", "chỉ ghi khi tiếp nhận ngay (receive)", "is given only together with receive")
    workflow = unit.catalogue.current(filing.procedure, day_of_reception(filing, today))
    if filing.action is not None:
        _must_be_first(workflow, filing)
    office = unit.catalogue.offices.get(filing.intake_office)
    if office is None or not office.receives or not office.valid(today):
        raise wrong(
            "intake_office",
            "hôm nay không có nơi tiếp nhận hồ sơ nào mang mã này",
            "no office that receives dossiers today has this code",
        )
    if not may_receive_at(unit.actor, office.code, workflow, today):
        raise Forbidden(
            why_vi="chỉ cán bộ tiếp nhận của trung tâm này được tiếp nhận tại đây",
            why_en="only the receiving staff of this centre may receive here",
        )
    point = filing.support_office
    unfit = why_no_support_point(unit, point, office.province) if point is not None else None
    if unfit is not None:
        raise wrong("support_office", unfit.vi, unfit.en)
    filed = open_dossier(unit, workflow, office, filing)
    for party in filing.parties:
        enter_party(filed.case, str(party.get("kind")), party)
    if filing.receive:
        late = (filing.received_at, filing.received_reason) if filing.received_at is not None else None
        take(filed.case, receiving_action(workflow), how=How(late=late))
    elif filing.action is not None:
        take(filed.case, filing.action, reason=filing.reason, asks=filing.asks)
    return filed


def _must_be_first(workflow: Workflow, filing: Filing) -> None:
    """Requires a first action that refuses the filing or asks about it. Raises InvalidInput."""
    action = workflow.release.actions.get(filing.action or "")
    if action is None or action.effect not in FIRST or workflow.initial not in action.sources:
        raise wrong(
            "action",
            "khi nộp chỉ có thể từ chối hoặc yêu cầu hoàn thiện, bằng thao tác của quy trình",
            "with a filing only an action of the procedure that refuses it or asks about it may be taken",
        )
    if filing.receive:
        raise wrong("action", "không đi cùng tiếp nhận (receive)", "is not given together with receive")
