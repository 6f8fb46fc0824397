"""No notice and no form names an appointment that is past or does not apply, and what was asked and recalled is said.

Every shipped template meets every state, with the clock running, paused, overdue and stopped, at writing and a month
later; every form of a dossier meets the same situations.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from engine.acts.extend_deadline import extend_deadline
from engine.acts.publish import publish_release
from engine.acts.recall import recall
from engine.acts.transfer import transfer
from engine.catalogue import Catalogue
from engine.dossier.case import Case, lock_case
from engine.dossier.notices import clock_notices, notices_of
from engine.dossier.record import record
from engine.forms.data import FormNotDue, form_data
from engine.forms.due import moment_on_paper
from engine.notices.text import Addressee, Occasion, notice_message
from engine.ports import Message
from engine.queries.status import status_of
from engine.rules.deadlines.promise import EndsInThePast
from engine.rules.deadlines.words import moment_in_words
from engine.rules.procedure.definition import APPLICANT, Effective, Notice, Term
from engine.store.outbox import outbox
from engine.transaction import UnitOfWork
from tests.installation.content import shipped
from tests.installation.short_releases import land
from tests.installation.world import PROVINCE, World, moment

TEMPLATES = shipped().templates
LATER = dt.timedelta(days=31)
SITUATIONS = ("running", "paused", "paused_late", "overdue", "stopped")
"""``paused_late``: the due moment had passed before the pause began, so the row still has it."""
UNBOUNDED = ("chuyen-co-quan",)  # names an office, whatever its length
_MOMENT = re.compile(r"(\d\d):(\d\d) (?:[^\d\n]{2,9} )?(\d\d)/(\d\d)/(\d{4})")
MORE = Term(5, "working_day")


@pytest.fixture(autouse=True)
def shipped_templates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Catalogue, "template", lambda self, key: TEMPLATES[key])


def bring_to(case: Case, situation: str, state: str) -> dt.datetime:
    """Sets the columns of time as in this situation; returns the moment that was promised."""
    day = dt.timedelta(days=1)
    now, promised = case.unit.now, case.unit.now + (3 * day if situation in ("running", "paused") else -3 * day)
    clock: Any = {"overdue": "running", "paused_late": "paused"}.get(situation, situation)
    due_at = None if situation == "paused" else promised
    case.change(state=state, portal=int(case.release.states[state].portal), clock=clock, due_at=due_at)
    case.change(promised_at=promised, entered_at=now - day)
    return promised


def said(world: World, row: dict[str, Any], at: dt.datetime, language: str) -> Message:
    occasion = Occasion(row["key"], row["channel"], row["template"], row["data"], "n", "h", "Lý do thử")
    return notice_message(world.runtime, occasion, Addressee("a", "Nguyễn Văn Mẫu", language), at)


def moments_in(text: str) -> Iterator[dt.datetime]:
    for hour, minute, day, month, year in _MOMENT.findall(text):
        yield moment(f"{year}-{month}-{day} {hour}:{minute}")


def in_words(at: dt.datetime) -> set[str]:
    """The moment as notices of each channel and language write it."""
    words, local = moment_in_words(at), at + dt.timedelta(hours=7)
    return {words.vi, words.en, f"{local:%H:%M %d/%m/%Y}"}


def last_said(world: World, code: str, template: str, channel: str = "email") -> str:
    """The newest notice of a template, as the applicant reads it now."""

    def found(unit: UnitOfWork) -> str:
        of_this = select(outbox).where(outbox.c.template == template, outbox.c.channel == channel)
        row = unit.begin().execute(of_this.order_by(outbox.c.id.desc())).mappings().first()
        assert row is not None, f"no {template}"
        message = said(world, dict(row), world.now, "vi")
        return f"{message.subject}\n{message.body}"

    return world.try_act("system", found)


def everything_said(case: Case) -> list[dict[str, Any]]:
    """The rows of every shipped template, and of the notices that no release declares."""
    built_in = [("action", "extend_deadline"), ("action", "transfer"), ("taken_back", case.row["state"])]
    return clock_notices(case, "overdue", None, case.unit.now) + notices_of(case, 9, built_in)


@pytest.mark.parametrize("situation", SITUATIONS)
def test_no_notice_names_an_appointment_that_is_past_or_does_not_apply(world: World, situation: str) -> None:
    everything = tuple(
        Notice("overdue", (APPLICANT, "holder"), ("sms", "email", "inbox"), one) for one in sorted(TEMPLATES)
    )
    release = land(version=2, effective=Effective(dt.date(2026, 3, 2)), notify=everything)
    world.try_act("system", publish_release, release)
    code = world.land_at("checking")
    world.at("2026-03-03 10:00")

    def check(unit: UnitOfWork) -> int:
        case = lock_case(unit, code)
        case.change(extensions=[{"by": {"amount": 5, "unit": "working_day"}, "at": unit.now.isoformat(), "reason": ""}])
        checked, met = 0, set()
        for state in case.release.states:
            promised = bring_to(case, situation, state)
            for row in everything_said(case):
                met.add(row["template"])
                for at in (unit.now, unit.now + LATER):
                    for language in ("vi", "en"):
                        message = said(world, row, at, language)
                        text = f"{message.subject}\n{message.body}"
                        assert "{" not in text and "  " not in text
                        if language == "vi" and row["channel"] == "sms" and row["template"] not in UNBOUNDED:
                            assert len(message.body) <= 160, text
                        assert all(named > at for named in moments_in(text)), text
                        if situation != "running" or at > promised:
                            assert not [words for words in in_words(promised) if words in text], text
                            assert message.data["due"] is None
                        checked += 1
        assert met >= set(TEMPLATES)
        return checked

    assert world.try_act("system", check) > 3000


def test_a_running_appointment_is_named(world: World) -> None:
    code = world.land_at("accepted")
    assert "17:00 thứ Sáu 06/03/2026" in last_said(world, code, "da-tiep-nhan")
    world.at("2026-03-06 17:00")
    assert "Ngày hẹn trả kết quả: đã qua." in last_said(world, code, "da-tiep-nhan")


class TestExtending:
    def test_an_end_that_is_not_after_now_is_refused(self, world: World) -> None:
        code = world.land_at("checking")
        world.at("2026-03-13 17:00")  # five working days after the due moment
        refusal = world.refuse(EndsInThePast, "leader", extend_deadline, code, MORE, "mưa lũ")
        assert (refusal.status, refusal.code) == (409, "extension-ends-in-the-past")
        assert "17:00 thứ Sáu 13/03/2026" in refusal.sentence("vi")
        world.at("2026-03-13 16:59")
        assert world.act("leader", extend_deadline, code, MORE, "mưa lũ").row["due_at"] == moment("2026-03-13 17:00")

    def test_a_dossier_that_was_late_before_its_pause_is_not_given_a_past_day(self, world: World) -> None:
        code = world.land_at("checking")
        world.at("2026-03-16 09:00")
        world.do("specialist", code, "ask", reason="thiếu")
        world.refuse(EndsInThePast, "leader", extend_deadline, code, Term(1, "working_day"), "x")

    def test_in_a_pause_the_time_added_is_told_and_no_day(self, world: World) -> None:
        code = world.land_at("checking")
        world.do("specialist", code, "ask", reason="thiếu")
        world.act("leader", extend_deadline, code, MORE, "mưa lũ", at="2026-03-10 09:00")
        for channel, told in (
            ("email", "+5 ngày làm việc, ngày hẹn báo sau"),
            ("sms", "+5 ngay lam viec, ngay hen bao"),
        ):
            text = last_said(world, code, "gia-han", channel)
            assert told in text
            assert not list(moments_in(text))
        assert printed(world, code, "04")["new_due"] == "+5 ngày làm việc, ngày hẹn báo sau"
        world.do("counter", code, "resubmit", at="2026-03-10 10:00")
        assert printed(world, code, "04")["new_due"] == moment_on_paper(world.row(code)["due_at"])

    def test_a_running_clock_gets_a_new_day(self, world: World) -> None:
        code = world.land_at("checking")
        world.act("leader", extend_deadline, code, MORE, "mưa lũ")
        assert "Hẹn lại: 17:00 thứ Sáu 13/03/2026." in last_said(world, code, "gia-han")


def test_a_transfer_in_a_pause_promises_no_day_and_calls_none_unchanged(world: World) -> None:
    code = world.land_at("checking")
    world.do("specialist", code, "ask", reason="thiếu")
    world.act("leader", transfer, code, PROVINCE, "x", at="2026-03-10 09:00")
    text = last_said(world, code, "chuyen-co-quan")
    assert "Thời hạn đang tạm dừng, ngày hẹn báo sau" in text
    assert not list(moments_in(text))


class TestTakingBack:
    def test_a_recalled_supplement_is_taken_back_with_the_applicant(self, world: World) -> None:
        code = world.land_at("checking")
        world.do("specialist", code, "ask", reason="thiếu")
        world.act("specialist", recall, code)
        assert [one[1:] for one in world.messages(code, "rut-yeu-cau")] == [
            ("applicant", "sms"),
            ("applicant", "email"),
        ]
        text = last_said(world, code, "rut-yeu-cau")
        assert "không phải thực hiện yêu cầu đó" in text
        assert "Ngày hẹn trả: 17:00 thứ Sáu 06/03/2026." in text
        with pytest.raises(FormNotDue):
            printed(world, code, "02")

    def test_any_other_step_that_the_applicant_was_told_of_is_taken_back_too(self, world: World) -> None:
        told = Notice("entered", (APPLICANT,), ("email",), "co-ket-qua", subject="signing")
        release = land(version=2, effective=Effective(dt.date(2026, 3, 2)), notify=(told,))
        world.try_act("system", publish_release, release)
        code = world.land_at("checking")
        world.do("specialist", code, "finish_review")
        world.act("specialist", recall, code, reason="Ký nhầm")
        text = last_said(world, code, "rut-thong-bao")
        assert "Hồ sơ trở lại bước Đang thẩm định." in text
        assert world.messages(code, "rut-yeu-cau") == []

    def test_a_recalled_step_that_nobody_was_told_of_is_not(self, world: World) -> None:
        code = world.land_at("checking")
        before = world.messages(code)
        world.do("specialist", code, "finish_review")
        world.act("specialist", recall, code)
        assert world.messages(code) == before


class TestTheAutomaticStop:
    def test_it_is_told_in_the_notice_on_form_02_and_in_the_status(self, world: World) -> None:
        code = world.land_at("checking")
        world.do("specialist", code, "ask", reason="thiếu")
        stop = world.armed(code)["after", "lapse"]
        assert f"Nếu đến {moment_in_words(stop).vi} vẫn chưa thực hiện, hồ sơ sẽ tự động dừng" in last_said(
            world, code, "can-bo-sung"
        )
        assert f"Qua {stop + dt.timedelta(hours=7):%H:%M %d/%m/%Y} ho so se dung." in last_said(
            world, code, "can-bo-sung", "sms"
        )
        assert printed(world, code, "02")["before"] == moment_on_paper(stop)
        status = world.try_act("system", lambda unit: status_of(lock_case(unit, code)))
        assert status.stops_at == stop

    def test_a_dossier_that_waits_for_nothing_has_none(self, world: World) -> None:
        code = world.land_at("checking")
        assert world.try_act("system", lambda unit: status_of(lock_case(unit, code))).stops_at is None

    def test_every_shipped_stop_that_waits_for_the_applicant_is_told_by_a_template(self) -> None:
        """Each state with a timer that ends the dossier has a notice to the applicant that says when."""
        untold = []
        for release in shipped().releases:
            for key, action in release.actions.items():
                ends = action.after and all(release.states[one.then].portal in (3, 7, 8) for one in action.to)
                for source in action.sources if ends else ():
                    asking = {name for name, one in release.actions.items() if source in {to.then for to in one.to}}
                    told = [one for one in release.notify if APPLICANT in one.to and one.subject in {source, *asking}]
                    if not [one for one in told if "{stops}" in TEMPLATES[one.template]["body"]["vi"]]:
                        untold.append((release.procedure, key))
        assert untold == []


def printed(world: World, code: str, number: str) -> dict[str, Any]:
    return world.try_act("system", lambda unit: form_data(lock_case(unit, code), number))


class TestForms:
    @pytest.mark.parametrize("number", ["01", "02", "03", "04", "05", "06"])
    @pytest.mark.parametrize("situation", SITUATIONS)
    def test_no_form_promises_a_moment_that_is_past_or_does_not_apply(
        self, world: World, number: str, situation: str
    ) -> None:
        code = self.with_every_form(world)

        def check(unit: UnitOfWork) -> None:
            case = lock_case(unit, code)
            for state in case.release.states:
                words = moment_on_paper(bring_to(case, situation, state))
                named = [text for text in texts(form_data(case, number)) if words in text]
                if situation != "running":
                    # The control sheet alone records an appointment of the past, as one of the past.
                    assert all(number == "06" and text.startswith("đã hẹn") for text in named), named
                elif number in ("01", "04", "06"):
                    assert words in named

        world.try_act("system", check)

    def with_every_form(self, world: World) -> str:
        """A dossier whose journal has a request, an extension, a refusal and a stop."""
        code = world.land_at("checking")
        world.do("specialist", code, "ask", reason="thiếu")
        world.do("counter", code, "resubmit")
        world.act("specialist", extend_deadline, code, MORE, "mưa lũ")

        def ended(unit: UnitOfWork) -> None:
            for effect in ("refuse", "stop"):
                case = lock_case(unit, code)
                data = {"action": effect, "effect": effect, "from": "checking", "to": "checking"}
                record(case, "add_note", data=data, private={"reason": "x"})

        world.try_act("leader", ended)
        return code

    def test_only_a_head_of_the_office_is_named_as_one(self, world: World) -> None:
        code = self.with_every_form(world)
        assert printed(world, code, "04")["signer"] == ""  # a specialist extended
        assert printed(world, code, "05")["signer"] != ""  # a leader stopped
        other = world.land_at("checking")
        world.act("leader", extend_deadline, other, MORE, "mưa lũ")
        assert printed(world, other, "04")["signer"] != ""

    def test_form_02_says_its_reason_once(self, world: World) -> None:
        code = world.land_at("checking")
        world.do("specialist", code, "ask", reason="Thiếu trích đo")
        form = printed(world, code, "02")
        assert [text for text in texts(form) if "Thiếu trích đo" in text] == ["Thiếu trích đo"]


def texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for one in value.values() for text in texts(one)]
    if isinstance(value, list | tuple):
        return [text for one in value for text in texts(one)]
    return [str(value)]
