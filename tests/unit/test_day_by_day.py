"""Each day of a time limit: what counted of it, and why or why not."""

from __future__ import annotations

import datetime as dt

from engine.clock import LOCAL
from engine.rules.deadlines.calendar import Calendar
from engine.rules.deadlines.day_by_day import MOST_DAYS, DayLine, day_by_day
from engine.rules.deadlines.due import Pause, Term, due
from engine.rules.deadlines.office_hours import Closure

YEARS = Calendar("vn", dt.date(2026, 1, 1), dt.date(2029, 12, 31))
FRIDAY = dt.datetime(2026, 3, 6, 15, 30, tzinfo=LOCAL)


def _told(days: tuple[DayLine, ...]) -> list[tuple[int, str, int]]:
    return [(one.day.day, one.status, one.minutes) for one in days]


def test_working_days_count_their_minutes_and_skip_the_weekend() -> None:
    found = due(YEARS, FRIDAY, Term(2, "working_day"))
    days = day_by_day(YEARS, found)
    assert _told(days) == [
        (6, "counted", 90), (7, "skipped", 0), (8, "skipped", 0), (9, "counted", 480), (10, "counted", 390)
    ]  # fmt: skip
    assert sum(one.minutes for one in days) == 2 * YEARS.day_minutes
    assert (days[1].why.vi, days[1].why.en) == ("nghỉ hằng tuần", "weekly rest")


def test_the_day_of_reception_is_named_where_it_does_not_count() -> None:
    days = day_by_day(YEARS, due(YEARS, FRIDAY, Term(1, "working_day"), first_day="not_counted"))
    assert days[0].day.day == 6 and days[0].status == "skipped"
    assert "ngày tiếp nhận" in days[0].why.vi and "147" in days[0].legal
    assert days[-1].day.day == 9 and days[-1].status == "counted"


def test_days_of_rest_count_in_a_term_of_calendar_days() -> None:
    days = day_by_day(YEARS, due(YEARS, FRIDAY, Term(3, "calendar_day")))
    assert _told(days) == [(6, "skipped", 0), (7, "counted", 0), (8, "counted", 0), (9, "counted", 480)]
    assert "days of rest" in days[1].why.en


def test_a_pause_is_told_day_by_day_and_the_day_it_begins_counts_in_part() -> None:
    monday = dt.datetime(2026, 3, 9, 8, 0, tzinfo=LOCAL)
    pause = Pause(monday + dt.timedelta(hours=3), monday + dt.timedelta(days=2), "supplement")
    days = day_by_day(YEARS, due(YEARS, monday, Term(1, "working_day"), [pause]))
    assert [(one.day.day, one.status) for one in days] == [(9, "counted"), (10, "paused"), (11, "counted")]
    assert "tạm dừng" in days[0].why.vi
    assert sum(one.minutes for one in days) == YEARS.day_minutes


def test_a_pause_without_end_is_told_until_now() -> None:
    monday = dt.datetime(2026, 3, 9, 8, 0, tzinfo=LOCAL)
    pause = Pause(monday + dt.timedelta(hours=3), None, "supplement")
    found = due(YEARS, monday, Term(1, "working_day"), [pause])
    assert len(day_by_day(YEARS, found)) == 1
    until = day_by_day(YEARS, found, monday + dt.timedelta(days=3))
    assert [one.status for one in until] == ["counted", "paused", "paused", "paused"]


def test_a_closed_day_is_skipped_with_its_reason() -> None:
    closed = Closure(dt.date(2026, 3, 9), dt.date(2026, 3, 9), "bão số 3", "storm no. 3", "CĐ 12")
    calendar = YEARS.for_office((closed,))
    days = day_by_day(calendar, due(calendar, FRIDAY, Term(1, "working_day")))
    assert [(one.day.day, one.status) for one in days][3] == (9, "skipped")
    assert (days[3].why.vi, days[3].legal) == ("bão số 3", "CĐ 12")


def test_a_very_long_term_is_told_in_part() -> None:
    assert len(day_by_day(YEARS, due(YEARS, FRIDAY, Term(900, "calendar_day")))) == MOST_DAYS
