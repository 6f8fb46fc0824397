"""What a notice says about the appointment holds when it is sent, and a retry under the same key says the same.

And what the format promises: ``warn_after``, ``on_missing``, ``print`` and ``webhook`` of a notice.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import select

from engine.acts.notices.deliver import deliver_notices
from engine.acts.notices.webhooks import add_webhook
from engine.acts.perform_action import perform_action
from engine.acts.publish import publish_release
from engine.acts.recall import recall
from engine.catalogue import Catalogue
from engine.dossier.case import lock_case
from engine.ports import DeliveryFailed, Message
from engine.queries.dossier import offers_of, standing_of
from engine.queries.inbox import inbox
from engine.queries.lists import Wanted, list_dossiers
from engine.rules.procedure.definition import APPLICANT, Effective, Notice
from engine.rules.procedure.machine import GuardFailed
from engine.store.outbox import outbox
from tests.installation.content import shipped
from tests.installation.short_releases import land
from tests.installation.world import BRANCH, World

TEMPLATES = shipped().templates | {"viec-moi": shipped().templates["sap-den-han"]}


@pytest.fixture(autouse=True)
def shipped_templates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Catalogue, "template", lambda self, key: TEMPLATES[key])


class Kept:
    """A notifier that keeps what it is given, and fails as long as it is told to."""

    def __init__(self) -> None:
        self.tried: list[Message] = []
        self.fails = False

    def send(self, message: Message) -> str:
        self.tried.append(message)
        if self.fails:
            raise DeliveryFailed(channel=message.channel, why="no answer")
        return "ok"

    def of(self, code: str, channel: str = "email") -> list[Message]:
        return [one for one in self.tried if one.channel == channel and one.data.get("code") == code]


def promised(message: Message) -> bool:
    return "06/03/2026" in message.body


class TestSending:
    def test_a_notice_that_was_written_before_a_pause_names_no_day_after_it(self, world: World) -> None:
        code, kept = world.land_at("checking"), Kept()
        world.do("specialist", code, "ask", reason="thiếu")
        deliver_notices(world.runtime, kept)
        first = kept.of(code)[0]
        assert "tiếp nhận" in first.subject and not promised(first)
        assert first.data["due"] is None
        assert not [one for one in kept.tried if promised(one)]

    def test_while_the_clock_runs_the_day_is_named(self, world: World) -> None:
        code, kept = world.land_at("checking"), Kept()
        deliver_notices(world.runtime, kept)
        assert promised(kept.of(code)[0])

    def test_a_retry_under_the_same_key_says_the_same(self, world: World) -> None:
        code, kept = world.land_at("checking"), Kept()
        kept.fails = True
        for _ in range(3):
            deliver_notices(world.runtime, kept)
            world.now += dt.timedelta(minutes=5)
        said: dict[str, set[str]] = {}
        for one in kept.tried:
            said.setdefault(one.key, set()).add(one.body)
        assert len(kept.of(code)) == 3 and all(len(bodies) == 1 for bodies in said.values())

    def test_a_retry_that_holds_no_more_is_dropped_and_said_anew_under_another_key(self, world: World) -> None:
        code, kept = world.land_at("checking"), Kept()
        kept.fails = True
        deliver_notices(world.runtime, kept)
        before = {one.key for one in kept.of(code)}
        world.do("specialist", code, "ask", reason="thiếu")
        world.now += dt.timedelta(minutes=5)
        kept.fails, kept.tried = False, []
        for _ in range(2):
            deliver_notices(world.runtime, kept)
        assert kept.tried and not [one for one in kept.tried if promised(one)]
        assert not before & {one.key for one in kept.of(code)}
        with world.reading() as connection:
            of_old = select(outbox.c.status).where(outbox.c.key.in_(sorted(before)))
            assert set(connection.execute(of_old).scalars()) == {"dropped"}
        again = [one for one in kept.of(code) if "tiếp nhận" in one.subject]
        assert len(again) == 1

    def test_an_event_names_no_moment_that_holds_no_more(self, world: World) -> None:
        world.try_act("admin", add_webhook, "https://example.org/hook")
        code, kept = world.land_at("checking"), Kept()
        world.do("specialist", code, "ask", reason="thiếu")
        deliver_notices(world.runtime, kept)
        events = [one.data["data"] for one in kept.tried if one.channel == "webhook"]
        assert len(events) > 2 and {one["due"] for one in events} == {None}
        assert {one["code"] for one in events} == {code}

    def test_the_inbox_names_the_day_that_holds_when_it_is_read(self, world: World) -> None:
        code = world.land_at("checking")
        world.do("specialist", code, "ask", reason="thiếu")
        lines = world.try_act("specialist", lambda unit: inbox(unit).lines)
        assert lines and not [one for one in lines if one.body and "06/03/2026" in one.body.vi]


class TestRunningAgain:
    def test_the_applicant_is_told_the_new_day_when_the_clock_runs_again(self, world: World) -> None:
        code = world.land_at("checking")
        world.do("specialist", code, "ask", reason="thiếu")
        world.do("counter", code, "resubmit", at="2026-03-10 08:00")
        assert [one[2] for one in world.messages(code, "doi-ngay-hen")] == ["sms", "email"]
        kept = Kept()
        deliver_notices(world.runtime, kept)
        told = [one for one in kept.of(code) if "ngày hẹn mới" in one.subject]
        assert len(told) == 1 and "16/03/2026" in told[0].body

    def test_a_notice_of_the_same_act_that_names_it_is_enough(self, world: World) -> None:
        code = world.land_at("checking")
        world.do("specialist", code, "ask", reason="thiếu")
        world.act("specialist", recall, code)
        assert world.messages(code, "doi-ngay-hen") == []


class TestTheFormat:
    def test_an_action_taken_more_often_than_foreseen_is_told_and_shown(self, world: World) -> None:
        ask = replace(land().actions["ask"], warn_after=1)
        release = land(version=2, effective=Effective(dt.date(2026, 3, 2)), actions=land().actions | {"ask": ask})
        world.try_act("system", publish_release, release)
        code = world.land_at("checking")
        world.do("specialist", code, "ask", reason="thiếu")
        assert world.row(code)["warned_at"] is None and world.messages(code, "qua-so-lan") == []
        world.do("counter", code, "resubmit")
        offer = world.try_act("specialist", lambda unit: _offer(unit, code, "ask"))
        assert offer.warning is not None and "1 lần" in offer.warning.vi
        told = world.try_act("specialist", lambda unit: _asked(unit, code))
        world.check()
        assert [one.code for one in told.warnings] == ["taken-too-often"]
        assert world.messages(code, "qua-so-lan") == [("qua-so-lan", f"office:{BRANCH}/leader", "inbox")]
        assert "warned" in world.entries(code)[-1]["data"]
        wanted = world.try_act("leader", lambda unit: list_dossiers(unit, Wanted(warned=True)).lines)
        assert [(one.code, one.warned) for one in wanted] == [(code, True)]
        world.act("specialist", recall, code)
        assert world.row(code)["warned_at"] is None

    def test_any_other_action_is_counted_in_the_journal(self, world: World) -> None:
        back = replace(land().actions["send_back"], warn_after=1)
        more = land().actions | {"send_back": back}
        release = land(version=2, effective=Effective(dt.date(2026, 3, 2)), actions=more)
        world.try_act("system", publish_release, release)
        code = world.land_at("signing")
        for taken in range(2):
            world.do("leader", code, "send_back", reason="sửa lại")
            assert (world.row(code)["warned_at"] is not None) is bool(taken)
            world.do("specialist", code, "finish_review")

    def test_without_a_paper_that_refuses_it_is_neither_received_nor_asked_about(self, world: World) -> None:
        actions = land().actions
        ask_first = replace(actions["ask"], sources=("new", "checking"))
        free = {
            "receive": replace(actions["receive"], guard=None),
            "ask": replace(ask_first, by=("counter", "specialist")),
        }
        release = land(version=2, effective=Effective(dt.date(2026, 3, 2)), actions=actions | free)
        world.try_act("system", publish_release, release)
        code = world.file(documents=[{"key": "don", "original": 1}]).case.code
        for action in ("receive", "ask"):
            refusal = world.refuse(GuardFailed, "counter", perform_action, code, action, reason="x")
            assert "Giấy chứng nhận đã cấp" in refusal.sentence("vi") and "từ chối" in refusal.sentence("vi")
            offer = world.try_act("counter", lambda unit, action=action: _offer(unit, code, action))
            assert not offer.allowed and offer.why is not None and "refuses" in offer.why.en
        world.do("counter", code, "refuse", reason="thiếu")
        other = world.file(documents=[{"key": "gcn", "original": 1}]).case.code
        world.do("counter", other, "ask", reason="thiếu đơn")

    def test_the_form_and_the_programs_of_a_notice(self, world: World) -> None:
        told = Notice("entered", ("specialist", APPLICANT), ("inbox", "webhook"), "viec-moi", "checking", form="mau-04")
        release = land(version=2, effective=Effective(dt.date(2026, 3, 2)), notify=(told,))
        world.try_act("system", publish_release, release)
        world.try_act("admin", add_webhook, "https://example.org/hook")
        code, kept = world.land_at("checking"), Kept()
        deliver_notices(world.runtime, kept)
        events = [one.data for one in kept.tried if one.channel == "webhook" and one.data["type"] == "dossier.notice"]
        assert [(one["data"]["template"], one["data"]["code"]) for one in events] == [("viec-moi", code)]
        lines = world.try_act("specialist", lambda unit: inbox(unit).lines)
        assert [one.form for one in lines if one.dossier == code] == ["mau-04"]


def _offer(unit: Any, code: str, action: str) -> Any:
    return next(one for one in offers_of(lock_case(unit, code)) if one.action == action)


def _asked(unit: Any, code: str) -> Any:
    return standing_of(perform_action(unit, code, "ask", reason="còn thiếu"))
