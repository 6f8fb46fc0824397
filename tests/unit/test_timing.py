"""What a step does to a dossier's time, on rows alone: start, pause, resume, stop, reminders; and due moments that a
recomputation confirms whatever came before."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from engine.rules.deadlines import timing
from engine.rules.deadlines.calendar import Calendar
from engine.rules.deadlines.pauses import Extension
from engine.rules.deadlines.timing import (
    Clock,
    after_migration,
    after_step,
    due_columns,
    next_reminder,
    starts,
    wanted_clocks,
)
from engine.rules.procedure.definition import Notice, Sla, State, Term, TermBranch
from tests.installation.land_release import land_release
from tests.installation.releases import text

RELEASE = land_release()
CALENDAR = Calendar("plain", dt.date(2026, 1, 1), dt.date(2027, 12, 31))  # no holidays
FIVE = Term(5, "working_day")


def at(day: int, hour: int = 8) -> dt.datetime:
    """A day of March 2026 (the 2nd is a Monday), local hour."""
    return dt.datetime(2026, 3, day, hour, tzinfo=dt.timezone(dt.timedelta(hours=7))).astimezone(dt.UTC)


def filed(**columns: Any) -> dict[str, Any]:
    row: dict[str, Any] = {
        "state": "new",
        "portal": 1,
        "clock": "not_started",
        "entered_at": at(2),
        "filed_at": at(2),
        "received_at": None,
        "started_at": None,
        "due_at": None,
        "promised_at": None,
        "step_due_at": None,
        "term": None,
        "pauses": [],
        "extensions": [],
        "finished_at": None,
        "returned_at": None,
        **dict.fromkeys(("intake_from", "intake_due_at", "intake_done_at")),
        "supplements": 0,
    }
    return row | columns


def step(
    row: dict[str, Any], target: str, action: str | None, now: dt.datetime, release: Any = RELEASE
) -> dict[str, Any]:
    return row | after_step(row, release, target, action, lambda: FIVE, CALENDAR, now)


def walk(*steps: tuple[str, str | None, dt.datetime]) -> dict[str, Any]:
    row = filed()
    for target, action, now in steps:
        row = step(row, target, action, now)
    return row


RECEIVED = ("accepted", "receive", at(2))
ASKED = ("supplement", "ask", at(3))


class TestStarting:
    def test_reception_starts_the_clock_with_the_term_of_that_moment(self) -> None:
        row = walk(RECEIVED)
        assert (row["received_at"], row["started_at"], row["term"]) == (at(2), at(2), timing.term_to_data(FIVE))
        assert row["due_at"] == row["promised_at"] == at(6, 17)

    def test_only_the_step_that_starts_the_clock_asks_for_the_term(self) -> None:
        asked: list[str] = []

        def total_term() -> Term:
            asked.append(row["state"])
            return FIVE

        row = filed()
        for target, action, day in (("accepted", "receive", 2), ("checking", "forward", 3), ("supplement", "ask", 4)):
            row |= after_step(row, RELEASE, target, action, total_term, CALENDAR, at(day))
        assert asked == ["new"]
        assert row["term"] == timing.term_to_data(FIVE)

    def test_a_later_term_changes_nothing(self) -> None:
        row = walk(RECEIVED)
        longer = Term(99, "working_day")
        later = row | after_step(row, RELEASE, "checking", "forward", lambda: longer, CALENDAR, at(3))
        assert (later["term"], later["due_at"]) == (row["term"], row["due_at"])

    def test_refusing_starts_nothing(self) -> None:
        row = walk(("refused", "refuse", at(2)))
        assert (row["received_at"], row["started_at"], row["due_at"], row["finished_at"]) == (None, None, None, at(2))

    def test_the_key_or_the_effect_names_what_starts(self) -> None:
        by_key = land_release(sla=Sla((TermBranch(FIVE),), starts="forward"))
        assert (starts(by_key, "forward"), starts(by_key, "receive"), starts(by_key, None)) == (True, False, False)
        assert starts(RELEASE, "receive")
        row = step(filed(), "accepted", "receive", at(2), by_key)
        assert (row["received_at"], row["started_at"]) == (at(2), None)
        assert step(row, "checking", "forward", at(4), by_key)["started_at"] == at(4)

    def test_papers_asked_for_before_reception_are_neither_reception_nor_supplement(self) -> None:
        states = RELEASE.states | {"incomplete": State(text("Chưa đủ"), 5, "not_started")}
        row = step(filed(), "incomplete", "refuse", at(2), land_release(states=states))
        assert (row["received_at"], row["supplements"], row["pauses"]) == (None, 0, [])

    def test_a_clock_that_pauses_at_once_has_started(self) -> None:
        row = step(filed(), "finance", "receive", at(2))
        assert (row["started_at"], row["due_at"], len(row["pauses"])) == (at(2), None, 1)
        assert row["received_at"] == at(2), "what starts the clock is reception, whatever the portal calls the state"


class TestPausing:
    def test_a_pause_takes_the_due_moment_away_but_not_the_promise(self) -> None:
        row = walk(RECEIVED, ASKED)
        assert (row["due_at"], row["promised_at"], row["supplements"]) == (None, at(6, 17), 1)
        assert row["pauses"] == [{"start": at(3).isoformat(), "end": None, "reason": "supplement"}]

    def test_from_one_pause_into_another_it_is_one_pause(self) -> None:
        row = walk(RECEIVED, ASKED, ("finance", "paid", at(4)), ("signing", "paid", at(5)))
        assert [(pause["start"], pause["end"]) for pause in row["pauses"]] == [(at(3).isoformat(), at(5).isoformat())]
        assert row["due_at"] == at(10, 17)

    def test_each_request_counts_but_a_recall_does_not(self) -> None:
        row = walk(RECEIVED, ASKED, ("checking", "resubmit", at(4)), ("supplement", "ask", at(5)))
        assert row["supplements"] == 2
        row = step(row, "checking", "resubmit", at(6))
        assert step(row, "supplement", None, at(6))["supplements"] == 2

    def test_rows_given_are_left_alone(self) -> None:
        row = walk(RECEIVED, ASKED)
        before = [dict(pause) for pause in row["pauses"]]
        step(row, "checking", "resubmit", at(9))
        assert row["pauses"] == before

    def test_withdrawing_ends_an_open_pause(self) -> None:
        row = walk(RECEIVED, ASKED, ("withdrawn", "withdraw", at(4)))
        assert row["pauses"][0]["end"] == at(4).isoformat()
        assert row["due_at"] is not None


class TestEnding:
    def test_the_first_end_counts_and_the_return_has_its_own_moment(self) -> None:
        row = walk(RECEIVED, ("ready", "sign", at(5)), ("returned", "return", at(9)))
        assert (row["finished_at"], row["returned_at"]) == (at(5), at(9))

    def test_what_is_taken_back_has_not_ended(self) -> None:
        row = walk(RECEIVED, ("ready", "sign", at(5)), ("signing", None, at(5)))
        assert (row["finished_at"], row["returned_at"]) == (None, None)

    def test_explained_counts_the_time_left_at_the_end(self) -> None:
        row = walk(RECEIVED, ("ready", "sign", at(5)))
        now, later = (timing.explained(row, RELEASE, CALENDAR, moment) for moment in (at(5), at(30)))
        assert now is not None and later is not None
        assert now.moment == row["due_at"] and now.remaining == later.remaining == 2 * 8 * 60
        assert timing.explained(filed(), RELEASE, CALENDAR, at(2)) is None


class TestClocks:
    def test_a_running_clock_wants_its_warnings(self) -> None:
        notify = (Notice("due_in", ("holder",), ("inbox",), "sap-den-han", term=Term(2, "working_day")),)
        release = land_release(notify=notify)
        row = step(filed(), "accepted", "receive", at(2), release)
        assert set(wanted_clocks(row, release, CALENDAR)) == {
            Clock("overdue", "", at(6, 17)),
            Clock("warn", "", at(5, 17)),
            Clock("due_in", "0", at(4, 17)),
            Clock("step", "accepted", at(2, 12)),
        }

    def test_a_pause_wants_reminders_and_what_happens_by_itself(self) -> None:
        row = walk(RECEIVED, ASKED)
        assert {(one.kind, one.subject): one.due_at for one in wanted_clocks(row, RELEASE, CALENDAR)} == {
            ("remind", "supplement"): at(9, 17),
            ("after", "lapse"): timing.term_end(CALENDAR, at(3), Term(30, "calendar_day")),
        }

    def test_without_a_warning_and_reminders_there_is_the_due_moment_alone(self) -> None:
        sla = Sla((TermBranch(FIVE),))
        states = RELEASE.states | {"accepted": State(text("Đã nhận"), 2, "running")}
        release = land_release(sla=sla, notify=(), states=states)
        row = step(filed(), "accepted", "receive", at(2), release)
        assert list(wanted_clocks(row, release, CALENDAR)) == [Clock("overdue", "", at(6, 17))]

    def test_an_ended_dossier_wants_nothing(self) -> None:
        for end in ("withdrawn", "returned"):
            assert list(wanted_clocks(walk(RECEIVED, (end, "withdraw", at(3))), RELEASE, CALENDAR)) == []

    def test_missed_reminders_are_skipped(self) -> None:
        row = walk(RECEIVED, ASKED)
        every = Term(5, "working_day")
        assert next_reminder(row, every, CALENDAR, at(3)) == at(9, 17)
        assert next_reminder(row, every, CALENDAR, at(9, 17)) > at(9, 17)
        assert at(25) < next_reminder(row, every, CALENDAR, at(25)) <= timing.term_end(CALENDAR, at(25), every)


class TestMigrating:
    def test_in_a_like_state_no_time_changes(self) -> None:
        row = walk(RECEIVED, ("checking", "forward", at(3)))
        changes = after_migration(row, RELEASE, CALENDAR, at(4))
        assert {key: row[key] for key in changes} == changes

    def test_a_state_that_pauses_opens_a_pause_but_asks_for_nothing(self) -> None:
        row = walk(RECEIVED, ("checking", "forward", at(3)))
        states = RELEASE.states | {"checking": State(text("Chờ"), 5, "paused")}
        row |= after_migration(row, land_release(states=states), CALENDAR, at(4))
        assert (row["clock"], row["due_at"], row["supplements"], row["entered_at"]) == ("paused", None, 0, at(3))

    def test_a_state_with_a_limit_whose_clock_stands_has_no_moment_for_the_step(self) -> None:
        row = walk(RECEIVED, ("checking", "forward", at(3)))
        states = RELEASE.states | {"checking": State(text("Chờ"), 5, "paused", limit=Term(1, "working_day"))}
        paused = land_release(states=states)
        assert after_migration(row, paused, CALENDAR, at(4))["step_due_at"] is None
        assert step(walk(RECEIVED), "checking", "forward", at(3), paused)["step_due_at"] is None

    def test_a_new_limit_counts_from_when_the_state_was_entered(self) -> None:
        row = walk(RECEIVED, ("checking", "forward", at(3)))
        states = RELEASE.states | {"checking": State(text("Nhanh"), 4, "running", limit=Term(1, "working_day"))}
        assert after_migration(row, land_release(states=states), CALENDAR, at(4))["step_due_at"] == at(3, 17)


moves = some.lists(
    some.tuples(
        some.sampled_from(
            [("checking", "forward"), ("supplement", "ask"), ("finance", "finish_review"), ("signing", "paid"),
             ("checking", None), ("ready", "sign")]
        ),
        some.integers(0, 60 * 24 * 4),
        some.booleans(),
    ),
    max_size=12,
)  # fmt: skip


@given(moves)
def test_due_moments_equal_a_recomputation_after_any_steps(chosen: list[Any]) -> None:
    row, now = walk(RECEIVED), at(2)
    for (target, action), minutes, extend in chosen:
        now += dt.timedelta(minutes=minutes)
        row = step(row, target, action, now)
        if extend and row["clock"] == "running":
            row |= {"extensions": [*row["extensions"], Extension(Term(1, "working_day"), now).to_data()]}
            row |= due_columns(row, RELEASE, CALENDAR)
        again = due_columns(row, RELEASE, CALENDAR)
        assert {key: row[key] for key in again} == again
        # A pause takes away a due moment that lies ahead; one that has passed stays passed.
        late = row["due_at"] is not None and row["due_at"] <= now
        assert row["clock"] == "running" or late or row["due_at"] is None or row["portal"] == 9
        assert row["due_at"] is not None or row["clock"] == "paused"
        ends = [pause["end"] for pause in row["pauses"]]
        assert None not in ends[:-1] and (ends[-1:] == [None]) == (row["clock"] == "paused")


@pytest.mark.parametrize("minutes", [0, 1, 17, 480, 5000])
def test_pausing_and_resuming_at_once_changes_nothing(minutes: int) -> None:
    now = at(2) + dt.timedelta(minutes=minutes)
    row = walk(RECEIVED, ("checking", "forward", at(2)))
    paused = step(row, "supplement", "ask", now)
    assert step(paused, "checking", "resubmit", now)["due_at"] == row["due_at"]
