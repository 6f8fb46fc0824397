"""The act ``withdraw_at_counter``: the applicant asks at the counter, on paper, to withdraw the dossier."""

from __future__ import annotations

from engine.acts.perform_action import take
from engine.dossier.case import Case, read_case
from engine.dossier.how import How
from engine.dossier.rights import must_be_open
from engine.dossier.stand_in import StandIn
from engine.errors import Conflict, Forbidden, wrong
from engine.rules.procedure.permissions import roles_in
from engine.store.documents import documents
from engine.store.numbers import take_paper_number
from engine.transaction import UnitOfWork

LONGEST_PAPER = 200


class CannotWithdraw(Conflict):
    """The procedure lets nobody withdraw a dossier from this state."""

    code = "cannot-withdraw"
    vi = "Hồ sơ đang ở “{state_vi}”, không rút được nữa."
    en = "The dossier is in “{state_en}” and cannot be withdrawn any more."


def withdraw_at_counter(
    unit: UnitOfWork,
    code: str,
    reason: str,
    paper: str,
    children: str | None = None,
    version: int | None = None,
) -> Case:
    """Withdraws the dossier for its applicant, by the staff who receive dossiers at its counter.

    ``paper`` describes the applicant's written request (its date, who signed it); the dossier gets it as a paper. The
    journal says who acted, and for whom. Raises NotFound, Stale, Forbidden, Ended, CannotWithdraw, InvalidInput,
    ChildrenUndecided, ChildInTheWay.
    """
    case = read_case(unit, code, version, along=("documents",))
    role = counter_role(case)
    must_be_open(case)
    if not reason.strip():
        raise wrong("reason", "phải ghi lý do người nộp rút hồ sơ", "say why the applicant withdraws the dossier")
    if not paper.strip() or len(paper) > LONGEST_PAPER:
        raise wrong(
            "paper",
            f"phải ghi văn bản đề nghị rút hồ sơ, tối đa {LONGEST_PAPER} ký tự",
            f"name the applicant's written request, at most {LONGEST_PAPER} characters",
        )
    action = withdrawing_action(case)
    number = take_paper_number(unit.reader())
    brought = {"id": number, "dossier_id": case.id, "key": "other", "original": 1, "certified": 0, "copy": 0}
    unit.writes.insert(documents, [brought | {"digitised": 0, "added_at": unit.now}])
    stand_in = StandIn(role, paper.strip(), number)
    take(case, action, reason=reason, how=How(children=children, stand_in=stand_in))
    case.forget()
    return case


def counter_role(case: Case) -> str:
    """The role in which the actor receives dossiers at the counter of this one. Raises Forbidden."""
    receiving = [one for one in case.release.actions.values() if one.effect == "receive"]
    wanted = [role for one in receiving for role in one.by if role in case.release.roles]
    held = roles_in(case.unit.actor, case.counter, case.today)
    role = next((role for role in wanted if role in held or case.unit.actor.kind == "system"), None)
    if role is None:
        raise Forbidden(
            why_vi="chỉ cán bộ tiếp nhận tại nơi tiếp nhận hồ sơ",
            why_en="only the receiving staff of the dossier's counter",
        )
    return role


def withdrawing_action(case: Case) -> str:
    """The action by which the dossier is withdrawn from its present state. Raises CannotWithdraw."""
    here, actions = case.row["state"], case.release.actions.items()
    found = next((key for key, one in actions if one.effect == "withdraw" and here in one.sources), None)
    if found is None:
        name = case.release.states[here].name
        raise CannotWithdraw(state_vi=name.vi, state_en=name.en)
    return found
