"""Clocks run out: each once, however many sweepers there are, however late, and a late reminder brings only one."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import and_, insert, select

from engine.acts.expire_clock import DONE, GONE, MOVED, NOT_YET, VOID, expire_clock
from engine.acts.extend_deadline import extend_deadline
from engine.acts.publish import publish_calendar, publish_release
from engine.acts.verification import answer_verification, ask_verification
from engine.dossier.record import record as record_entry
from engine.jobs.schedule import forget_old_answers_before, sweep_all_due
from engine.rules.deadlines.office_hours import SpecialDay
from engine.rules.procedure.definition import Effective, Term
from engine.store.clocks import clocks
from engine.store.dossiers import dossiers
from engine.store.idempotency import RecordedAnswer, record_answer, recorded_answer
from tests.installation.short_releases import land
from tests.installation.world import BRANCH, LONG_KHANH, World, moment
from workflows.calendar_files import load_calendar


def sweep(world: World, at: str | dt.datetime) -> dict[str, int]:
    world.now = moment(at) if isinstance(at, str) else at
    outcomes = sweep_all_due(world.runtime)
    world.check()
    return dict(outcomes)


def outcome_of(world: World, code: str, kind: str, subject: str = "") -> list[str | None]:
    this = and_(dossiers.c.code == code, clocks.c.kind == kind, clocks.c.subject == subject)
    joined = select(clocks).join(dossiers, dossiers.c.id == clocks.c.dossier_id).where(this).order_by(clocks.c.due_at)
    with world.database.connect() as connection:
        return [row.outcome for row in connection.execute(joined)]


def waiting_for_supplement(world: World, **changes: Any) -> str:
    code = world.land_at("checking", **changes)
    world.do("specialist", code, "ask", reason="Thiếu trích đo")
    return code


def test_nothing_happens_before_its_time(world: World) -> None:
    code = world.land_at("checking")
    armed = world.armed(code)
    assert sweep(world, min(armed.values()) - dt.timedelta(seconds=1)) == {}
    key = ("overdue", "", armed["overdue", ""])
    assert world.try_act("system", expire_clock, world.row(code)["id"], *key) == NOT_YET
    assert world.armed(code) == armed


def test_the_holder_is_told_when_the_due_moment_is_near_and_when_a_step_is_late(world: World) -> None:
    code = world.land_at("accepted")
    assert sweep(world, world.armed(code)["step", "accepted"]) == {DONE: 1}
    assert world.messages(code, "buoc-qua-han") == [("buoc-qua-han", f"office:{LONG_KHANH}/counter", "inbox")]
    world.do("counter", code, "forward")
    sweep(world, world.armed(code)["warn", ""])
    holder = ("sap-den-han", f"office:{BRANCH}/specialist", "inbox")
    assert world.messages(code, "sap-den-han") == [holder, holder]  # two days before by the release, and one by warn


def test_being_overdue_stands_in_the_journal_once_and_changes_nothing_else(world: World) -> None:
    code = world.land_at("checking")
    before = world.row(code)
    due = world.armed(code)["overdue", ""]
    sweep(world, due)
    sweep(world, due + dt.timedelta(days=3))
    told = [entry for entry in world.entries(code) if entry["act"] == "overdue"]
    assert [(entry["actor"], entry["changes"]) for entry in told] == [("system", {})]
    assert told[0]["data"]["due_at"].startswith(due.strftime("%Y-%m-%dT%H:%M"))
    after = world.row(code)
    assert {key for key in before if before[key] != after[key]} == {"version", "head"}
    assert ("qua-han", "applicant", "sms") in world.messages(code, "qua-han")
    assert world.rung > 0


def test_an_extension_that_comes_before_the_sweep_tells_of_the_lateness_first(world: World) -> None:
    code = world.land_at("checking")
    due = world.armed(code)["overdue", ""]
    world.now = due + dt.timedelta(minutes=5)
    world.act("leader", extend_deadline, code, Term(5, "working_day"), "mưa lũ")
    late, extended = world.entries(code)[-2:]
    assert (late["act"], late["actor"], late["changes"]) == ("overdue", "system", {})
    assert extended["act"] == "extend_deadline" and extended["actor"] != "system"
    assert outcome_of(world, code, "overdue") == [DONE, None]
    sweep(world, due + dt.timedelta(minutes=6))
    assert [entry["act"] for entry in world.entries(code)].count("overdue") == 1


def test_two_sweepers_at_once_fire_each_clock_once(world: World) -> None:
    codes = [world.land_at("checking") for _ in range(4)]
    world.now = max(world.armed(code)["overdue", ""] for code in codes)
    with ThreadPoolExecutor(4) as pool:
        outcomes = [future.result() for future in [pool.submit(sweep_all_due, world.runtime) for _ in range(4)]]
    world.check()
    fired = sum(outcome[DONE] for outcome in outcomes)
    assert fired == sum(len(outcome_of(world, code, kind, subject)) for code in codes for kind, subject in FIRED)
    for code in codes:
        assert len([entry for entry in world.entries(code) if entry["act"] == "overdue"]) == 1
        assert len(world.messages(code)) == len(set(world.messages(code)) | set()) + 1  # sap-den-han comes from two


FIRED = (("warn", ""), ("due_in", "5"), ("overdue", ""))


def test_a_reminder_comes_again_and_missed_ones_are_not_sent_in_a_heap(world: World) -> None:
    code = waiting_for_supplement(world)
    first = world.armed(code)["remind", "supplement"]
    sweep(world, first)
    second = world.armed(code)["remind", "supplement"]
    assert second > first
    sweep(world, second + dt.timedelta(days=15))  # the installation stood still for two weeks
    assert len(world.messages(code, "nhac-bo-sung")) == 2
    assert world.armed(code)["remind", "supplement"] > world.now


def with_changed_lapse(world: World, **changes: Any) -> None:
    """A second version of the land procedure, in which the supplement lapses otherwise."""
    base = land()
    lapse = replace(base.actions["lapse"], **changes)
    since = Effective(dt.date(2026, 3, 1))
    release = land(version=2, effective=since, actions=base.actions | {"lapse": lapse})
    world.try_act("system", publish_release, release)


def test_an_action_takes_itself_after_its_term_and_only_once(world: World) -> None:
    code = waiting_for_supplement(world)
    due = world.armed(code)["after", "lapse"]
    sweep(world, due)
    assert world.row(code)["state"] == "withdrawn"
    last = world.entries(code)[-1]
    assert (last["act"], last["actor"], last["data"]["role"]) == ("lapse", "system", "system")
    assert world.armed(code) == {}
    assert sweep(world, due + dt.timedelta(days=30)) == {}


def test_the_clock_of_a_state_that_was_left_does_not_fire(world: World) -> None:
    code = waiting_for_supplement(world)
    due = world.armed(code)["after", "lapse"]
    world.do("counter", code, "resubmit")
    assert ("after", "lapse") not in world.armed(code)
    world.now = due
    assert world.try_act("system", expire_clock, world.row(code)["id"], "after", "lapse", due) == GONE
    assert world.row(code)["state"] == "checking"


def test_an_automatic_action_that_is_refused_says_why_and_never_loops(world: World) -> None:
    with_changed_lapse(world, guard="fees.settled")
    code = waiting_for_supplement(world)
    before = world.row(code)
    due = world.armed(code)["after", "lapse"]
    assert sweep(world, due)["guard-failed"] == 1
    assert outcome_of(world, code, "after", "lapse") == ["guard-failed"]
    assert world.row(code) == before
    assert sweep(world, due + dt.timedelta(minutes=5)) == {}


def test_a_clock_that_fits_no_longer_is_void(world: World) -> None:
    code = world.land_at("checking")
    row = {"dossier_id": world.row(code)["id"], "kind": "step", "subject": "accepted", "due_at": world.now}
    world.try_act("system", lambda unit: unit.begin().execute(insert(clocks), row))
    assert dict(sweep_all_due(world.runtime)) == {VOID: 1}
    assert outcome_of(world, code, "step", "accepted")[-1] == VOID


def test_a_holiday_published_later_moves_the_clock_instead_of_losing_it(world: World) -> None:
    with_changed_lapse(world, after=Term(10, "working_day"))
    code = waiting_for_supplement(world)
    due = world.armed(code)["after", "lapse"]
    calendar = load_calendar("vn")
    storm = SpecialDay(dt.date(2026, 3, 10), "holiday", "Bão", "Storm", "123/QĐ")
    changed = type(calendar)(**{**_fields(calendar), "days": (*calendar.days, storm)})
    world.try_act("system", publish_calendar, changed)
    world.now = due
    assert sweep_all_due(world.runtime)[MOVED] == 1
    later = world.armed(code)["after", "lapse"]
    assert later == due + dt.timedelta(days=3)  # from Friday to Monday
    world.now = later
    sweep_all_due(world.runtime)
    assert world.row(code)["state"] == "withdrawn"


def _fields(calendar: Any) -> dict[str, Any]:
    names = ("code", "first", "last", "week", "closures", "official_years", "week_legal")
    return {name: getattr(calendar, name) for name in names}


def test_a_verification_that_is_not_answered_is_told_to_both_offices(world: World) -> None:
    late, answered = world.land_at("checking"), world.land_at("checking")
    for code in (late, answered):
        world.act("specialist", ask_verification, code, "UB-26080", "Có tranh chấp không?")
    number = next(int(subject) for kind, subject in world.armed(answered) if kind == "verify")
    due = max(moment_ for (kind, _), moment_ in world.armed(late).items() if kind == "verify")
    world.act("asked", answer_verification, answered, number, True, "Không có tranh chấp")
    sweep(world, due)
    told = {recipient for _, recipient, _ in world.messages(late, "xac-minh-qua-han")}
    assert told == {"office:UB-26080/specialist", f"office:{BRANCH}/specialist"}
    assert world.messages(answered, "xac-minh-qua-han") == []
    assert outcome_of(world, answered, "verify", str(number)) == [VOID]


def test_a_fault_of_ours_gives_one_clock_up_and_holds_up_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, sound = world.land_at("checking"), world.land_at("checking")
    spoiled = world.row(broken)["id"]
    original = record_entry

    def record(case: Any, *arguments: Any, **named: Any) -> int:
        if case.id == spoiled:
            raise RuntimeError("a fault")
        return original(case, *arguments, **named)

    monkeypatch.setattr("engine.acts.expire_clock.record", record)
    world.now = world.armed(sound)["overdue", ""]
    assert sweep_all_due(world.runtime)["fault:RuntimeError"] == 1
    assert [entry["act"] for entry in world.entries(sound)].count("overdue") == 1
    assert outcome_of(world, broken, "overdue") == ["fault:RuntimeError"]
    assert dict(sweep_all_due(world.runtime)) == {}


def test_a_sweep_takes_as_many_as_it_is_told_and_the_earliest_first(world: World) -> None:
    code = world.land_at("checking")
    order = sorted(world.armed(code).items(), key=lambda one: one[1])
    world.now = order[-1][1]
    assert sweep_all_due(world.runtime, limit=1).total() == 1
    assert order[0][0] not in world.armed(code)


def test_old_answers_are_forgotten_and_young_ones_kept(world: World) -> None:
    answer = RecordedAnswer(b"0" * 32, 201, {}, b"{}")
    for key, days in (("old", 3), ("young", 1)):
        when = world.now - dt.timedelta(days=days)
        world.try_act(
            "system",
            lambda unit, key=key, when=when: record_answer(
                unit.writes, "staff:1", key, answer, when, rival=InterruptedError
            ),
        )
    assert forget_old_answers_before(world.runtime, world.now - dt.timedelta(days=2)) == 1
    with world.database.connect() as connection:
        assert recorded_answer(connection, "staff:1", "old") is None
        assert recorded_answer(connection, "staff:1", "young") == answer


def test_outcomes_are_kept_under_these_words() -> None:
    assert (NOT_YET, GONE, VOID, MOVED, DONE) == ("not-yet", "gone", "void", "moved", "done")
