"""Which minutes of which days count."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rules.deadlines.calendar import OFFICE_WEEK, Calendar, MomentWithoutZone, OutsideCalendar
from engine.rules.deadlines.office_hours import (
    BadCalendar,
    Closure,
    Span,
    SpecialDay,
    check_spans,
    read_date,
    read_spans,
    spans_in_words,
    without,
)
from workflows.calendar_files import load_calendar

VN = load_calendar("vn")
LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
WORDS = {"vi": "v", "en": "e", "legal": "l"}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL).astimezone(UTC)


def days_off(first: str, last: str) -> list[date]:
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    days = [start + timedelta(days=number) for number in range((end - start).days + 1)]
    return [day for day in days if not VN.is_working_day(day)]


def test_an_office_works_eight_hours_in_two_spans() -> None:
    monday = date(2026, 3, 2)
    assert VN.spans(monday) == ((480, 720), (780, 1020))
    assert VN.minutes(monday) == VN.day_minutes == 480
    assert VN.about(monday).kind == "working"
    assert VN.about(date(2026, 3, 1)).kind == "weekend"


@pytest.mark.parametrize(
    ("before", "first", "last", "after"),
    [
        ("2025-01-24", "2025-01-25", "2025-02-02", "2025-02-03"),  # Tết 2025
        ("2025-04-29", "2025-04-30", "2025-05-04", "2025-05-05"),
        ("2025-08-29", "2025-08-30", "2025-09-02", "2025-09-03"),
        ("2025-12-31", "2026-01-01", "2026-01-04", "2026-01-05"),
        ("2026-02-13", "2026-02-14", "2026-02-22", "2026-02-23"),  # Tết 2026
        ("2026-04-24", "2026-04-25", "2026-04-27", "2026-04-28"),
        ("2026-08-28", "2026-08-29", "2026-09-02", "2026-09-03"),
        ("2024-02-07", "2024-02-08", "2024-02-14", "2024-02-15"),
        ("2024-04-26", "2024-04-27", "2024-05-01", "2024-05-02"),
    ],
)
def test_the_long_holidays_are_as_decreed(before: str, first: str, last: str, after: str) -> None:
    length = (date.fromisoformat(last) - date.fromisoformat(first)).days + 1
    assert len(days_off(first, last)) == length
    assert VN.is_working_day(date.fromisoformat(before))
    assert VN.is_working_day(date.fromisoformat(after))


@pytest.mark.parametrize(
    ("off", "worked"),
    [
        ("2024-04-29", "2024-05-04"),
        ("2025-05-02", "2025-04-26"),
        ("2026-01-02", "2026-01-10"),
        ("2026-08-31", "2026-08-22"),
    ],
)
def test_a_swapped_day_is_off_and_its_saturday_is_worked(off: str, worked: str) -> None:
    day_off, saturday = date.fromisoformat(off), date.fromisoformat(worked)
    assert VN.about(day_off).kind == "swapped_out"
    assert VN.about(saturday).kind == "swapped_in"
    assert VN.minutes(saturday) == 480
    assert saturday.weekday() == 5


def test_each_year_has_its_number_of_working_days() -> None:
    counted = {
        year: sum(VN.is_working_day(date(year, 1, 1) + timedelta(days=n)) for n in range(365)) for year in (2025, 2026)
    }
    assert counted == {2025: 250, 2026: 249}


def test_every_special_day_has_words_and_a_legal_text() -> None:
    for day in VN.days:
        note = VN.about(day.day)
        assert note.vi and note.en and note.legal


def test_closing_ends_a_span_and_opening_begins_the_next() -> None:
    assert VN.add_working_minutes(at("2026-03-02 16:00"), 60) == at("2026-03-02 17:00")
    assert VN.add_working_minutes(at("2026-03-02 16:00"), 61) == at("2026-03-03 08:01")
    assert VN.add_working_minutes(at("2026-03-02 11:30"), 30) == at("2026-03-02 12:00")
    assert VN.add_working_minutes(at("2026-03-02 18:00"), 0) == at("2026-03-03 08:00")
    assert VN.add_working_minutes(at("2026-03-02 17:00"), 0) == at("2026-03-02 17:00")
    assert VN.subtract_working_minutes(at("2026-02-23 10:00"), 240) == at("2026-02-13 15:00")
    assert VN.next_open(at("2026-02-13 17:00")) == at("2026-02-23 08:00")
    assert VN.next_open(at("2026-03-02 12:00")) == at("2026-03-02 13:00")
    assert VN.next_open(at("2026-03-02 09:59:59")) == at("2026-03-02 09:59")


def test_hours_include_the_minute_of_closing() -> None:
    for inside in ("08:00", "12:00", "13:00", "17:00", "10:30"):
        assert VN.within_office_hours(at(f"2026-03-02 {inside}")), inside
    for outside in ("07:59", "12:30", "17:01", "00:00"):
        assert not VN.within_office_hours(at(f"2026-03-02 {outside}")), outside


@given(st.integers(0, 1200 * 1440), st.integers(1, 40_000))
def test_what_is_added_is_found_between(tick: int, minutes: int) -> None:
    start = VN.moment(tick)
    end = VN.add_working_minutes(start, minutes)
    assert VN.working_minutes_between(start, end) == minutes
    assert VN.working_minutes_between(end, start) == -minutes
    assert VN.working_minutes_between(start, end - timedelta(minutes=1)) == minutes - 1


@given(st.integers(0, (VN.last - VN.first).days * 1440))
def test_local_time_is_that_of_vietnam(tick: int) -> None:
    local = VN.moment(tick).astimezone(LOCAL)
    assert local.date() == VN.day_of(tick)
    assert local.hour * 60 + local.minute == tick % 1440
    assert VN.tick(local) == tick


def test_outside_its_range_a_calendar_refuses() -> None:
    for question in (
        lambda: VN.is_working_day(date(2028, 1, 1)),
        lambda: VN.spans(date(2023, 12, 31)),
        lambda: VN.tick(at("2028-01-01 00:00")),
        lambda: VN.next_open(at("2027-12-31 17:00")),
        lambda: VN.add_working_minutes(at("2027-12-31 16:00"), 61),
        lambda: VN.subtract_working_minutes(at("2024-01-02 09:00"), 61),
        lambda: VN.closing_tick_before(0),
    ):
        with pytest.raises(OutsideCalendar) as refused:
            question()
        assert "01/01/2024" in refused.value.sentence("vi")


def test_a_moment_without_zone_is_refused() -> None:
    with pytest.raises(MomentWithoutZone):
        VN.tick(datetime(2026, 3, 2, 8))  # noqa: DTZ001 - that is the point


def test_an_office_closes_on_its_own() -> None:
    moved = Closure(date(2026, 3, 3), date(2026, 3, 4), "chuyển trụ sở", "moving house", "Thông báo số 1")
    power = Closure(date(2026, 3, 5), date(2026, 3, 5), "mất điện", "power cut", "Thông báo số 2", ((540, 840),))
    office = VN.for_office([moved, power])
    assert office.about(date(2026, 3, 3)).vi == "chuyển trụ sở"
    assert office.spans(date(2026, 3, 5)) == ((480, 540), (840, 1020))
    assert office.about(date(2026, 3, 5)).kind == "closure"
    assert office.add_working_minutes(at("2026-03-02 16:30"), 60) == at("2026-03-05 08:30")
    assert VN.is_working_day(date(2026, 3, 3))
    weekend = VN.for_office([replace(moved, first=date(2026, 3, 7), last=date(2026, 3, 8))])
    assert weekend.about(date(2026, 3, 7)).kind == "weekend"


def test_an_office_keeps_its_own_hours() -> None:
    long_day = (((420, 720), (780, 1080)),) * 5 + (((450, 690),), ())
    office = VN.for_office(week=long_day, legal="Thông báo số 3")
    assert office.day_minutes == 600
    assert office.minutes(date(2026, 3, 7)) == 240
    assert office.minutes(date(2026, 1, 10)) == 600  # worked instead of a Friday
    assert office.about(date(2026, 3, 8)).legal == "Thông báo số 3"


def test_the_week_is_summed_once() -> None:
    class Week(tuple[tuple[Span, ...], ...]):
        read = 0

        def __iter__(self) -> Iterator[tuple[Span, ...]]:
            Week.read += 1
            return super().__iter__()

    calendar = Calendar("counted", date(2026, 1, 1), date(2026, 1, 31), Week(OFFICE_WEEK))
    built = Week.read
    assert built > 0
    assert [calendar.day_minutes for _ in range(3)] == [480, 480, 480]
    assert Week.read == built


def test_hours_taken_away_leave_the_rest() -> None:
    assert without(((480, 720), (780, 1020)), ((600, 900),)) == ((480, 600), (900, 1020))
    assert without(((480, 720),), ((0, 480), (720, 800))) == ((480, 720),)
    assert without(((480, 720),), ((500, 510), (520, 530))) == ((480, 500), (510, 520), (530, 720))


def test_a_calendar_survives_json() -> None:
    closure = Closure(date(2026, 3, 3), date(2026, 3, 4), **WORDS, spans=((540, 600),))
    half = SpecialDay(date(2026, 3, 6), "half_day", **WORDS, spans=((480, 720),), source="seed")
    office = replace(VN.for_office([closure]), days=(*VN.days, half))
    again = Calendar.from_data(json.loads(json.dumps(office.to_data())))
    assert again == office
    assert again.spans(date(2026, 3, 3)) == office.spans(date(2026, 3, 3)) == ((480, 540), (600, 720), (780, 1020))


@pytest.mark.parametrize(
    "make",
    [
        lambda: SpecialDay(date(2026, 3, 2), "feast", **WORDS),
        lambda: SpecialDay(date(2026, 3, 2), "holiday", **WORDS, spans=((1, 2),)),
        lambda: SpecialDay(date(2026, 3, 2), "half_day", **WORDS),
        lambda: SpecialDay(date(2026, 3, 2), "swapped_in", **WORDS),
        lambda: SpecialDay(date(2026, 3, 2), "holiday", "v", "e", " "),
        lambda: SpecialDay(date(2026, 3, 2), "half_day", **WORDS, spans=((480, 480),)),
        lambda: SpecialDay(date(2026, 3, 2), "half_day", **WORDS, spans=((480, 600), (600, 700))),
        lambda: Closure(date(2026, 3, 2), date(2026, 3, 1), **WORDS),
        lambda: Calendar("x", date(2026, 2, 1), date(2026, 1, 1)),
        lambda: Calendar("x", date(2026, 1, 1), date(2026, 2, 1), ((),) * 7),
        lambda: Calendar("x", date(2026, 1, 1), date(2026, 2, 1), OFFICE_WEEK[:5]),
        lambda: Calendar(
            "x", date(2026, 1, 1), date(2026, 2, 1), days=(SpecialDay(date(2026, 1, 2), "holiday", **WORDS),) * 2
        ),
        lambda: Calendar(
            "x", date(2026, 1, 1), date(2026, 2, 1), days=(SpecialDay(date(2027, 1, 2), "holiday", **WORDS),)
        ),
        lambda: Calendar.from_data({"code": "x", "first": "2026-1-1", "last": "2026-02-01"}),
        lambda: Calendar.from_data({"first": "2026-01-01", "last": "2026-02-01", "week": {"mon": ["8-12"]}}),
        lambda: Calendar.from_data({"first": "2026-01-01", "last": "2026-02-01", "week": {"mon": "08:00-12:00"}}),
    ],
)
def test_a_calendar_that_contradicts_itself_is_refused(make) -> None:
    with pytest.raises(BadCalendar) as refused:
        make()
    assert refused.value.sentence("vi") != refused.value.sentence("en")
    assert "{" not in refused.value.sentence("vi")


@pytest.mark.parametrize(
    "written", ["2026-2-14", "20260214", "2026-W07-6", "2026-02-30", "14/02/2026", "", None, 20260214]
)
def test_a_day_is_written_in_one_way_only(written: object) -> None:
    assert read_date("2026-02-14", "here") == date(2026, 2, 14)
    with pytest.raises(BadCalendar) as refused:
        read_date(written, "here")
    assert (repr(written) in refused.value.sentence("en")) and refused.value.facts["where"] == "here"


@pytest.mark.parametrize(
    ("spans", "left"),
    [
        ((), ()),
        (((0, 1440),), ((0, 1440),)),
        (((0, 1), (2, 3)), ((0, 1), (2, 3))),
        (((0, 1), (1, 2)), None),  # touching
        (((5, 5),), None),
        (((5, 4),), None),
        (((-1, 4),), None),
        (((0, 1441),), None),
        (((3, 4), (1, 2)), None),
    ],
)
def test_hours_are_in_order_apart_and_within_the_day(spans: tuple, left: tuple | None) -> None:
    if left is None:
        with pytest.raises(BadCalendar):
            check_spans(spans, "here")
    else:
        check_spans(spans, "here")
        assert read_spans(spans_in_words(spans), "here") == left


@pytest.mark.parametrize(
    "written",
    [
        "08:00-12:00",
        None,
        ["8-12"],
        ["08:00-12:60"],
        ["25:00-26:00"],
        [1],
        ["09:00-08:00"],
        ["08:00-10:00", "09:00-11:00"],
        ["08:00–12:00"],
    ],
)
def test_hours_written_otherwise_are_refused(written: object) -> None:
    with pytest.raises(BadCalendar):
        read_spans(written, "here")


def test_a_fault_in_a_calendar_is_told_with_its_place() -> None:
    whole = {"code": "x", "first": "2026-01-01", "last": "2026-02-01", "week": {"mon": ["08:00-12:00"]}}
    assert Calendar.from_data(whole).code == "x"
    assert Calendar.from_data({key: one for key, one in whole.items() if key != "code"}).code == ""
    for change, where in (
        ({"first": "x"}, "first"),
        ({"last": None}, "last"),
        ({"week": {"tue": ["8"]}}, "tue"),
        ({"week": {}}, "x"),
        ({"first": "2026-03-01"}, "x"),
        ({"days": [{"day": "2027-01-01", "kind": "holiday", **WORDS}]}, "2027-01-01"),
        ({"days": [{"day": "2026-01-31", "kind": "holiday", **WORDS}] * 2}, "2026-01-31"),
        ({"days": [{"day": "2026-01-31", "kind": "half_day", **WORDS, "spans": ["8"]}]}, "2026-01-31"),
        ({"days": [{"day": "x"}]}, "day"),
        ({"days": [{"day": "2026-01-31", "kind": "swapped_in", **WORDS, "instead_of": "x"}]}, "instead_of"),
        ({"closures": [{"first": "x"}]}, "first"),
        ({"closures": [{"first": "2026-01-02", "last": "x"}]}, "last"),
        ({"closures": [{"first": "2026-01-02", "last": "2026-01-01", **WORDS}]}, "2026-01-02"),
        ({"closures": [{"first": "2026-01-02", "last": "2026-01-02"}]}, "2026-01-02"),
    ):
        with pytest.raises(BadCalendar) as refused:
            Calendar.from_data(whole | change)
        assert refused.value.facts["where"] == where, change


def test_special_days_may_lie_on_the_first_and_the_last_day() -> None:
    ends = [SpecialDay(day, "holiday", **WORDS) for day in (date(2026, 1, 1), date(2026, 2, 1))]
    calendar = Calendar("x", date(2026, 1, 1), date(2026, 2, 1), days=tuple(ends))
    assert [calendar.minutes(day.day) for day in ends] == [0, 0]


def test_the_last_working_day_of_a_calendar_is_followed_by_none() -> None:
    friday = Calendar("x", date(2026, 3, 2), date(2026, 3, 8))  # Monday to Sunday
    saturday = 5 * 1440
    assert friday.closing_tick(saturday - 1) == 4 * 1440 + 1020
    with pytest.raises(OutsideCalendar) as refused:
        friday.closing_tick(saturday)
    assert refused.value.facts["day"] == date(2026, 3, 9)


def test_what_was_worked_is_known_up_to_the_very_end_of_a_calendar() -> None:
    week = Calendar("x", date(2026, 3, 2), date(2026, 3, 8))
    end = 7 * 1440
    assert week.worked(end) == week.worked(end - 1) == 5 * 480
    assert (week.worked(0), week.worked(480), week.worked(481)) == (0, 0, 1)
    for outside in (-1, end + 1):
        with pytest.raises(OutsideCalendar):
            week.worked(outside)
