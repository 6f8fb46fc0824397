"""What the page of a dossier asks: the clock as a picture, what happened since, and which acts are possible."""

from __future__ import annotations

import pytest

from engine.acts.add_note import add_note
from engine.acts.hold import claim
from engine.acts.messages import read_messages, write_message
from engine.acts.possible import GUARDS, why_not
from engine.acts.recall import recall
from engine.dossier.case import lock_case, read_case
from engine.dossier.record import record
from engine.errors import Forbidden, InvalidInput, Refusal
from engine.queries import clock_bar
from engine.queries.clock_bar import ClockBar, clock_bar_of, turns_of
from engine.queries.journal import journal_of_case
from engine.queries.messages import MessageLine, messages
from engine.queries.next_hands import NextHands, next_hands
from engine.queries.since import since
from engine.store.dossier_parts import stood_before
from engine.transaction import UnitOfWork
from tests.installation.world import World


def test_the_clock_bar_adds_up_who_held_it_and_its_pauses(world: World) -> None:
    world.at("2026-03-02 09:00")
    code = world.land_at("checking")
    world.do("specialist", code, "ask", reason="Thiếu trích đo", at="2026-03-03 10:00")
    world.at("2026-03-09 09:00")
    found = world.act("specialist", _bar, code)
    assert found is not None and found.waits and found.running
    assert [one.paused for one in found.stretches] == [False, True]
    assert found.stretches[0].start == found.start and found.stretches[-1].end == found.now
    assert [one.minutes for one in found.sums] == [one.minutes for one in found.stretches]
    assert found.stretches[0].minutes == (7 + 2) * 60  # from nine on, and until ten of the next day
    assert found.due_at is not None and {day.weekday() for day in found.closed} == {5, 6}


def test_of_many_turns_the_clock_bar_shows_the_last_as_the_whole_journal_would(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.at("2026-03-02 09:00")
    code = world.land_at("checking")
    for day in range(3, 7):
        world.do("specialist", code, "ask", reason="Thiếu trích đo", at=f"2026-03-0{day} 10:00")
        world.do("counter", code, "resubmit", at=f"2026-03-0{day} 15:00")
    world.at("2026-03-09 09:00")
    whole = world.act("specialist", _bar, code)
    assert whole == world.act("specialist", _bar_of_turns, code)  # all of them are few enough
    monkeypatch.setattr(clock_bar, "MOST_TURNS", 4)
    last = world.act("specialist", _bar_of_turns, code)
    assert whole is not None and last is not None and len(whole.stretches) > len(last.stretches) > 2
    assert last.stretches[1:] == whole.stretches[1 - len(last.stretches) :]
    assert last.stretches[0].start == last.start > whole.start
    first, longer = last.stretches[0], whole.stretches[-len(last.stretches)]
    assert (first.office, first.role, first.paused, first.end) == (
        longer.office,
        longer.role,
        longer.paused,
        longer.end,
    )
    assert (last.due_at, last.end, last.now, last.waits) == (whole.due_at, whole.end, whole.now, whole.waits)


def test_how_it_stood_before_is_told_by_changes_and_not_by_words_in_the_data(world: World) -> None:
    code = world.land_at("checking")

    def mention(unit: UnitOfWork) -> int:
        case = lock_case(unit, code)
        record(case, "add_note", data={"clock": "paused", "holder_office": "UB-1"})
        return case.id

    number = world.act("specialist", mention)
    with world.runtime.database.connect() as connection:
        known = stood_before(connection, number, world.row(code)["version"] + 1)
    row = world.row(code)
    assert (known["clock"], known["holder_office"]) == (row["clock"], row["holder_office"]) != ("paused", "UB-1")


def test_since_tells_how_it_stood_and_who_did_what(world: World) -> None:
    code = world.land_at("checking")
    version = world.row(code)["version"]
    world.act("counter", add_note, code, "gọi lại")
    world.act("specialist", claim, code)
    found = world.act("specialist", lambda unit: since(read_case(unit, code), version))
    assert [one.act for one in found.entries] == ["add_note", "claim"]
    assert found.before.person is None and found.now.person is not None
    assert found.before.state.key == found.now.state.key == "checking"


def test_next_hands_say_where_a_step_leads(world: World) -> None:
    code = world.land_at("checking")
    assert _next(world, code, "receive") is None
    asked = _next(world, code, "ask")
    assert asked is not None and asked.office is None and not asked.final


@pytest.mark.parametrize(("who", "act"), [("specialist", "recall"), ("counter", "claim"), ("specialist", "reopen")])
def test_why_not_says_what_the_act_refuses(world: World, who: str, act: str) -> None:
    code = world.land_at("checking")
    why = world.act(who, lambda unit: why_not(read_case(unit, code), act))
    assert why is not None and why.vi != why.en and "{" not in why.vi


def test_what_is_possible_is_what_the_acts_allow(world: World) -> None:
    code = world.land_at("checking")
    possible = world.act(
        "specialist", lambda unit: {act for act in GUARDS if why_not(read_case(unit, code), act) is None}
    )
    assert {"claim", "assign", "transfer", "add_note", "ask_verification"} <= possible
    assert possible.isdisjoint({"withdraw", "refile", "hand_over", "renew_link", "reopen", "recall"})
    world.act("specialist", claim, code)
    with pytest.raises(Refusal):
        world.try_act("counter", recall, code)
    assert world.act("counter", lambda unit: why_not(read_case(unit, code), "recall")) is not None
    assert world.act("specialist", lambda unit: why_not(read_case(unit, code), "claim")) is not None


def test_messages_are_told_read_and_make_no_form_stale(world: World) -> None:
    code = world.land_at("checking")
    version = world.row(code)["version"]
    world.act("counter", write_message, code, "Mời mang bản chính")
    assert ("tin-nhan", "applicant", "sms") in world.messages(code)
    world.act(world.citizen(code), write_message, code, "Chiều tôi đến")
    assert [one[1] for one in world.messages(code, "tin-nhan-nguoi-nop")] != []
    world.act("specialist", claim, code, version)
    assert [(one.by_office, one.read, one.new) for one in _read(world, code)] == [
        (True, False, False),
        (False, False, True),
    ]
    world.act("specialist", read_messages, code)
    world.act("specialist", read_messages, code)
    assert [one.new for one in _read(world, code)] == [False, False]
    world.refuse(InvalidInput, "counter", write_message, code, " ")
    world.refuse(Forbidden, "tax", write_message, code, "x")


def _read(world: World, code: str) -> tuple[MessageLine, ...]:
    return world.act("specialist", lambda unit: messages(read_case(unit, code)))


def _next(world: World, code: str, action: str) -> NextHands | None:
    return world.act("specialist", lambda unit: next_hands(read_case(unit, code), action))


def _bar(unit: UnitOfWork, code: str) -> ClockBar | None:
    case = read_case(unit, code)
    return clock_bar_of(case, journal_of_case(case).lines)


def _bar_of_turns(unit: UnitOfWork, code: str) -> ClockBar | None:
    case = read_case(unit, code)
    return clock_bar_of(case, turns_of(case))
