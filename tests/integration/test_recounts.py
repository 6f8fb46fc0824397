"""A closure, own hours or a calendar published during the term: of equal dossiers none is late because of when it was
touched, each move stands in the journal, and the applicant is told where the appointment moved."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select

from engine.acts.publish import publish_calendar, publish_closure, publish_hours
from engine.acts.recount import recount
from engine.acts.reopen import end_hours, reopen
from engine.acts.verification import ask_verification
from engine.errors import Forbidden, InvalidInput, NotFound
from engine.jobs.recounting import recount_waiting
from engine.jobs.schedule import sweep_all_due
from engine.queries.office_times import office_times
from engine.rules.deadlines.office_hours import Closure, SpecialDay
from engine.rules.deadlines.own_hours import OwnHours
from engine.store.clocks import recounts
from engine.store.outbox import outbox
from tests.installation.world import BRANCH, LONG_KHANH, PROVINCE, World, moment
from workflows.calendar_files import load_calendar

DAY = dt.date(2026, 3, 4)
STORM = Closure(DAY, DAY, "bão", "storm", "TB 1")
OFFICE = (((480, 720), (780, 1020)),) * 5
SATURDAYS = OwnHours(dt.date(2026, 3, 3), None, (*OFFICE, ((480, 720),), ()), "làm sáng thứ Bảy", "Saturdays", "QĐ 2")


def counted(world: World) -> int:
    done = recount_waiting(world.runtime)
    assert done.failed == 0 and not done.waits
    world.check()
    return done.changed


def moved(world: World, code: str) -> list[dict[str, Any]]:
    return [one for one in world.entries(code) if one["act"] == "recount"]


class TestAClosure:
    def test_equal_dossiers_move_alike_also_the_one_that_nobody_touches(self, world: World) -> None:
        touched, alone = world.land_at("checking"), world.land_at("checking")
        before = world.row(alone)["due_at"]
        world.try_act("admin", publish_closure, BRANCH, STORM)
        world.try_act("specialist", recount, world.row(touched)["id"], {"what": "test", "vi": "x", "en": "x"})
        assert counted(world) == 1
        assert world.row(touched)["due_at"] == world.row(alone)["due_at"] == before + dt.timedelta(days=3)

    def test_the_entry_says_why_and_the_applicant_is_told_once(self, world: World) -> None:
        code = world.land_at("checking")
        world.try_act("admin", publish_closure, BRANCH, STORM)
        assert counted(world) == 1
        (entry,) = moved(world, code)
        assert (entry["actor"], entry["data"]["why"]["what"], entry["data"]["why"]["vi"]) == (
            "system",
            "closure",
            "bão",
        )
        assert entry["data"]["moved"]["due_at"]["after"] == entry["changes"]["due_at"]
        assert world.messages(code, "doi-ngay-hen") == [
            ("doi-ngay-hen", "applicant", "sms"),
            ("doi-ngay-hen", "applicant", "email"),
        ]
        assert counted(world) == 0 and len(moved(world, code)) == 1
        due = world.row(code)["due_at"]
        assert world.armed(code)["overdue", ""] == due

    def test_the_overdue_clock_counts_anew_before_it_rings(self, world: World) -> None:
        code = world.land_at("checking")
        due = world.armed(code)["overdue", ""]
        world.try_act("admin", publish_closure, BRANCH, STORM)
        world.now = due  # no recount has run: the worker stood still
        outcomes = sweep_all_due(world.runtime)
        world.check()
        assert outcomes["moved"] >= 1
        assert [one["act"] for one in world.entries(code)].count("overdue") == 0
        assert world.messages(code, "qua-han") == []
        world.now = world.armed(code)["overdue", ""]
        sweep_all_due(world.runtime)
        assert [one["act"] for one in world.entries(code)].count("overdue") == 1

    def test_only_the_office_that_closes_is_concerned(self, world: World) -> None:
        code = world.land_at("checking")
        before = world.everything()["dossiers"]
        world.try_act("admin", publish_closure, PROVINCE, STORM)
        assert counted(world) == 0
        assert world.everything()["dossiers"] == before
        assert moved(world, code) == []

    def test_a_paused_dossier_is_counted_by_it_when_it_runs_again(self, world: World) -> None:
        code = world.land_at("checking")
        world.do("specialist", code, "ask", reason="thiếu")
        world.try_act("admin", publish_closure, BRANCH, STORM)
        assert counted(world) == 0
        world.do("counter", code, "resubmit", at="2026-03-02 09:00")
        assert world.row(code)["due_at"] == moment("2026-03-10 08:00") + dt.timedelta(hours=1)

    def test_an_open_question_to_another_office_follows_its_closure(self, world: World) -> None:
        code = world.land_at("checking")
        world.act("specialist", ask_verification, code, "UB-26080", "Có tranh chấp không?")
        before = next(at for (kind, _), at in world.armed(code).items() if kind == "verify")
        world.try_act("admin", publish_closure, "UB-26080", STORM)
        assert counted(world) == 1
        after = max(at for (kind, _), at in world.armed(code).items() if kind == "verify")
        assert after == before + dt.timedelta(days=1)
        world.now = before
        sweep_all_due(world.runtime)
        assert world.messages(code, "xac-minh-qua-han") == []

    def test_an_ended_dossier_stays_as_it_was(self, world: World) -> None:
        code = world.land_at("checking")
        world.do(world.citizen(code), code, "withdraw")
        before = world.row(code)
        world.try_act("admin", publish_closure, BRANCH, STORM)
        assert recount_waiting(world.runtime).changed == 0
        assert world.row(code) == before

    def test_a_run_that_was_interrupted_goes_on_and_repeats_nothing(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        codes = [world.land_at("checking") for _ in range(5)]
        monkeypatch.setattr("engine.jobs.recounting.BATCH", 2)
        world.try_act("admin", publish_closure, BRANCH, STORM)
        assert recount_waiting(world.runtime, seconds=-1).waits
        assert counted(world) == 5
        assert all(len(moved(world, code)) == 1 for code in codes)
        with world.reading() as connection:
            done = connection.execute(select(recounts.c.changed, recounts.c.finished_at)).one()
        assert (done.changed, done.finished_at) == (5, world.now)

    def test_taken_back_the_appointment_is_the_first_one_again(self, world: World) -> None:
        code = world.land_at("checking")
        before = world.row(code)["due_at"]
        world.try_act("admin", publish_closure, BRANCH, STORM)
        counted(world)
        assert world.try_act("admin", reopen, BRANCH, DAY) is None
        assert counted(world) == 1
        assert world.row(code)["due_at"] == before == world.armed(code)["overdue", ""]
        assert len(world.messages(code, "doi-ngay-hen")) == 4

    def test_it_may_end_earlier_from_tomorrow_on(self, world: World) -> None:
        week = replace(STORM, last=dt.date(2026, 3, 6))
        world.try_act("admin", publish_closure, BRANCH, week)
        world.at("2026-03-04 09:00")
        left = world.try_act("admin", reopen, BRANCH, DAY, dt.date(2026, 3, 5))
        assert left is not None and left.last == DAY
        with world.reading() as connection:
            assert office_times(connection, world.runtime.catalogue, BRANCH).closures == [left]


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        ("first", "last", "where"),
        [
            ("2026-01-01", "2026-01-02", "first"),
            ("2026-03-10", "2027-12-31", "last"),
            ("2029-06-01", "2029-06-02", "last"),
        ],
    )
    def test_a_closure_far_back_or_ahead_or_too_long(self, world: World, first: str, last: str, where: str) -> None:
        far = replace(STORM, first=dt.date.fromisoformat(first), last=dt.date.fromisoformat(last))
        refusal = world.refuse(InvalidInput, "admin", publish_closure, BRANCH, far)
        assert list(refusal.errors) == [where]

    def test_a_day_that_has_begun_cannot_be_reopened(self, world: World) -> None:
        world.try_act("admin", publish_closure, BRANCH, STORM)
        world.at("2026-03-04 09:00")
        world.refuse(InvalidInput, "admin", reopen, BRANCH, DAY)
        world.refuse(InvalidInput, "admin", reopen, BRANCH, DAY, dt.date(2026, 3, 5))
        world.refuse(InvalidInput, "admin", publish_closure, BRANCH, replace(STORM, spans=((480, 540),)))
        world.refuse(NotFound, "admin", reopen, BRANCH, dt.date(2026, 3, 5))

    def test_own_hours_begin_tomorrow_at_the_earliest(self, world: World) -> None:
        for day in ("2026-03-02", "2026-02-01"):
            early = replace(SATURDAYS, first=dt.date.fromisoformat(day))
            world.refuse(InvalidInput, "admin", publish_hours, BRANCH, early)
        world.try_act("admin", publish_hours, BRANCH, SATURDAYS)
        world.at("2026-03-03 09:00")
        world.refuse(InvalidInput, "admin", publish_hours, BRANCH, SATURDAYS)
        world.refuse(InvalidInput, "admin", end_hours, BRANCH, SATURDAYS.first)

    @pytest.mark.parametrize("who", ["leader", "counter", "monitor"])
    def test_only_an_administrator_publishes_and_takes_back(self, world: World, who: str) -> None:
        for act, more in (
            (publish_closure, STORM),
            (publish_hours, SATURDAYS),
            (reopen, DAY),
            (end_hours, SATURDAYS.first),
        ):
            world.refuse(Forbidden, who, act, BRANCH, more)
        world.refuse(NotFound, "admin", publish_closure, "TT-00000", STORM)


class TestOwnHours:
    def test_a_worked_saturday_brings_the_appointment_nearer_and_its_end_moves_it_back(self, world: World) -> None:
        world.at("2026-03-05 08:00")
        code = world.land_at("checking")
        before = world.row(code)["due_at"]
        world.try_act("admin", publish_hours, BRANCH, replace(SATURDAYS, first=dt.date(2026, 3, 6)))
        assert counted(world) == 1
        assert world.row(code)["due_at"] == before - dt.timedelta(hours=5)  # four hours of work, and the noon between
        lines = world.try_act("system", lambda unit: _trace(unit, code))
        assert any("thứ Bảy 07/03" in line and "tính" in line for line in lines), lines
        world.try_act("admin", end_hours, BRANCH, dt.date(2026, 3, 6))
        assert counted(world) == 1
        assert world.row(code)["due_at"] == before

    def test_a_calendar_of_its_own_has_its_own_special_days(self, world: World) -> None:
        feast = SpecialDay(dt.date(2026, 3, 5), "holiday", "lễ hội", "feast", "QĐ 3")
        own = replace(SATURDAYS, week=(*OFFICE, (), ()), days=(feast,), own_days=True)
        code = world.land_at("checking")
        world.try_act("admin", publish_hours, BRANCH, own)
        assert counted(world) == 1
        assert world.row(code)["due_at"] == moment("2026-03-06 17:00") + dt.timedelta(days=3)
        calendar = world.runtime.catalogue.calendar("vn", BRANCH)
        assert calendar.about(dt.date(2026, 4, 30)).kind == "working"  # a holiday of the country alone
        assert world.runtime.catalogue.calendar("vn").about(dt.date(2026, 4, 30)).kind == "holiday"

    def test_shorter_days_are_the_working_days_of_that_office(self, world: World) -> None:
        seven = (((480, 720), (780, 960)),) * 5
        world.try_act("admin", publish_hours, BRANCH, replace(SATURDAYS, week=(*seven, (), ())))
        world.at("2026-03-09 08:00")
        code = world.land_at("checking")
        assert world.row(code)["due_at"] == moment("2026-03-13 16:00")


def _trace(unit: Any, code: str) -> list[str]:
    from engine.dossier.case import lock_case

    due = lock_case(unit, code).due()
    assert due is not None
    return [line.vi for line in due.trace]


class TestTheEndOfTheCalendar:
    def test_beyond_it_everything_goes_on_and_is_marked(self, world: World) -> None:
        world.at("2027-12-29 08:00")
        code = world.land_at("checking")
        row = world.row(code)
        assert row["due_at"] == moment("2028-01-04 17:00")
        assert any("tạm tính" in line for line in world.try_act("system", lambda unit: _trace(unit, code)))
        world.do("specialist", code, "ask", reason="thiếu")
        world.do("counter", code, "resubmit", at="2028-01-10 08:00")
        assert world.row(code)["due_at"] is not None

    def test_the_next_calendar_counts_it_anew(self, world: World) -> None:
        world.at("2027-12-29 08:00")
        code = world.land_at("checking")
        calendar = load_calendar("vn")
        new_year = SpecialDay(dt.date(2028, 1, 3), "swapped_out", "nghỉ bù", "day off", "CV 9")
        longer = replace(calendar, last=dt.date(2028, 12, 31), days=(*calendar.days, new_year))
        world.try_act("system", publish_calendar, longer)
        assert counted(world) == 1
        assert world.row(code)["due_at"] == moment("2028-01-05 17:00")
        assert not any("tạm tính" in line for line in world.try_act("system", lambda unit: _trace(unit, code)))

    def test_the_same_calendar_again_asks_for_no_recount(self, world: World) -> None:
        world.try_act("system", publish_calendar, load_calendar("vn"))
        with world.reading() as connection:
            assert connection.execute(select(func.count()).select_from(recounts)).scalar_one() == 0


def test_a_recount_is_written_with_the_publication_or_not_at_all(world: World) -> None:
    world.refuse(InvalidInput, "admin", publish_closure, LONG_KHANH, replace(STORM, first=dt.date(2020, 1, 1)))
    world.try_act("admin", publish_closure, LONG_KHANH, STORM)
    with world.reading() as connection:
        (row,) = connection.execute(select(recounts)).mappings().all()
        assert connection.execute(select(func.count()).select_from(outbox)).scalar_one() == 0
    assert (row["office"], row["calendar"], row["finished_at"]) == (LONG_KHANH, None, None)
