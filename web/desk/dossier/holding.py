"""Doors to the acts on who holds a dossier: claim, give back, free, assign, recall, transfer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.acts import hold
from engine.acts.free_claim import free_claim
from engine.acts.recall import recall
from engine.acts.transfer import transfer
from engine.dossier.case import Case
from engine.queries.colleagues import in_role
from engine.text import Text
from server.values import KEY, CodeInBrackets, Line, Prose, WholeInQuery, Word
from web.desk.dossier.doors import Door, DoorForm, Input, reason
from web.desk.dossier.offices import office_input

_WHY = Text("Lý do", "Reason")


class _Why(DoorForm):
    reason = Prose(load_default=None)


class _WhyNeeded(DoorForm):
    reason = Prose(required=True)


class _Assign(_Why):
    person = WholeInQuery(1, required=True)


class _Transfer(_WhyNeeded):
    office = CodeInBrackets(required=True)
    legal = Line(200, load_default=None)
    routed = Word(KEY, load_default="handler")


def _nothing(case: Case, path: Mapping[str, Any]) -> tuple[Input, ...]:
    return ()


def _colleagues(case: Case, path: Mapping[str, Any]) -> tuple[Input, ...]:
    found = in_role(case.unit, case.row["holder_office"], case.row["holder_role"])
    people = tuple((str(one.id), one.name) for one in found if one.id != case.row["holder_id"])
    return (
        Input(name="person", label=Text("Giao cho", "Assign to"), kind="choice", required=True, options=people),
        reason(_WHY, required=False),
    )


def _transfer(case: Case, path: Mapping[str, Any]) -> tuple[Input, ...]:
    keys = [one for one in case.release.routing if one != "intake"]
    parts = tuple((key, _part(case, key)) for key in keys)
    here = case.release.roles.get(case.row["holder_role"] or "")
    chosen = (here.unit,) if here and here.unit in keys else tuple(keys[:1])
    which = Input(
        name="routed", label=Text("Phần việc được chuyển", "The part that passes on"), kind="choice", options=parts
    )
    legal = Text(
        "Chỉ cần khi chuyển tới cơ quan mà quy tắc không giao; khi đó chỉ lãnh đạo được chuyển.",
        "Needed only where the rules do not give the office this part; then only a leader may pass it on.",
    )
    return (
        office_input(case, Text("Cơ quan nhận", "Receiving office")),
        Input(name=which.name, label=which.label, kind="choice", options=parts, chosen=chosen),
        reason(Text("Lý do chuyển", "Why it passes on")),
        Input(name="legal", label=Text("Căn cứ pháp lý", "Legal ground"), hint=legal),
    )


def _part(case: Case, key: str) -> Text:
    """The routing key in words: the roles there, and the office that has the part now."""
    roles = [role.name for role in case.release.roles.values() if role.unit == key]
    known = case.unit.catalogue.offices.get(case.row["offices"].get(key) or "")
    vi, en = ", ".join(one.vi for one in roles) or key, ", ".join(one.en for one in roles) or key
    return Text(f"{vi} – {known.name.vi}", f"{en} – {known.name.en}") if known else Text(vi, en)


HOLDING = (
    Door(
        name="claim",
        noun="assignment/claim",
        title=Text("Nhận xử lý", "Claim"),
        sign="hand",
        guard="claim",
        schema=DoorForm,
        inputs=_nothing,
        doing=lambda unit, to: hold.claim(unit, to.code, to.version),
        done=Text("Anh/chị đã nhận xử lý hồ sơ.", "You have claimed the dossier."),
        quick=True,
    ),
    Door(
        name="assign",
        noun="assignment",
        title=Text("Giao người khác", "Assign to a colleague"),
        sign="users",
        guard="assign",
        schema=_Assign,
        inputs=_colleagues,
        doing=lambda unit, to: hold.assign(unit, to.code, to.form["person"], to.version, to.form["reason"]),
        done=Text("Đã giao hồ sơ.", "The dossier is assigned."),
    ),
    Door(
        name="give-back",
        noun="assignment/removal",
        title=Text("Trả lại hàng đợi", "Give back to the queue"),
        sign="undo",
        guard="release_claim",
        schema=_Why,
        inputs=_nothing,
        doing=lambda unit, to: hold.release_claim(unit, to.code, to.version, to.form["reason"]),
        done=Text("Đã trả hồ sơ lại hàng đợi.", "The dossier is back in the queue."),
        quick=True,
    ),
    Door(
        name="free-claim",
        noun="freed-claims",
        title=Text("Gỡ việc nhận của người vắng mặt", "Free an absent colleague's claim"),
        sign="users",
        guard="free_claim",
        schema=_WhyNeeded,
        inputs=lambda case, path: (reason(_WHY),),
        doing=lambda unit, to: free_claim(unit, to.code, to.form["reason"], to.version),
        done=Text("Đã gỡ; hồ sơ trở lại hàng đợi.", "Freed; the dossier is back in the queue."),
        hint=Text(
            "Người đang giữ được báo. Lãnh đạo gỡ được ngay; đồng nghiệp chờ một khoảng sau thao tác cuối.",
            "The holder is told. A leader may do so at once; a colleague some time after the holder's last act.",
        ),
    ),
    Door(
        name="recall",
        noun="recalls",
        title=Text("Thu hồi bước vừa làm", "Recall the last step"),
        sign="undo",
        guard="recall",
        schema=_WhyNeeded,
        inputs=lambda case, path: (reason(_WHY),),
        doing=lambda unit, to: recall(unit, to.code, to.version, to.form["reason"]),
        done=Text("Đã thu hồi; hồ sơ trở về bước trước.", "Recalled; the dossier is back at the step before."),
        hint=Text(
            "Thu hồi được cho đến khi người nhận mở hồ sơ. Thời gian đã qua vẫn tính.",
            "Possible until the next holder opens the dossier. The time in between counts.",
        ),
    ),
    Door(
        name="transfer",
        noun="transfers",
        title=Text("Chuyển cơ quan", "Transfer to another office"),
        sign="office",
        guard="transfer",
        schema=_Transfer,
        inputs=_transfer,
        doing=lambda unit, to: transfer(
            unit,
            to.code,
            to.form["office"],
            to.form["reason"],
            to.form["legal"],
            to.form["routed"],
            to.version,
        ),
        done=Text("Đã chuyển hồ sơ sang cơ quan khác.", "The dossier has passed to the other office."),
        hint=Text(
            "Trạng thái, mã và thời hạn giữ nguyên. Người nộp được báo.",
            "State, code and time limit stay. The applicant is told.",
        ),
    ),
)
