"""Parts of a day in terms and steps, and steps that take no time."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from engine.rules.deadlines.calendar import Calendar
from engine.rules.deadlines.due import due, due_moment, step_result, warn_before
from engine.rules.deadlines.pauses import BadTerm, check_term, term_from_data, term_to_data
from engine.rules.deadlines.timing import after_step
from engine.rules.deadlines.trace import term_in_words
from engine.rules.procedure.definition import State, Term
from engine.text import Text
from tests.unit.test_deadlines import VN, at
from tests.workflow_samples.surroundings import CORRECT, surroundings
from workflows.loader import load
from workflows.table_arms import term_of


@pytest.mark.parametrize(
    ("received", "term", "expected"),
    [
        ("2026-03-02 08:00", Term(0.25, "working_day"), "2026-03-02 10:00"),
        ("2026-03-02 16:00", Term(0.25, "working_day"), "2026-03-03 09:00"),
        ("2026-03-02 10:15", Term(0.5, "working_day"), "2026-03-02 15:15"),  # over the noon break
        ("2026-03-02 10:15", Term(2.5, "working_day"), "2026-03-04 15:15"),
        ("2026-02-13 15:00", Term(0.5, "working_day"), "2026-02-23 10:00"),  # across Tết
        ("2026-03-02 08:00", Term(1.5, "working_hour"), "2026-03-02 09:30"),
    ],
)
def test_the_due_moment_of_parts_of_a_day(received: str, term: Term, expected: str) -> None:
    assert due_moment(VN, at(received), term) == at(expected)
    assert due(VN, at(received), term).moment == at(expected)


def test_days_whose_first_is_not_counted_end_at_the_close_of_the_day_of_their_last_part() -> None:
    for amount, expected in ((2, "2026-03-04 17:00"), (2.5, "2026-03-05 17:00")):
        term = Term(amount, "working_day")
        assert due_moment(VN, at("2026-03-02 10:15"), term, first_day="not_counted") == at(expected)


def test_a_quarter_of_a_short_day_is_a_quarter_of_it_and_a_begun_minute_counts() -> None:
    hours = ((8 * 60, 12 * 60), (13 * 60, 16 * 60 + 30))
    calendar = Calendar("short", date(2026, 3, 1), date(2026, 3, 31), week=(hours,) * 5 + ((),) * 2)
    assert due_moment(calendar, at("2026-03-02 08:00"), Term(0.25, "working_day")) == at("2026-03-02 09:53")


@pytest.mark.parametrize(
    ("term", "vi", "en"),
    [
        (Term(0.25, "working_day"), "0,25 ngày làm việc", "0.25 working days"),
        (Term(2.5, "working_day"), "2,5 ngày làm việc", "2.5 working days"),
        (Term(1, "working_hour"), "1 giờ làm việc", "1 working hour"),
    ],
)
def test_parts_in_words(term: Term, vi: str, en: str) -> None:
    assert term_in_words(term) == Text(vi, en)
    assert term_from_data(term_to_data(term)) == term


@pytest.mark.parametrize("term", [Term(0.3, "working_day"), Term(2.5, "calendar_day"), Term(0, "working_day")])
def test_other_parts_are_refused(term: Term) -> None:
    with pytest.raises(BadTerm):
        check_term(term)


def test_a_warning_half_a_day_before() -> None:
    assert warn_before(VN, at("2026-03-03 10:15"), Term(0.5, "working_day")) == at("2026-03-02 15:15")


def test_a_step_of_a_quarter_is_late_after_two_hours() -> None:
    given, limit = at("2026-03-02 08:00"), Term(0.25, "working_day")
    assert step_result(VN, given, at("2026-03-02 10:00"), limit) == "on_time"
    assert step_result(VN, given, at("2026-03-02 10:01"), limit) == "late"


def _entered(days: str) -> Any:
    """What changes when the sample's dossier enters the state ``signing`` with this limit."""
    text = CORRECT.read_text(encoding="utf-8").replace("role: leader, days: 1}", f"role: leader, {days}}}")
    release = load(text, context=surroundings())
    row: Any = {
        "state": "checking", "portal": 4, "clock": "running", "entered_at": at("2026-03-02 08:00"),
        "received_at": at("2026-03-02 08:00"), "started_at": at("2026-03-02 08:00"), "due_at": None,
        "promised_at": None, "step_due_at": None, "term": {"amount": 5, "unit": "working_day"}, "pauses": [],
        "extensions": [], "supplements": 0, "finished_at": None, "returned_at": None,
    }  # fmt: skip
    return after_step(row, release, "signing", "submit", lambda: Term(5, "working_day"), VN, at("2026-03-02 10:00"))


def test_a_step_without_time_has_no_limit_and_can_not_be_late() -> None:
    assert _entered("days: 0.5")["step_due_at"] == at("2026-03-02 15:00")
    assert _entered("days: 0")["step_due_at"] is None
    assert _entered("hours: 0")["step_due_at"] is None
    step = State(Text("a", "a"), 4, "running", limit=Term(0, "working_day"))
    assert step.counted is None and step.limit == Term(0, "working_day")


def test_the_outcomes_of_a_table_of_terms() -> None:
    assert term_of("0.25", "working_day") == Term(0.25, "working_day")
    assert term_of("3 calendar days", "working_day") == Term(3, "calendar_day")
    assert term_of("1 working hour", "working_day") == Term(1, "working_hour")
    assert term_of("same_day", "working_day") == Term(0, "same_day")
    assert term_of("3 weeks", "working_day") is None and term_of("9999", "working_day") is None
