"""Doors to the acts on those beside the applicant: representatives, co-applicants, who collects the result."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate

from engine.acts.parties import NAMED, add_party, end_party, hand_over
from engine.dossier.case import Case
from engine.queries.dossier import papers_of
from engine.queries.parties import parties_view
from engine.text import Text
from server.values import Line, Prose, WholeInQuery
from web.desk.dossier.doors import Door, DoorForm, Input, Option, reason
from web.desk.dossier.person_inputs import PERSON

PARTY_KINDS: Mapping[str, Text] = {
    "representative": Text("người đại diện", "representative"),
    "co_applicant": Text("người cùng nộp", "co-applicant"),
    "collector": Text("người nhận kết quả", "collector"),
    "post": Text("gửi bưu chính", "sent by post"),
}
_BESIDE = tuple(one for one in PERSON if one[0] not in ("email", "commune"))


class _Party(DoorForm):
    kind = fields.String(required=True, validate=validate.OneOf(NAMED))
    name = Line(200, load_default=None)
    identity_number = Line(40, load_default=None)
    phone = Line(40, load_default=None)
    address = Line(500, load_default=None)
    authority = Line(300, load_default=None)
    document = WholeInQuery(1, load_default=None)


class _HandOver(_Party):
    kind = fields.String(load_default=None)
    tracking = Line(60, load_default=None)


class _WhyNeeded(DoorForm):
    reason = Prose(required=True)


def _papers(case: Case) -> Input:
    options: tuple[Option, ...] = tuple((str(one.id), one.name) for one in papers_of(case))
    none: Option = ("", Text("không", "none"))
    return Input(
        name="document", label=Text("Giấy tờ kèm theo", "Paper that shows it"), kind="choice", options=(none, *options)
    )


def _party(case: Case, path: Mapping[str, Any]) -> tuple[Input, ...]:
    kinds = tuple((one, PARTY_KINDS[one]) for one in NAMED)
    return (
        Input(name="kind", label=Text("Là", "As"), kind="choice", required=True, options=kinds),
        *(Input(name=name, label=label) for name, label in _BESIDE),
        Input(name="authority", label=Text("Căn cứ đại diện", "Authority")),
        _papers(case),
    )


def _hand_over(case: Case, path: Mapping[str, Any]) -> tuple[Input, ...]:
    by_post = Text("khi gửi bưu chính; để trống khi có người đến nhận", "for the post; empty when somebody collects")
    return (
        *(Input(name=name, label=label) for name, label in _BESIDE),
        Input(name="authority", label=Text("Giấy ủy quyền", "Authority")),
        _papers(case),
        Input(name="tracking", label=Text("Số vận đơn", "Tracking number"), hint=by_post),
    )


def _end_party(case: Case, path: Mapping[str, Any]) -> tuple[Input, ...]:
    found = next((one for one in parties_view(case) if one.id == path["number"]), None)
    name = (found.name or "") if found else ""
    return (Input(name="about", label=name or "–", kind="heading"), reason(Text("Lý do thôi", "Why it ends")))


PARTIES = (
    Door(
        name="party",
        noun="parties",
        title=Text("Thêm người đại diện, người cùng nộp", "Name a representative or co-applicant"),
        sign="users",
        guard="add_party",
        schema=_Party,
        inputs=_party,
        doing=lambda unit, to: add_party(unit, to.code, to.form["kind"], to.form, to.version)[0],
        done=Text("Đã ghi người này vào hồ sơ.", "The person is named."),
    ),
    Door(
        name="end-party",
        noun="parties/<int:number>/removal",
        tail="/<int:number>",
        title=Text("Thôi người đại diện, người cùng nộp", "End a representative or co-applicant"),
        sign="x",
        guard="end_party",
        schema=_WhyNeeded,
        inputs=_end_party,
        doing=lambda unit, to: end_party(unit, to.code, to.path["number"], to.form["reason"], to.version),
        done=Text("Đã ghi thôi.", "Recorded."),
        menu=False,
    ),
    Door(
        name="hand-over",
        noun="handovers",
        title=Text("Ghi người nhận kết quả", "Record who collects the result"),
        sign="hand",
        guard="hand_over",
        schema=_HandOver,
        inputs=_hand_over,
        doing=lambda unit, to: hand_over(unit, to.code, to.form, to.version),
        done=Text("Đã ghi người nhận kết quả.", "It is recorded who got the result."),
    ),
)
