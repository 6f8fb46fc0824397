"""Doors to the acts on the applicant: correct data, an heir who goes on, a new link."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import INCLUDE

from engine.acts.rectify import rectify
from engine.acts.renew_link import renew_link
from engine.acts.succeed_applicant import succeed_applicant
from engine.dossier.case import Case, read_case
from engine.rules.masking import masked_form
from engine.text import Text
from engine.transaction import UnitOfWork
from server.values import Line, Prose, WholeInQuery, YesNoInQuery
from web.desk.dossier.doors import Doing, Door, DoorForm, Input, reason
from web.desk.dossier.person_inputs import PERSON
from web.desk.dossier.values import ValuesForm, read_values, value_inputs

_SAME = Text("để trống: giữ nguyên", "left empty: as it is")


class _Rectify(ValuesForm):
    reason = Prose(required=True)
    number = WholeInQuery(1, 1_000_000, load_default=1)


class _WhyNeeded(DoorForm):
    reason = Prose(required=True)


class _Renew(_WhyNeeded):
    tell = YesNoInQuery(load_default="true")


class _Heir(_WhyNeeded):
    proof = Prose(required=True)

    class Meta:
        unknown = INCLUDE


def _of_applicant(form: Mapping[str, Any]) -> dict[str, Any]:
    """The values of the inputs ``applicant.…`` that were filled in, checked as lines."""
    given = {name.removeprefix("applicant."): value for name, value in form.items() if name.startswith("applicant.")}
    known = {name for name, _ in PERSON}
    return {name: Line(500).deserialize(value) for name, value in given.items() if name in known and value}


def _rectify(case: Case, path: Mapping[str, Any]) -> tuple[Input, ...]:
    shown = masked_form(case.release, case.applicant["form"] or {})
    person = tuple(Input(name=f"applicant.{name}", label=label, hint=_SAME) for name, label in PERSON)
    keys = [path["field"]] if path.get("field") in case.release.fields else list(case.release.fields)
    values = value_inputs(case.release, keys, shown)
    parts: tuple[Input, ...] = values
    if len(keys) != 1 or not values:
        of_person = Input(name="of-person", label=Text("Người nộp", "Applicant"), kind="heading")
        of_form = Input(name="of-form", label=Text("Tờ khai", "Form"), kind="heading")
        parts = (of_form, *values, of_person, *person)
    entry = Text(
        "số của dòng nhật ký được đính chính; mặc định 1, lúc nộp", "the entry that is corrected; 1: the filing"
    )
    return (
        *parts,
        Input(name="number", label=Text("Dòng nhật ký", "Journal entry"), kind="amount", hint=entry, value="1"),
        reason(Text("Lý do đính chính", "Why it is corrected")),
    )


def _rectified(unit: UnitOfWork, to: Doing) -> Case:
    return rectify(
        unit,
        to.code,
        to.form["reason"],
        number=to.form["number"],
        applicant=_of_applicant(to.form),
        fields=read_values(read_case(unit, to.code).release, to.form),
        version=to.version,
    )


def _heir(case: Case, path: Mapping[str, Any]) -> tuple[Input, ...]:
    person = tuple(Input(name=f"applicant.{one}", label=label, required=one == "name") for one, label in PERSON)
    proof = Text("giấy chứng tử, giấy tờ thừa kế", "the papers that show death and inheritance")
    return (
        *person,
        Input(name="proof", label=Text("Giấy tờ chứng minh", "Proof"), kind="prose", required=True, hint=proof),
        reason(Text("Lý do", "Reason")),
    )


def _renew(case: Case, path: Mapping[str, Any]) -> tuple[Input, ...]:
    yes_no = (("true", Text("có", "yes")), ("false", Text("không", "no")))
    return (
        Input(
            name="tell",
            label=Text("Gửi đường dẫn cho người nộp", "Send it to the applicant"),
            kind="choice",
            options=yes_no,
        ),
        reason(Text("Lý do cấp lại", "Why a new link is needed")),
    )


RECTIFY = Door(
    name="rectify",
    noun="rectifications",
    title=Text("Đính chính dữ liệu", "Correct data"),
    sign="pen",
    guard="rectify",
    schema=_Rectify,
    inputs=_rectify,
    doing=_rectified,
    done=Text("Đã đính chính; giá trị cũ vẫn ở nhật ký.", "Corrected; the old value stays in the journal."),
)
HEIR = Door(
    name="heir",
    noun="successions",
    title=Text("Người thừa kế tiếp tục hồ sơ", "Let an heir go on"),
    sign="users",
    guard="succeed_applicant",
    schema=_Heir,
    inputs=_heir,
    doing=lambda unit, to: (
        succeed_applicant(unit, to.code, _of_applicant(to.form), to.form["reason"], to.form["proof"], to.version).case
    ),
    done=Text(
        "Người thừa kế tiếp tục hồ sơ. In lại giấy hẹn (Mẫu 01) để giao đường dẫn mới.",
        "The heir goes on. Print the receipt (Form 01) to hand out the new link.",
    ),
)
RENEW_LINK = Door(
    name="renew-link",
    noun="link-renewals",
    title=Text("Cấp lại đường dẫn tra cứu", "Renew the applicant's link"),
    sign="refresh",
    guard="renew_link",
    schema=_Renew,
    inputs=_renew,
    doing=lambda unit, to: renew_link(
        unit, to.code, to.form["reason"], tell=to.form["tell"] == "true", version=to.version
    )[0],
    done=Text(
        "Đã cấp lại; đường dẫn cũ hết hiệu lực. In giấy hẹn (Mẫu 01) để giao đường dẫn mới.",
        "Renewed; the old link is void. Print the receipt (Form 01) to hand out the new one.",
    ),
    hint=Text("Đường dẫn và mã biên nhận cũ hết hiệu lực ngay.", "The old link and receipt code become void at once."),
)
