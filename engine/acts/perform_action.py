"""The act ``perform_action``: takes an action of the workflow file, for a person or a timer, and changes the state."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from engine.acts.change_form import change_form
from engine.acts.follow_form import Followed
from engine.acts.open_children import open_children
from engine.acts.settle_children import decide_children
from engine.acts.sign_result import sign_result
from engine.dossier.asks import Asks, changed_values, check_asks, must_be_asked_fields
from engine.dossier.case import Case, read_case
from engine.dossier.citizen_keys import BY_LINK_AND_RECEIPT, ReceiptCodeRequired, prove_receipt
from engine.dossier.elsewhere import must_be_ours
from engine.dossier.hand_notices import tell_hands
from engine.dossier.hands import keep_hold, next_holder
from engine.dossier.how import USUAL, How, Late
from engine.dossier.intake import follow_intake
from engine.dossier.joint import still_asked
from engine.dossier.papers import attached, make_void, undone_by_step
from engine.dossier.reception import check_reception
from engine.dossier.record import record
from engine.dossier.repeats import tell_leader, warning
from engine.dossier.stand_in import StandIn
from engine.errors import Forbidden, Refusal, wrong
from engine.rules.deadlines import timing
from engine.rules.part_rows import DocumentRow
from engine.rules.procedure.definition import Action, Term
from engine.rules.procedure.machine import DocumentRequired, GuardFailed, ReasonRequired, Step
from engine.rules.procedure.permissions import Verdict
from engine.store.people import role_members
from engine.text import Text
from engine.transaction import UnitOfWork

NOTHING = Asks()
TAKES_FIELDS = ("receive", "answer")
"""Effects of the actions with which form values may be corrected: at reception, and in answer to a request."""
ENDING = ("withdraw", "stop")
"""Effects that end a dossier, whatever state they lead to first."""


class OfficeNotDecided(Refusal):
    """The state this action leads to belongs to an office that the routing could not choose."""

    code = "office-not-decided"
    status = 409
    vi = "Chưa xác định được cơ quan cho vai trò “{role}”; phải chọn cơ quan trước (chuyển cơ quan)."
    en = "No office is decided for the role “{role}”; choose one first (transfer)."


def perform_action(
    unit: UnitOfWork,
    code: str,
    action: str,
    *,
    version: int | None = None,
    reason: str | None = None,
    note: str | None = None,
    fields: Mapping[str, Any] | None = None,
    assignee: int | None = None,
    receipt_code: str | None = None,
    asks: Asks = NOTHING,
    received_at: dt.datetime | None = None,
    received_reason: str | None = None,
    children: str | None = None,
) -> Case:
    """Takes ``action`` on the dossier ``code``. ``version`` is the one that the actor last saw.

    ``fields`` are corrected form values, at reception or in answer to a request for supplement. ``assignee`` is the id
    of the person of the next office who becomes the holder. ``receipt_code`` is what the applicant proves besides the
    link; an action that ends the dossier needs it. ``asks`` names the papers and fields that a request for supplement
    is about. ``received_at`` is the moment of a reception that is entered later, with the reason for it: the time limit
    counts from there. ``children`` says what becomes of running linked dossiers (``decide_children``). Raises NotFound,
    Stale, UnknownAction, ActionNotInState, GuardFailed, Forbidden, ReceiptCodeRequired, ReceiptCodeWrong,
    ReasonRequired, DocumentRequired, OfficeNotDecided, SigningFailed, InvalidInput, ChildrenUndecided, ChildInTheWay,
    the refusals of ``open_children``, and with ``fields`` also those of ``follow_form``.
    """
    case = read_case(unit, code, version, along=("documents",))
    late = (received_at, received_reason) if received_at is not None else None
    how = How(prove_receipt(case, receipt_code), late, children)
    return take(case, action, reason=reason, note=note, fields=fields, assignee=assignee, asks=asks, how=how)


def take(
    case: Case,
    action: str,
    *,
    reason: str | None = None,
    note: str | None = None,
    fields: Mapping[str, Any] | None = None,
    assignee: int | None = None,
    asks: Asks = NOTHING,
    how: How = USUAL,
) -> Case:
    """``perform_action`` on a case that was read already."""
    verdict = _must_be_allowed(case, action, reason, how.stand_in)
    wanted, late = case.release.actions[action], how.late
    if late is not None:
        _receive_at(case, wanted, *late)
    before = changed_values(case.applicant["form"], fields) if fields else None
    followed = _correct(case, wanted, fields) if fields else Followed()
    step, joint = _taken_together(case, case.workflow.advance(case.row["state"], action, case.facts()), verdict)
    _must_be_possible(case, action, wanted)
    _must_prove_an_end(case, step, how.proof)
    document, void = _attached(case, action), undone_by_step(case, step)
    too_often = warning(case, action, wanted)
    _enter(case, step)
    check_asks(case, asks)
    if assignee is not None:
        _give_to(case, assignee)
    data = _entry_of(step, verdict, wanted, document) | joint | followed.data | _of_request(case, step, asks, how.proof)
    data |= _entered_later(case, late) | _warned(case, action, too_often)
    data |= _of_results(case, wanted, document, void, how)
    data |= (how.stand_in.told() if how.stand_in else {}) | decide_children(case, action, how.children, take)
    private = {"reason": reason or followed.reason, "note": note, "fields": dict(fields or {}), "before": before}
    private |= {"received_reason": late[1] if late else None, "paper": how.stand_in.paper if how.stand_in else None}
    told = {key: value for key, value in private.items() if value}
    record(case, action, data=data, private=told, events=followed.events + _events(step, joint))
    open_children(case)
    return case


def _must_be_allowed(case: Case, action: str, reason: str | None, stand_in: StandIn | None) -> Verdict:
    """The verdict that lets the actor take the action here.

    Raises TruthElsewhere, UnknownAction, ActionNotInState, Forbidden, ReasonRequired.
    """
    must_be_ours(case.row, case.unit.actor)
    _exists_here(case, action)
    verdict = Verdict(True, stand_in.role) if stand_in else case.may(action)
    if not verdict.allowed:
        raise _forbidden(verdict)
    wanted = case.release.actions[action]
    if wanted.reason == "required" and not (reason or "").strip():
        raise ReasonRequired(action_vi=wanted.name.vi, action_en=wanted.name.en)
    return verdict


def _of_results(case: Case, wanted: Action, document: DocumentRow | None, void: list[int], how: How) -> dict[str, Any]:
    """Makes results void that the step undoes, and signs the one that it takes; what the journal entry says of both."""
    data: dict[str, Any] = {}
    if void:
        make_void(case, void)
        data["void"] = void
    if wanted.signature == "digital" and document is not None:
        data["signature"] = sign_result(case, document["id"], how.signature, how.token)
    return data


def _warned(case: Case, action: str, too_often: Text | None) -> dict[str, Any]:
    """Marks a dossier on which an action was taken more often than foreseen, and notifies the leader of it."""
    if too_often is None:
        return {}
    case.change(warned_at=case.unit.now)
    tell_leader(case, action, case.before["version"] + 1)
    return {"warned": {"vi": too_often.vi, "en": too_often.en}}


def _entered_later(case: Case, late: Late | None) -> dict[str, Any]:
    """What the journal entry says of a reception that is entered later."""
    return {"reception": {"at": late[0], "entered": case.unit.now}} if late else {}


def _receive_at(case: Case, wanted: Action, at: dt.datetime, reason: str | None) -> None:
    """Counts this reception from an earlier moment. Raises InvalidInput."""
    if wanted.effect != "receive" or case.row["received_at"] is not None:
        raise wrong(
            "received_at",
            "chỉ ghi khi tiếp nhận hồ sơ lần đầu",
            "is given only with the action that first receives the dossier",
        )
    check_reception(case, at, reason)
    case.receive_at(at)


def _must_be_possible(case: Case, action: str, wanted: Action) -> None:
    """Refuses to receive, or to ask about, a dossier that can only be refused. Raises GuardFailed."""
    if why := case.decisive_missing(action):
        raise GuardFailed(
            action=action, action_vi=wanted.name.vi, action_en=wanted.name.en, why_vi=why.vi, why_en=why.en
        )


def _must_prove_an_end(case: Case, step: Step, proof: str | None) -> None:
    """Requires the receipt code of an applicant who ends the dossier. Raises ReceiptCodeRequired."""
    ends = case.release.states[step.target].final or step.effect in ENDING
    if case.unit.actor.kind == "citizen" and ends and proof != BY_LINK_AND_RECEIPT:
        name = case.release.actions[step.action].name
        raise ReceiptCodeRequired(action_vi=name.vi, action_en=name.en)


def _correct(case: Case, wanted: Action, fields: Mapping[str, Any]) -> Followed:
    """Corrects form values, if the action accepts them. Raises InvalidInput."""
    if wanted.effect not in TAKES_FIELDS:
        raise wrong(
            "fields",
            "thao tác này không nhận nội dung tờ khai; hãy đính chính riêng",
            "this action takes no form values; rectify them by an act of its own",
        )
    if wanted.effect == "answer":
        must_be_asked_fields(case, fields)
    return change_form(case, fields)


def _entry_of(step: Step, verdict: Verdict, wanted: Action, document: DocumentRow | None) -> dict[str, Any]:
    """The data of a step's journal entry."""
    return {
        "action": step.action,
        "effect": step.effect,
        "from": step.source,
        "to": step.target,
        "role": verdict.role,
        "behalf_of": verdict.behalf_of,
        "form": wanted.form,
        "document": document["id"] if document else None,
        **({"sha256": document["sha256"]} if document else {}),
    }


def _of_request(case: Case, step: Step, asks: Asks, proof: str | None) -> dict[str, Any]:
    """What a request names, the papers that are missing then, and how the applicant proved the act.

    Form 02 lists the missing papers, also when it is printed later.
    """
    missing = {"missing": case.missing_documents(case.facts())} if step.effect == "ask" else {}
    named: dict[str, Any] = {"asks": asks.as_data()} if asks else {}
    return missing | named | ({"proof": proof} if proof else {})


def move(case: Case, target: str, action: str | None) -> None:
    """Sets the row to the state ``target``: clock, due moment, acting office and role. Raises OfficeNotDecided.

    The caller records it. ``action`` is None for a recall.
    """

    def total_term() -> Term:
        return case.workflow.total_term(case.facts())

    now = case.unit.now
    changes = timing.after_step(case.row, case.release, target, action, total_term, case.calendar, now, case.reception)
    state = case.release.states[target]
    office = None
    if state.role is not None:
        office = case.row["offices"].get(case.release.roles[state.role].unit)
        if office is None:
            raise OfficeNotDecided(role=state.role)
    case.change(**changes, holder_office=office, holder_role=state.role, holder_id=None, opened_at=None)
    follow_intake(case, case.reception or now)


def _taken_together(case: Case, step: Step, verdict: Verdict) -> tuple[Step, dict[str, Any]]:
    """A joint step stays in its state until enough roles have taken it, and passes to one that has not.

    Also what the journal entry says of it: nothing for any other step. Raises OfficeNotDecided.
    """
    action = case.release.actions[step.action]
    if not action.joint:
        return step, {}
    acted = [*case.acted(step.action), verdict.role or ""]
    joint = {"joint": {"acted": len(acted), "needed": action.joint}}
    if len(acted) >= action.joint:
        return step, joint
    left = still_asked(action, acted).by
    if case.row["holder_role"] not in left:
        office = case.row["offices"].get(case.release.roles[left[0]].unit)
        if office is None:
            raise OfficeNotDecided(role=left[0])
        case.change(holder_office=office, holder_role=left[0], holder_id=None, opened_at=None)
    return replace(step, target=step.source), joint


def _enter(case: Case, step: Step) -> None:
    """Moves the dossier by the step; whoever should hold it then does. Raises OfficeNotDecided."""
    if case.release.actions[step.action].joint and step.source == step.target:
        return
    holder = next_holder(case, step)
    move(case, step.target, step.action)
    keep_hold(case, holder)


def _exists_here(case: Case, action: str) -> None:
    """Checks the action before roles and fields are checked. Raises UnknownAction, ActionNotInState."""
    wanted = case.release.actions.get(action)
    if wanted is None or case.row["state"] not in wanted.sources:
        case.workflow.advance(case.row["state"], action, case.facts())


def _events(step: Step, joint: Mapping[str, Any]) -> list[tuple[str, str | None]]:
    if joint and step.source == step.target:
        return []  # the action is done when its last role has taken it
    entered = [("entered", step.target)] if step.source != step.target else []
    return [("action", step.action), *entered]


def _forbidden(verdict: Verdict) -> Forbidden:
    why = verdict.why
    return Forbidden(why_vi=why.vi if why else "", why_en=why.en if why else "")


def _attached(case: Case, action: str) -> DocumentRow | None:
    """The document that the action takes, None where it takes none. Raises DocumentRequired."""
    wanted = case.release.actions[action]
    if wanted.attach is None:
        return None
    found = attached(case, action, wanted.attach)
    if found is None:
        name = case.release.documents[wanted.attach].name
        raise DocumentRequired(
            document_vi=name.vi, document_en=name.en, action_vi=wanted.name.vi, action_en=wanted.name.en
        )
    return found


def _give_to(case: Case, person: int) -> None:
    """Gives the dossier to one person of the office that must act next. Raises InvalidInput."""
    office, role = case.row["holder_office"], case.row["holder_role"]
    if office is None or role is None or person not in role_members(case.unit.reader(), office, role, case.today):
        raise wrong(
            "assignee",
            "không giữ vai trò xử lý tiếp theo tại cơ quan đó",
            "not a member of the office that acts next, in its role",
        )
    case.change(holder_id=person)
    tell_hands(case, case.before["version"] + 1, given=person, act="assignee")
