"""Days, moments and working time in words, in both languages."""

from __future__ import annotations

import datetime as dt

import pytest

from engine.rules.deadlines.words import (
    day_in_words,
    days_in_words,
    duration_in_words,
    moment_in_words,
    time_left_in_words,
)

MONDAY = dt.date(2026, 3, 2)


def test_every_day_of_the_week_has_its_name() -> None:
    week = [day_in_words(MONDAY + dt.timedelta(days=number)) for number in range(7)]
    assert [day.vi.rpartition(" ")[0] for day in week] == [
        *("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật"),
    ]
    assert [day.en.split()[0] for day in week] == ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]


def test_every_month_has_its_name() -> None:
    year = [day_in_words(dt.date(2026, month, 9)) for month in range(1, 13)]
    assert " ".join(day.en.split()[2] for day in year) == "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"
    assert [day.vi[-10:] for day in year] == [f"09/{month:02}/2026" for month in range(1, 13)]


def test_a_stretch_names_the_year_once_where_it_is_one() -> None:
    assert days_in_words(MONDAY, MONDAY).en == "Mon 2 Mar 2026"
    within = days_in_words(MONDAY, MONDAY + dt.timedelta(days=1))
    assert (within.vi, within.en) == ("thứ Hai 02/03 – thứ Ba 03/03/2026", "Mon 2 Mar – Tue 3 Mar 2026")
    across = days_in_words(dt.date(2025, 12, 31), dt.date(2026, 1, 1))
    assert across.en == "Wed 31 Dec 2025 – Thu 1 Jan 2026"


def test_a_moment_is_told_in_local_time() -> None:
    words = moment_in_words(dt.datetime(2026, 3, 1, 17, 5, tzinfo=dt.UTC))
    assert (words.vi, words.en) == ("00:05 thứ Hai 02/03/2026", "00:05 Mon 2 Mar 2026")


@pytest.mark.parametrize(
    ("minutes", "vi", "en"),
    [
        (0, "0 phút", "0 minutes"),
        (1, "1 phút", "1 minute"),
        (59, "59 phút", "59 minutes"),
        (60, "1 giờ", "1 hour"),
        (121, "2 giờ 1 phút", "2 hours 1 minute"),
        (479, "7 giờ 59 phút", "7 hours 59 minutes"),
        (480, "1 ngày", "1 day"),
        (961, "2 ngày 1 phút", "2 days 1 minute"),
        (1100, "2 ngày 2 giờ 20 phút", "2 days 2 hours 20 minutes"),
    ],
)
def test_working_time_in_words(minutes: int, vi: str, en: str) -> None:
    words = duration_in_words(minutes, 480)
    assert (words.vi, words.en) == (vi, en)


@pytest.mark.parametrize(
    ("minutes", "late", "vi", "en"),
    [
        (540, None, "Còn 1 ngày 1 giờ làm việc", "1 working day 1 hour left"),
        (1, True, "Còn 1 phút làm việc", "1 working minute left"),
        (0, None, "Đến hạn", "Due now"),
        (0, False, "Đến hạn", "Due now"),
        (0, True, "Quá hạn", "Overdue"),
        (-1, None, "Quá hạn 1 phút làm việc", "1 working minute overdue"),
        (-960, False, "Quá hạn 2 ngày làm việc", "2 working days overdue"),
    ],
)
def test_what_is_left_in_words(minutes: int, late: bool | None, vi: str, en: str) -> None:
    words = time_left_in_words(minutes, 480, late)
    assert (words.vi, words.en) == (vi, en)
