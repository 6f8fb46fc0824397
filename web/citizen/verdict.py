"""The first answer on the page of a dossier: where it stands, until when, and what the applicant must do, in words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from engine.clock import civil_day
from engine.queries.citizen_page import CitizenPage
from engine.rules.deadlines.words import moment_in_words
from engine.rules.procedure.portal_status import PortalStatus
from engine.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """``kind`` and ``sign`` are those of the component. ``struck`` is an appointment that no longer holds."""

    kind: str
    sign: str
    title: Text
    when: Text | None = None
    struck: dt.datetime | None = None
    say: tuple[Text, ...] = ()


def verdict_of(page: CitizenPage) -> Verdict:
    """The verdict on a dossier at the moment of the page."""
    status = page.status.state.status
    if status in (PortalStatus.READY, PortalStatus.RETURNED):
        return _with_result(page, status)
    if status in _OVER:
        return _over(page, status)
    if status is PortalStatus.REGISTERED:
        return _filed(page)
    if status is PortalStatus.OBLIGATION:
        return _obligation(page)
    if status is PortalStatus.SUPPLEMENT:
        return _supplement(page)
    return _running(page)


def _running(page: CitizenPage) -> Verdict:
    known = page.status
    if known.clock == "paused":
        return Verdict(kind="wait", sign="pause", title=_PAUSED, when=_since(page.paused_since), say=(_PAUSED_WHY,))
    due, before = known.due_at, page.due_before
    if known.overdue:
        return Verdict(kind="late", sign="late", title=_SORRY, when=_MISSED, struck=due, say=(_NO_MONEY,))
    if before is not None and due is not None and due > before:
        if page.now > before:
            return Verdict(kind="late", sign="late", title=_SORRY, when=_anew(due), struck=before, say=(_NO_MONEY,))
        return Verdict(kind="soon", sign="calendar", title=_MOVED, when=_anew(due), struck=before, say=(_PARDON,))
    title = _RECEIVED if known.state.status is PortalStatus.RECEIVED else _ON_TRACK
    return Verdict(kind="good", sign="ok", title=title, when=_by(due))


def _filed(page: CitizenPage) -> Verdict:
    if page.intake_due_at is None:
        return Verdict(kind="wait", sign="clock", title=_FILED)
    if page.intake_due_at < page.now:
        return Verdict(kind="late", sign="late", title=_FILED_LATE, struck=page.intake_due_at, say=(_NO_MONEY,))
    words = moment_in_words(page.intake_due_at)
    when = Text(f"Trung tâm trả lời trước {words.vi}", f"The centre answers by {words.en}")
    return Verdict(kind="wait", sign="clock", title=_FILED, when=when)


def _supplement(page: CitizenPage) -> Verdict:
    known = page.status
    papers, fields = len(known.asked_documents), len(known.asked_fields)
    vi = [f"bổ\xa0sung {papers}\xa0giấy\xa0tờ"] * bool(papers) + [f"sửa {fields}\xa0mục"] * bool(fields)
    en = [f"send {papers} paper{'s' * (papers > 1)}"] * bool(papers)
    en += [f"correct {fields} item{'s' * (fields > 1)}"] * bool(fields)
    title = Text(f"Cần bạn {' và '.join(vi) or _ADD.vi}", f"Please {' and '.join(en) or _ADD.en}")
    say = (_waits(page), *[_PAUSED_FOR_YOU] * (known.clock == "paused"))
    return Verdict(kind="soon", sign="alert", title=title, when=_until(known.stops_at), say=say)


def _obligation(page: CitizenPage) -> Verdict:
    say = (_waits(page), *[_PAUSED_FOR_YOU] * (page.status.clock == "paused"))
    return Verdict(kind="soon", sign="money", title=_TO_PAY, when=_until(page.status.stops_at), say=say)


def _waits(page: CitizenPage) -> Text:
    name = page.holder.name
    return Text(f"{name.vi} đang chờ bạn.", f"{name.en} waits for you.")


def _over(page: CitizenPage, status: PortalStatus) -> Verdict:
    title, sign = _OVER[status]
    words = moment_in_words(page.finished_at) if page.finished_at else None
    when = Text(f"Lúc {words.vi}", f"At {words.en}") if words else None
    return Verdict(kind="plain", sign=sign, title=title, when=when)


def _with_result(page: CitizenPage, status: PortalStatus) -> Verdict:
    known, done = page.status, page.finished_at
    due = known.due_at or known.promised_at
    late = done is not None and due is not None and done > due
    how = _how(civil_day(done), civil_day(due), late) if done and due else Text("", "")
    ready = status is PortalStatus.READY
    word = Text("Đã có kết\xa0quả", "The result is ready") if ready else Text("Đã trả kết\xa0quả", "Result returned")
    moment = done if ready else page.returned_at
    words = moment_in_words(moment) if moment else None
    when = None
    if words:
        when = Text(f"Có từ {words.vi}", f"Since {words.en}") if ready else Text(f"Lúc {words.vi}", f"At {words.en}")
    say = (_LATE_RESULT,) if late else ()
    return Verdict(kind="good", sign="ok", title=Text(word.vi + how.vi, word.en + how.en), when=when, say=say)


def _how(done: dt.date, due: dt.date, late: bool) -> Text:
    days = abs((due - done).days)
    if days == 0:
        return Text(", trễ hẹn", ", late") if late else Text(", đúng hẹn", ", on time")
    plural = "" if days == 1 else "s"
    if late:
        return Text(f", trễ {days}\xa0ngày", f", {days} day{plural} late")
    return Text(f", sớm {days}\xa0ngày", f", {days} day{plural} early")


def _by(due: dt.datetime | None) -> Text | None:
    if due is None:
        return None
    words = moment_in_words(due)
    return Text(f"Hẹn trả {words.vi}", f"Ready by {words.en}")


def _anew(due: dt.datetime) -> Text:
    words = moment_in_words(due)
    return Text(f"Hẹn lại {words.vi}", f"New appointment {words.en}")


def _until(stops: dt.datetime | None) -> Text | None:
    if stops is None:
        return None
    words = moment_in_words(stops)
    return Text(f"Gửi trước {words.vi}", f"Before {words.en}")


def _since(moment: dt.datetime | None) -> Text | None:
    if moment is None:
        return None
    words = moment_in_words(moment)
    return Text(f"Từ {words.vi}", f"Since {words.en}")


_ADD = Text("bổ\xa0sung hồ\xa0sơ", "add to the dossier")
_ON_TRACK = Text("Đang giải\xa0quyết, đúng tiến\xa0độ", "In process, on track")
_RECEIVED = Text("Đã tiếp\xa0nhận, đúng tiến\xa0độ", "Received, on track")
_FILED = Text("Đã gửi, đang chờ tiếp\xa0nhận", "Sent, waiting to be received")
_FILED_LATE = Text("Chúng tôi xin\xa0lỗi: chưa kịp tiếp\xa0nhận", "We are sorry: it should have been received")
_SORRY = Text("Chúng tôi xin\xa0lỗi: hồ\xa0sơ bị trễ", "We are sorry: your dossier is late")
_MOVED = Text("Đang giải\xa0quyết, đã hẹn lại", "In process, with a new appointment")
_PAUSED = Text("Đang giải\xa0quyết, thời\xa0hạn tạm dừng", "In process, the clock is paused")
_TO_PAY = Text("Cần bạn nộp phí, lệ\xa0phí", "Please pay the fee")
_MISSED = Text(
    "Chưa có ngày hẹn mới; chúng tôi sẽ báo bạn ngay khi có", "There is no new day yet; you are told once there is"
)
_NO_MONEY = Text("Bạn không phải nộp thêm tiền vì việc này.", "It costs you nothing more.")
_PARDON = Text("Chúng tôi xin lỗi vì phải dời ngày hẹn.", "We are sorry that the appointment was moved.")
_PAUSED_WHY = Text("Thời hạn tính tiếp khi bước này xong.", "The time limit goes on once this step is over.")
_PAUSED_FOR_YOU = Text(
    "Thời hạn giải quyết tạm dừng và tính tiếp ngay khi bạn gửi đủ.",
    "The time limit is paused, and goes on as soon as everything is sent.",
)
_LATE_RESULT = Text("Chúng tôi xin lỗi vì đã trả trễ hẹn.", "We are sorry that it came late.")
_OVER = {
    PortalStatus.REFUSED: (Text("Hồ\xa0sơ không được tiếp\xa0nhận", "The dossier was not accepted"), "no"),
    PortalStatus.WITHDRAWN: (Text("Bạn đã rút hồ\xa0sơ này", "You have withdrawn this dossier"), "undo"),
    PortalStatus.STOPPED: (Text("Hồ\xa0sơ đã dừng giải\xa0quyết", "The dossier was stopped"), "no"),
}
