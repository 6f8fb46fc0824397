"""Calendar files: what the shipped one says, how it differs from its seed, and how mistakes are reported."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import Refusal
from workflows.calendar_files import CALENDARS, BadCalendarFile, load_calendar, read_calendar
from workflows.calendar_seed import differences, seed_lines

LINE = "  - {date: 2026-01-02, kind: holiday, vi: nghỉ, en: off, legal: QĐ 1, source: press}\n"
GOOD = (
    "calendar: demo\n"
    "covers: {from: 2026-01-01, until: 2026-12-31}\n"
    'week: {mon: ["08:00-12:00"]}\n'
    "legal: QĐ 1\n"
    "days:\n" + LINE
)


def test_the_shipped_file_differs_from_its_seed_in_the_one_known_swap() -> None:
    assert differences(load_calendar("vn")) == {
        date(2026, 1, 2): "worked in the package only",
        date(2026, 1, 10): "worked in the file only",
    }


def test_the_seed_gives_lines_that_the_reader_accepts() -> None:
    text = GOOD.replace(LINE, "\n".join(seed_lines([2026])) + "\n")
    calendar = read_calendar(text.encode(), "demo.yaml")
    assert not calendar.is_working_day(date(2026, 2, 16))
    assert {day.source for day in calendar.days} == {"seed"}


def test_the_shipped_file_says_which_years_are_official() -> None:
    calendar = load_calendar("vn")
    assert calendar.official_years == (2025, 2026)
    assert (calendar.first, calendar.last) == (date(2024, 1, 1), date(2027, 12, 31))
    unverified = {day.day for day in calendar.days if day.source == "seed" and day.day.year in calendar.official_years}
    assert unverified == {date(2026, 11, 24)}


@pytest.mark.parametrize(
    ("old", "new", "at", "words"),
    [
        ("legal: QĐ 1\ndays", "legl: QĐ 1\ndays", "4:1", "unknown key 'legl'"),
        ("legal: QĐ 1\ndays", "days", "1:1", "'legal' is missing"),
        ("kind: holiday", "kind: feast", "6:30", "'feast'"),
        ("source: press", "source: gossip", "6:", "'gossip'"),
        ("2026-01-02", "2026-01-32", "6:12", "not a date"),
        ("2026-01-02", "2027-01-02", "1:1", "outside the range"),
        ("date: 2026-01-02", "from: 2026-01-02", "6:5", "either a date"),
        ("date: 2026-01-02", "from: 2026-01-02, until: 2026-03-02", "6:31", "0 to 30 days"),
        ("date: 2026-01-02", "date: 2026-01-02, date: 2026-01-03", "6:", "date"),
        ('["08:00-12:00"]', '"08:00-12:00"', "3:13", "a list belongs here"),
        ('["08:00-12:00"]', '["8h-12h"]', "1:1", "8h-12h"),
        ("vi: nghỉ", "vi: ''", "6:", "a text belongs here"),
        ("vi: nghỉ", "vi: &x nghỉ", "6:", ""),
        ("covers: {", "covers: [", "", ""),
        ("legal: QĐ 1\n", 'legal: QĐ 1\nofficial: ["26"]\n', "5:12", "not a year"),
        ("kind: holiday", "kind: swapped_in", "6:5", "a worked day of rest needs hours"),
        (LINE, LINE + LINE, "1:1", "stands there twice"),
        (GOOD, "", "1:1", ""),
        (GOOD, "- 1\n", "1:1", ""),
    ],
)
def test_a_mistake_is_reported_where_it_stands(old: str, new: str, at: str, words: str) -> None:
    assert old in GOOD
    with pytest.raises(BadCalendarFile) as refused:
        read_calendar(GOOD.replace(old, new, 1).encode(), "demo.yaml")
    assert refused.value.sentence("en").startswith(f"demo.yaml:{at}")
    assert words in refused.value.sentence("en")
    assert refused.value.sentence("vi") != refused.value.sentence("en")


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(BadCalendarFile):
        read_calendar(b"\xff\xfe\x00", "demo.yaml")


def test_an_unknown_calendar_is_refused_with_the_known_ones() -> None:
    with pytest.raises(BadCalendarFile, match="vn"):
        load_calendar("../vn")


def test_a_file_and_its_calendar_have_the_same_name(tmp_path) -> None:
    (tmp_path / "other.yaml").write_text(GOOD, encoding="utf-8")
    with pytest.raises(BadCalendarFile, match="demo"):
        load_calendar("other", tmp_path)


SHIPPED = (CALENDARS / "vn.yaml").read_bytes().decode()


@given(st.integers(0, 3000), st.text(max_size=6), st.integers(0, 4))
def test_no_damage_to_a_file_escapes_as_anything_but_a_refusal(place: int, inserted: str, removed: int) -> None:
    damaged = SHIPPED[:place] + inserted + SHIPPED[place + removed : 4000]
    try:
        read_calendar(damaged.encode("utf-8", "surrogatepass"), "vn.yaml")
    except Refusal as refusal:
        assert refusal.sentence("vi").startswith("vn.yaml:")
