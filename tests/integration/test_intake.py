"""The limit of intake: an online filing is received, refused or asked about within eight working hours. And receptions
that are entered later, from whose moment the time limit counts."""

from __future__ import annotations

import datetime as dt
from itertools import product
from typing import Any

import pytest
from sqlalchemy import select, update

from engine.acts.file_dossier import file_dossier
from engine.acts.perform_action import perform_action
from engine.acts.publish import publish_closure, publish_release
from engine.dossier.case import lock_case
from engine.errors import Forbidden, InvalidInput
from engine.jobs.recounting import recount_waiting
from engine.jobs.schedule import sweep_all_due
from engine.queries.dossier import clock_of, standing_of
from engine.queries.lists import Wanted, list_dossiers
from engine.queries.reports import intake
from engine.rules.deadlines.intake import intake_overdue
from engine.rules.deadlines.office_hours import Closure
from engine.rules.procedure.definition import Effective
from engine.store.backlog import waiting
from engine.store.dossiers import dossiers
from engine.store.overdue import intake_overdue_at
from tests.installation.june import prepare_june
from tests.installation.short_releases import PERMIT, land
from tests.installation.world import APPLICANT, LONG_KHANH, World, moment
from tests.integration.test_reform import applied, plan

ONLINE = {"channel": "portal"}
MONDAY = "2026-03-02 08:00"
EIGHT_HOURS = moment("2026-03-02 17:00")
LATER = {"received_reason": "mất điện, ghi sổ giấy"}


def filed(world: World, **more: Any) -> str:
    return world.file(**(ONLINE | more)).case.code


class TestTheLimit:
    def test_it_runs_for_eight_working_hours_from_the_filing(self, world: World) -> None:
        code = filed(world)
        row = world.row(code)
        assert (row["intake_from"], row["intake_due_at"], row["intake_done_at"]) == (world.now, EIGHT_HOURS, None)
        assert world.armed(code)["intake", ""] == EIGHT_HOURS
        night = filed(world, at="2026-03-06 16:00", filed_at=moment("2026-03-05 22:00"))
        assert world.row(night)["intake_due_at"] == moment("2026-03-06 17:00")

    @pytest.mark.parametrize("channel", ["counter", "post"])
    def test_other_channels_have_none(self, world: World, channel: str) -> None:
        row = world.row(filed(world, channel=channel))
        assert [row[name] for name in ("intake_from", "intake_due_at", "intake_done_at")] == [None] * 3

    @pytest.mark.parametrize(("action", "reason"), [("receive", None), ("refuse", "thiếu")])
    def test_it_ends_when_the_counter_has_acted(self, world: World, action: str, reason: str | None) -> None:
        code = filed(world)
        world.do("counter", code, action, reason=reason, at="2026-03-02 10:00")
        assert world.row(code)["intake_done_at"] == world.now
        assert ("intake", "") not in world.armed(code)

    def test_missed_it_stands_in_the_journal_and_the_centre_is_told_once(self, world: World) -> None:
        code = filed(world)
        world.now = EIGHT_HOURS
        for _ in range(2):
            sweep_all_due(world.runtime)
            world.check()
        assert [one["act"] for one in world.entries(code)] == ["file", "intake_overdue"]
        assert world.messages(code, "qua-gio-tiep-nhan") == [
            ("qua-gio-tiep-nhan", f"office:{LONG_KHANH}/counter", "inbox")
        ]
        world.do("counter", code, "receive", at="2026-03-03 08:00")
        line = world.try_act("counter", lambda unit: intake(unit, dt.date(2026, 3, 2), dt.date(2026, 3, 2)))
        assert [(one.office, one.filed, one.in_time, one.late, one.waiting_late) for one in line] == [
            (LONG_KHANH, 1, 0, 1, 0)
        ]

    def test_lists_the_report_and_the_gauge_show_those_that_wait_too_long(self, world: World) -> None:
        late, taken = filed(world), filed(world)
        world.do("counter", taken, "receive")
        world.at("2026-03-02 17:01")
        assert world.try_act("counter", lambda unit: _codes(unit, intake_overdue=True)) == [late]
        assert world.try_act("counter", lambda unit: _codes(unit, intake_overdue=False)) == [taken]
        (line,) = world.try_act("counter", lambda unit: intake(unit, dt.date(2026, 3, 2), dt.date(2026, 3, 2)))
        assert (line.filed, line.in_time, line.late, line.waiting_late) == (2, 1, 0, 1)
        with world.reading() as connection:
            assert waiting(connection, world.now)["intake_overdue"] == 1.0
        assert world.try_act("far_counter", lambda unit: intake(unit, dt.date(2026, 3, 2), dt.date(2026, 3, 2))) == ()

    def test_it_is_explained_day_by_day(self, world: World) -> None:
        code = filed(world, at="2026-03-06 16:00")
        view = world.try_act("counter", lambda unit: clock_of(lock_case(unit, code)))
        assert view.intake is not None and view.due_at is None
        assert (view.intake.due_at, view.intake.remaining_minutes) == (moment("2026-03-09 16:00"), 480)
        assert [line["kind"] for line in view.intake.trace] == ["start", "counted", "skipped_weekend", "counted", "due"]

    def test_a_closure_of_the_centre_moves_it(self, world: World) -> None:
        code = filed(world, at="2026-03-02 10:00")
        day = dt.date(2026, 3, 3)
        world.try_act("admin", publish_closure, LONG_KHANH, Closure(day, day, "bão", "storm", "TB 1"))
        assert recount_waiting(world.runtime).changed == 1
        world.check()
        assert world.row(code)["intake_due_at"] == world.armed(code)["intake", ""] == moment("2026-03-04 10:00")

    def test_the_rule_and_its_twin_in_sql_agree(self, world: World) -> None:
        code, now = filed(world), world.now
        minute = dt.timedelta(minutes=1)
        for due, done in product((None, now - minute, now, now + minute), (None, now)):
            change = update(dossiers).where(dossiers.c.code == code).values(intake_due_at=due, intake_done_at=done)
            world.try_act("system", lambda unit, change=change: unit.begin().execute(change))
            with world.reading() as connection:
                of_this = select(intake_overdue_at(now), ~intake_overdue_at(now)).where(dossiers.c.code == code)
                told, denied = connection.execute(of_this).one()
            assert bool(told) is intake_overdue(due, done, now) is not bool(denied)


def _codes(unit: Any, **wanted: Any) -> list[str]:
    return [one.code for one in list_dossiers(unit, Wanted(**wanted)).lines]


class TestEnteredLater:
    def test_a_filing_and_its_reception_of_friday_count_from_friday(self, world: World) -> None:
        world.at("2026-03-09 09:00")
        friday = moment("2026-03-06 16:55")
        code = world.file(receive=True, received_at=friday, **LATER).case.code
        row = world.row(code)
        assert (row["filed_at"], row["received_at"], row["started_at"]) == (friday, friday, friday)
        assert row["due_at"] == moment("2026-03-13 16:55") and row["entered_at"] == world.now
        entry = world.entries(code)[-1]
        assert entry["data"]["reception"]["at"].startswith("2026-03-06T09:55")
        assert "mất điện" not in str(entry)

    def test_a_dossier_that_was_filed_before_is_received_at_its_moment(self, world: World) -> None:
        code = filed(world)
        world.at("2026-03-04 08:30")
        world.do("counter", code, "receive", received_at=moment("2026-03-02 15:00"), **LATER)
        row = world.row(code)
        assert (row["started_at"], row["intake_done_at"]) == (moment("2026-03-02 15:00"),) * 2
        assert row["due_at"] == moment("2026-03-09 15:00")

    @pytest.mark.parametrize(
        ("at", "reason", "where"),
        [
            ("2026-03-09 09:01", "mất điện", "received_at"),  # to come
            ("2026-02-27 16:59", "mất điện", "received_at"),  # more than five working days back
            ("2026-03-06 16:55", " ", "received_reason"),
            ("2026-03-06 16:55", None, "received_reason"),
        ],
    )
    def test_it_is_bounded_and_says_why(self, world: World, at: str, reason: str | None, where: str) -> None:
        world.at("2026-03-09 09:00")
        wanted = world.filing(receive=True, received_at=moment(at), received_reason=reason)
        refusal = world.refuse(InvalidInput, "counter", file_dossier, wanted)
        assert list(refusal.errors) == [where]

    def test_it_is_not_before_the_filing_and_only_with_a_reception(self, world: World) -> None:
        world.at("2026-03-04 09:00")
        code = world.file().case.code
        early = {"received_at": moment("2026-03-03 09:00"), **LATER}
        world.refuse(InvalidInput, "counter", perform_action, code, "receive", **early)
        world.refuse(InvalidInput, "counter", perform_action, code, "refuse", reason="x", **early)
        world.refuse(InvalidInput, "counter", file_dossier, world.filing(**early))
        world.do("counter", code, "receive")
        world.refuse(InvalidInput, "counter", perform_action, code, "correct", **early)

    @pytest.mark.parametrize("who", ["specialist", "other_counter", "monitor", "leader"])
    def test_only_who_receives_enters_it(self, world: World, who: str) -> None:
        early = {"received_at": world.now, **LATER}
        world.refuse(Forbidden, who, file_dossier, world.filing(receive=True, **early))

    def test_what_is_overdue_already_is_said_with_the_answer(self, world: World) -> None:
        world.at("2026-03-10 08:00")
        copies = {
            "procedure": "2.000815",
            "fields": {"pages": 2},
            "documents": [],
            "received_at": moment("2026-03-06 09:00"),
        }
        filing = world.filing(receive=True, **copies, **LATER)
        told = world.try_act("counter", lambda unit: standing_of(file_dossier(unit, filing).case))
        assert [one.code for one in told.warnings] == ["entered-overdue"]

    def test_the_release_of_the_day_of_reception_applies(self, world: World) -> None:
        second = land(version=2, effective=Effective(dt.date(2026, 3, 9)))
        world.try_act("system", publish_release, second)
        world.at("2026-03-09 09:00")
        code = world.file(receive=True, received_at=moment("2026-03-06 16:55"), **LATER).case.code
        assert world.row(code)["release"] != second.digest()


@pytest.mark.parametrize("received", [False, True])
def test_a_reorganisation_neither_restarts_nor_forgets_it(world: World, tmp_path: Any, received: bool) -> None:
    june = prepare_june(world)
    june.at("2025-06-30 16:00")
    filing = june.filing(
        procedure=PERMIT,
        intake_office="MC-26740-C",
        documents=[],
        fields={"land.commune": "26740"},
        applicant=APPLICANT | {"commune": "26740"},
        channel="portal",
    )
    code = june.try_act("old_counter", file_dossier, filing).case.code
    if received:
        june.do("old_counter", code, "receive")
    before = june.row(code)
    assert before["intake_due_at"] == moment("2025-07-01 16:00")
    _, path = plan(june, tmp_path)
    june.at("2025-07-01 08:00")
    applied(june, path)
    after = june.row(code)
    assert after["offices"] != before["offices"]
    for name in ("intake_from", "intake_due_at", "intake_done_at"):
        assert after[name] == before[name]
    assert (("intake", "") in june.armed(code)) is not received
    june.at("2025-07-01 16:01")
    sweep_all_due(june.runtime)
    told = [recipient for _, recipient, _ in june.messages(code, "qua-gio-tiep-nhan")]
    assert told == ([] if received else ["office:TT-26740/counter"])
