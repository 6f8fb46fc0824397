"""Doors to the acts that add words to a dossier: note, link, question to another office, extension."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate

from engine.acts.add_note import add_note
from engine.acts.extend_deadline import extend_deadline
from engine.acts.link_dossiers import KINDS, link_dossiers
from engine.acts.messages import read_messages, write_message
from engine.acts.verification import answer_verification, ask_verification
from engine.dossier.case import Case
from engine.queries.dossier import papers_of
from engine.queries.verifications import VerificationView, verifications
from engine.rules.procedure.definition import Term
from engine.text import Text
from server.values import CODE, CodeInBrackets, Prose, WholeInQuery, Word, YesNoInQuery
from web.desk.dossier.doors import Door, DoorForm, Input, Option, reason
from web.desk.dossier.offices import office_input

UNITS: tuple[tuple[str, Text], ...] = (
    ("working_day", Text("ngày làm việc", "working days")),
    ("working_hour", Text("giờ làm việc", "working hours")),
    ("calendar_day", Text("ngày, tính cả ngày nghỉ", "calendar days")),
)
LINK_KINDS: tuple[tuple[str, Text], ...] = (
    ("related", Text("liên quan", "related")),
    ("replaces", Text("thay thế", "replaces")),
    ("same_parcel", Text("cùng thửa đất", "same parcel")),
    ("complaint_about", Text("khiếu nại về", "complaint about")),
)


class _Note(DoorForm):
    text = Prose(required=True)


class _Link(DoorForm):
    dossier = Word(CODE, required=True)
    kind = fields.String(validate=validate.OneOf(KINDS), load_default="related")


class _Ask(DoorForm):
    office = CodeInBrackets(required=True)
    question = Prose(required=True)
    documents = fields.List(WholeInQuery(1), load_default=list, validate=validate.Length(0, 100))


class _Answer(DoorForm):
    confirmed = YesNoInQuery(required=True)
    answer = Prose(required=True)


class _Extend(DoorForm):
    amount = WholeInQuery(1, 366, required=True)
    unit = fields.String(validate=validate.OneOf([one for one, _ in UNITS]), load_default="working_day")
    reason = Prose(required=True)


def _ask(case: Case, path: Mapping[str, Any]) -> tuple[Input, ...]:
    papers: tuple[Option, ...] = tuple((str(one.id), one.name) for one in papers_of(case))
    return (
        office_input(case, Text("Cơ quan được hỏi", "Office that is asked")),
        Input(name="question", label=Text("Nội dung cần xác minh", "What to verify"), kind="prose", required=True),
        Input(
            name="documents",
            label=Text("Giấy tờ gửi kèm", "Papers that go with it"),
            kind="checks",
            options=papers,
            hint=Text("cơ quan đó chỉ xem được câu hỏi và các giấy tờ này", "they see the question and these only"),
        ),
    )


def _answer(case: Case, path: Mapping[str, Any]) -> tuple[Input, ...]:
    yes_no = (("true", Text("Xác nhận đúng", "Confirmed")), ("false", Text("Không xác nhận", "Not confirmed")))
    return (
        Input(name="confirmed", label=Text("Kết quả xác minh", "Result"), kind="choice", required=True, options=yes_no),
        Input(name="answer", label=Text("Nội dung trả lời", "Answer"), kind="prose", required=True),
    )


def question(case: Case, number: int) -> VerificationView | None:
    """A question about the dossier that the person may see, by its number."""
    return next((one for one in verifications(case.unit, case) if one.id == number), None)


def may_answer(case: Case, one: VerificationView) -> bool:
    """Whether the question waits for an answer of one of the person's offices."""
    actor = case.unit.actor
    return one.answered_at is None and actor.kind == "staff" and one.office in actor.acting_offices(case.today)


def _why_no_answer(case: Case, path: Mapping[str, Any]) -> Text | None:
    found = question(case, path["number"])
    if found is not None and may_answer(case, found):
        return None
    return Text("chỉ cán bộ của cơ quan được hỏi, khi chưa trả lời", "only the office that was asked, and only once")


def _extend(case: Case, path: Mapping[str, Any]) -> tuple[Input, ...]:
    return (
        Input(name="amount", label=Text("Thêm bao nhiêu", "How much more"), kind="amount", required=True),
        Input(name="unit", label=Text("Đơn vị", "Unit"), kind="choice", options=UNITS, chosen=("working_day",)),
        reason(
            Text("Lý do", "Reason"),
            hint=Text("người nộp đọc được trong thư xin lỗi (Mẫu 04)", "the applicant reads it in the apology"),
        ),
    )


WORDS = (
    Door(
        name="note",
        noun="notes",
        title=Text("Ghi chú", "Note"),
        sign="note",
        guard="add_note",
        schema=_Note,
        inputs=lambda case, path: (Input(name="text", label=Text("Ghi chú", "Note"), kind="prose", required=True),),
        doing=lambda unit, to: add_note(unit, to.code, to.form["text"]),
        done=Text("Đã ghi chú.", "The note is written."),
        hint=Text("Người nộp không thấy ghi chú.", "The applicant does not see notes."),
        loose=True,
    ),
    Door(
        name="message",
        noun="messages",
        title=Text("Nhắn cho người nộp", "Message to the applicant"),
        sign="mail",
        guard="add_note",
        schema=_Note,
        inputs=lambda case, path: (Input(name="text", label=Text("Tin nhắn", "Message"), kind="prose", required=True),),
        doing=lambda unit, to: write_message(unit, to.code, to.form["text"]),
        done=Text("Đã nhắn; người nộp được báo.", "Sent; the applicant is told."),
        hint=Text(
            "Người nộp đọc và trả lời trên trang của hồ sơ. Tin nhắn không thay yêu cầu bổ sung.",
            "The applicant reads and answers on the dossier's page. A message is no request for a supplement.",
        ),
        loose=True,
    ),
    Door(
        name="message-read",
        noun="messages/read",
        title=Text("Đánh dấu đã đọc tin nhắn", "Mark the messages as read"),
        sign="check",
        guard="add_note",
        schema=DoorForm,
        inputs=lambda case, path: (),
        doing=lambda unit, to: read_messages(unit, to.code),
        done=Text("Đã đánh dấu là đã đọc.", "Marked as read."),
        loose=True,
        menu=False,
    ),
    Door(
        name="ask",
        noun="verifications",
        title=Text("Hỏi cơ quan khác", "Ask another office"),
        sign="help",
        guard="ask_verification",
        schema=_Ask,
        inputs=_ask,
        doing=lambda unit, to: ask_verification(
            unit, to.code, to.form["office"], to.form["question"], to.version, to.form["documents"]
        )[0],
        done=Text("Đã gửi câu hỏi xác minh.", "The question is sent."),
        hint=Text("Thời hạn của hồ sơ vẫn chạy. Hạn trả lời: 3 ngày làm việc.", "The clock runs on. Answer: 3 days."),
    ),
    Door(
        name="answer",
        noun="verifications/<int:number>",
        tail="/<int:number>",
        title=Text("Trả lời xác minh", "Answer the question"),
        sign="send",
        guard=None,
        why=_why_no_answer,
        schema=_Answer,
        inputs=_answer,
        doing=lambda unit, to: answer_verification(
            unit, to.code, to.path["number"], to.form["confirmed"] == "true", to.form["answer"], to.version
        ),
        done=Text("Đã trả lời; cơ quan hỏi được báo.", "Answered; the office that asked is told."),
        menu=False,
        asked=True,
    ),
    Door(
        name="extend",
        noun="extensions",
        title=Text("Gia hạn, hẹn lại (Mẫu 04)", "New appointment with apology (Form 04)"),
        sign="calendar",
        guard="extend_deadline",
        schema=_Extend,
        inputs=_extend,
        doing=lambda unit, to: extend_deadline(
            unit, to.code, Term(to.form["amount"], to.form["unit"]), to.form["reason"], to.version
        ),
        done=Text("Đã hẹn lại; thư xin lỗi gửi người nộp.", "A new appointment is made; the apology is sent."),
        hint=Text("Người nộp được xin lỗi và báo ngày hẹn mới.", "The applicant gets an apology and the new date."),
    ),
    Door(
        name="link",
        noun="links",
        title=Text("Liên kết hồ sơ", "Link with another dossier"),
        sign="link",
        guard="link",
        schema=_Link,
        inputs=lambda case, path: (
            Input(name="dossier", label=Text("Mã hồ sơ kia", "Code of the other dossier"), required=True),
            Input(name="kind", label=Text("Quan hệ", "Relation"), kind="choice", options=LINK_KINDS),
        ),
        doing=lambda unit, to: link_dossiers(unit, to.code, to.form["dossier"], to.form["kind"], to.version),
        done=Text("Đã liên kết hai hồ sơ.", "The two dossiers are linked."),
    ),
)
