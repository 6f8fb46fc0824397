"""The door to the steps of a procedure: one form for every action of a workflow file, made from what it takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request
from marshmallow import INCLUDE, fields, validate

from engine.acts.perform_action import perform_action
from engine.acts.settle_children import CHOICES
from engine.dossier.asks import Asks
from engine.dossier.case import Case, read_case
from engine.queries.colleagues import in_role
from engine.queries.dossier import Offer, missing_of, offers_of, papers_of
from engine.queries.next_hands import next_hands
from engine.rules.masking import masked_form
from engine.rules.procedure.portal_status import PortalStatus
from engine.rules.procedure.signatures import is_signature
from engine.text import Text
from engine.transaction import UnitOfWork
from server.identity import reading
from server.values import KEY, LocalMoment, Prose, WholeInQuery, Word
from web.desk.dossier.doors import Doing, Door, DoorForm, Input, Option, reason
from web.desk.dossier.ends import children_input
from web.desk.dossier.values import read_values, value_inputs

_TAKES_VALUES = ("receive", "answer")
_ENDS = (PortalStatus.REFUSED, PortalStatus.WITHDRAWN, PortalStatus.STOPPED)


class _Step(DoorForm):
    """The form of a step. Values of fields are named ``fields.<key>`` and read by the release."""

    class Meta:
        unknown = INCLUDE

    action = Word(KEY, required=True)
    reason = Prose(load_default=None)
    note = Prose(load_default=None)
    assignee = WholeInQuery(1, load_default=None)
    received_at = LocalMoment(load_default=None)
    received_reason = Prose(load_default=None)
    ask_documents = fields.List(Word(KEY), load_default=list, validate=validate.Length(0, 100))
    ask_fields = fields.List(Word(KEY), load_default=list, validate=validate.Length(0, 100))
    children = fields.String(load_default=None, validate=validate.OneOf(CHOICES))


def offer_of(case: Case, action: str) -> Offer | None:
    """The action of the release, with whether this person may take it now."""
    return next((one for one in offers_of(case) if one.action == action), None)


def title_of(door: Door, case: Case, path: Mapping[str, Any]) -> Text:
    """What the door does, in words: of a step the name of its action."""
    offer = offer_of(case, path["action"]) if door.noun == "actions" and "action" in path else None
    return offer.name if offer is not None else door.title


def signs(code: str) -> bool:
    """Whether the step that the posted form asks for is a signature, wherever the form stands. Raises NotFound."""
    with reading() as unit:
        wanted = read_case(unit, code, asked=True).release.actions.get(request.form.get("action", "").strip())
    return wanted is not None and is_signature(wanted)


def needs_form(case: Case, offer: Offer) -> bool:
    """Whether the action cannot be taken by one press: something must be filled in, or it ends the dossier."""
    wanted = case.release.actions[offer.action]
    after = next_hands(case, offer.action)
    ends = after is not None and after.final and wanted.effect != "return"
    return offer.needs.reason or offer.needs.signature or wanted.effect in ("ask", "withdraw", "stop") or ends


def _inputs(case: Case, path: Mapping[str, Any]) -> tuple[Input, ...]:
    offer = offer_of(case, path["action"])
    if offer is None:
        return ()
    wanted = case.release.actions[offer.action]
    found: list[Input] = [Input(name="action", label="", kind="hidden", value=offer.action)]
    if wanted.effect == "ask":
        found += _asked(case)
    found.append(reason(Text("Lý do, nội dung", "Reason"), required=offer.needs.reason))
    found += _receivers(case, offer.action)
    found += _ends(case, offer.action)
    if wanted.effect in _TAKES_VALUES:
        found += _values(case)
    if wanted.effect == "receive" and case.row["received_at"] is None:
        found += _entered_later()
    note = Text("chỉ đồng nghiệp thấy", "colleagues only")
    return (*found, Input(name="note", label=Text("Ghi chú nội bộ", "Internal note"), kind="prose", hint=note))


def _asked(case: Case) -> list[Input]:
    """The typed request: papers to bring, first those that are missing or were rejected; fields to correct."""
    results, release = case.workflow.results.bringing, case.release
    papers: tuple[Option, ...] = tuple((key, one.name) for key, one in release.documents.items() if key not in results)
    values: tuple[Option, ...] = tuple((key, one.name) for key, one in release.fields.items() if one.type != "file")
    rejected = {one.key for one in papers_of(case) if one.accepted is False}
    first = tuple(key for key, _ in papers if key in rejected or key in missing_of(case))
    bring = Text("chọn hết một lần: mỗi lần yêu cầu là một lần người dân phải đi lại", "ask once for everything")
    return [
        Input(
            name="ask_documents",
            label=Text("Giấy tờ phải bổ sung", "Papers to bring"),
            kind="checks",
            options=papers,
            chosen=first,
            hint=bring,
        ),
        Input(
            name="ask_fields", label=Text("Mục tờ khai phải sửa", "Fields to correct"), kind="checks", options=values
        ),
    ]


def _receivers(case: Case, action: str) -> list[Input]:
    """The choice of the person who gets the dossier: by rule nobody, so that whoever in the role is free takes it."""
    after = next_hands(case, action)
    if after is None or after.role is None or (after.same and after.role == case.row["holder_role"]):
        return []
    people = in_role(case.unit, after.office, after.role)
    by_rule: Option = ("", Text("theo quy tắc", "by the rule"))
    options: tuple[Option, ...] = (by_rule, *((str(one.id), one.name) for one in people))
    hint = Text("khi chọn người, ghi lý do ở trên", "when you choose a person, say why above")
    return [Input(name="assignee", label=Text("Người nhận", "Receiver"), kind="choice", options=options, hint=hint)]


def _ends(case: Case, action: str) -> list[Input]:
    after = next_hands(case, action)
    if after is None or case.release.states[after.state].status not in _ENDS:
        return []
    return list(children_input(case))


def _values(case: Case) -> list[Input]:
    shown = masked_form(case.release, case.applicant["form"] or {})
    heading = Text("Sửa tờ khai cùng lúc (không bắt buộc)", "Correct the form with it (optional)")
    return [
        Input(name="of-form", label=heading, kind="heading"),
        *value_inputs(case.release, case.release.fields, shown),
    ]


def _entered_later() -> list[Input]:
    at = Text("giờ:phút nn/tt/nnnn; thời hạn tính từ đó", "hh:mm dd/mm/yyyy; the time limit counts from there")
    heading = Text("Nhập muộn (đã nhận trên giấy trước đó)", "Entered later (received on paper before)")
    return [
        Input(name="late", label=heading, kind="heading"),
        Input(name="received_at", label=Text("Đã tiếp nhận lúc", "Received at"), hint=at),
        Input(name="received_reason", label=Text("Vì sao nhập muộn", "Why it is entered later"), kind="prose"),
    ]


def _why(case: Case, path: Mapping[str, Any]) -> Text | None:
    offer = offer_of(case, path["action"])
    if offer is None:
        return Text("thủ tục không có thao tác này", "the procedure has no such action")
    return None if offer.allowed else offer.why or Text("không làm được lúc này", "not possible now")


def _taken(unit: UnitOfWork, to: Doing) -> Case:
    form = to.form
    values = any(name.startswith("fields.") for name in form)
    return perform_action(
        unit,
        to.code,
        form["action"],
        version=to.version,
        reason=form["reason"],
        note=form["note"],
        fields=(read_values(read_case(unit, to.code).release, form) or None) if values else None,
        assignee=form["assignee"],
        received_at=form["received_at"],
        received_reason=form["received_reason"],
        asks=Asks(tuple(form["ask_documents"]), tuple(form["ask_fields"])),
        children=form["children"],
    )


STEP = Door(
    name="step",
    noun="actions",
    tail="/<action>",
    title=Text("Bước xử lý", "Step"),
    sign="right",
    guard=None,
    why=_why,
    schema=_Step,
    inputs=_inputs,
    doing=_taken,
    done=Text("Đã ghi bước xử lý.", "The step is recorded."),
    menu=False,
    step_up=signs,
)
