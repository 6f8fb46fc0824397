"""The act ``file_dossier``: opens a dossier at a centre and, on request, receives it in the same transaction."""

from __future__ import annotations

import datetime as dt

from engine.acts.open_dossier import Filed, Filing, open_dossier
from engine.acts.parties import enter_party
from engine.acts.perform_action import take
from engine.clock import civil_day
from engine.dossier.eligible_offices import why_no_support_point
from engine.dossier.how import How
from engine.errors import Forbidden, wrong
from engine.rules.procedure.machine import Workflow
from engine.rules.procedure.permissions import Actor, roles_in
from engine.transaction import UnitOfWork

__all__ = ["Filed", "Filing", "file_dossier"]


def file_dossier(unit: UnitOfWork, filing: Filing) -> Filed:
    """Files a dossier under the release in force today.

    Raises NoRelease, ChannelClosed, InvalidInput, Forbidden, NotCompetent and the other refusals of routing,
    NeedsAPerson; with ``receive`` also those of ``perform_action``.
    """
    today = unit.today
    if filing.received_at is not None and not filing.receive:
        raise wrong("received_at", "chỉ ghi khi tiếp nhận ngay (receive)", "is given only together with receive")
    workflow = unit.catalogue.current(filing.procedure, _day_of_reception(filing, today))
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
    return filed


def _day_of_reception(filing: Filing, today: dt.date) -> dt.date:
    """The day whose release applies: that of a reception which is entered later, but never one to come."""
    return today if filing.received_at is None else min(civil_day(filing.received_at), today)


def may_receive_at(actor: Actor, office: str, workflow: Workflow, on: dt.date) -> bool:
    """Whether the actor has a role at this centre that may take a receiving action on the day ``on``."""
    receiving = (action for action in workflow.release.actions.values() if action.effect == "receive")
    wanted = {role for action in receiving for role in action.by}
    return actor.kind == "system" or bool(wanted & roles_in(actor, office, on))


def receiving_action(workflow: Workflow) -> str:
    """The action that first receives a dossier."""
    actions = workflow.release.actions.items()
    return next(key for key, action in actions if action.effect == "receive" and workflow.initial in action.sources)
