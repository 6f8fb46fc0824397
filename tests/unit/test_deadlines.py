"""Golden time limits: Tết 2026, the swap of 2 and 10 January 2026, the year's end, the cut-off, pauses, extensions."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from engine.rules.deadlines.calendar import Calendar, MomentWithoutZone, OutsideCalendar
from engine.rules.deadlines.due import (
    BadTerm,
    Due,
    Extension,
    Pause,
    Term,
    due,
    remaining,
    remaining_in_words,
    step_result,
    warn_before,
)
from engine.rules.deadlines.office_hours import Closure, SpecialDay
from engine.rules.deadlines.pauses import term_from_data, term_to_data
from engine.rules.deadlines.words import days_in_words, duration_in_words, time_left_in_words
from workflows.calendar_files import load_calendar

VN = load_calendar("vn")
LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL).astimezone(UTC)


def days(amount: int) -> Term:
    return Term(amount=amount, unit="working_day")


def hours(amount: int) -> Term:
    return Term(amount=amount, unit="working_hour")


def calendar_days(amount: int) -> Term:
    return Term(amount=amount, unit="calendar_day")


SAME_DAY = Term(amount=0, unit="same_day")


@pytest.mark.parametrize(
    ("received", "term", "expected"),
    [
        ("2026-03-02 10:15", days(3), "2026-03-05 10:15"),
        ("2026-02-12 10:15", days(3), "2026-02-24 10:15"),  # across Tết
        ("2026-02-13 15:30", days(1), "2026-02-23 15:30"),
        ("2026-02-13 17:00", days(1), "2026-02-23 17:00"),  # closed: begins after Tết
        ("2026-02-17 09:00", days(1), "2026-02-23 17:00"),  # online on New Year's morning
        ("2025-12-31 14:00", days(2), "2026-01-06 14:00"),  # year's end, Friday 2 January off
        ("2026-01-08 09:00", days(2), "2026-01-10 09:00"),  # Saturday 10 January worked
        ("2026-01-09 16:00", days(1), "2026-01-10 16:00"),
        ("2026-01-10 16:00", days(1), "2026-01-12 16:00"),
        ("2025-04-25 08:00", days(2), "2025-04-26 17:00"),
        ("2025-04-29 10:00", days(1), "2025-05-05 10:00"),
        ("2026-03-02 10:15", hours(8), "2026-03-03 10:15"),
        ("2026-03-02 11:00", hours(2), "2026-03-02 14:00"),
        ("2026-03-02 12:30", hours(4), "2026-03-02 17:00"),
        ("2026-03-02 06:00", hours(4), "2026-03-02 12:00"),
        ("2026-03-02 10:15:59", hours(1), "2026-03-02 11:15"),
        ("2026-03-02 10:15", calendar_days(3), "2026-03-05 17:00"),
        ("2026-03-02 10:15", calendar_days(5), "2026-03-09 17:00"),  # Saturday, moved to Monday
        ("2026-02-03 10:15", calendar_days(15), "2026-02-23 17:00"),  # falls into Tết
        ("2026-03-01 23:59", calendar_days(1), "2026-03-02 17:00"),
        ("2026-03-02 14:59", SAME_DAY, "2026-03-02 17:00"),
        ("2026-03-02 15:00", SAME_DAY, "2026-03-03 17:00"),
        ("2026-03-02 07:00", SAME_DAY, "2026-03-02 17:00"),
        ("2026-03-02 18:00", SAME_DAY, "2026-03-03 17:00"),
        ("2026-02-13 15:01", SAME_DAY, "2026-02-23 17:00"),
        ("2026-02-14 16:00", SAME_DAY, "2026-02-23 17:00"),
        ("2026-01-02 09:00", SAME_DAY, "2026-01-05 17:00"),
    ],
)
def test_the_due_moment(received: str, term: Term, expected: str) -> None:
    assert due(VN, at(received), term).moment == at(expected)


def test_the_cutoff_is_an_argument() -> None:
    late = at("2026-03-02 16:00")
    assert due(VN, late, SAME_DAY, cutoff=None).moment == at("2026-03-02 17:00")
    assert due(VN, late, SAME_DAY, cutoff="16:30").moment == at("2026-03-02 17:00")
    assert due(VN, late, SAME_DAY, cutoff=time(14)).moment == at("2026-03-03 17:00")
    with pytest.raises(BadTerm):
        due(VN, late, SAME_DAY, cutoff="half past")


def test_the_first_day_may_not_count() -> None:
    def ask(received: str) -> datetime | None:
        return due(VN, at(received), days(3), first_day="not_counted").moment

    assert ask("2026-03-02 10:15") == at("2026-03-05 17:00")
    assert ask("2026-03-02 18:00") == at("2026-03-05 17:00")
    assert ask("2026-02-12 10:15") == at("2026-02-24 17:00")


def test_a_half_day_counts_for_the_minutes_it_has() -> None:
    half = SpecialDay(date(2026, 3, 3), "half_day", "nghỉ chiều", "afternoon off", "Thông báo 1", ((480, 720),))
    calendar = Calendar("half", date(2026, 3, 1), date(2026, 3, 31), days=(half,))
    answer = due(calendar, at("2026-03-02 10:15"), days(2))
    assert answer.moment == at("2026-03-04 15:15")
    line = next(line for line in answer.trace if line.kind == "half_day")
    assert (line.minutes, line.legal) == (240, "Thông báo 1")
    assert due(calendar, at("2026-03-03 09:00"), SAME_DAY).moment == at("2026-03-03 12:00")
    assert due(calendar, at("2026-03-03 14:00"), SAME_DAY).moment == at("2026-03-04 17:00")


def test_an_offices_closure_stops_its_clock_and_stands_in_the_trace() -> None:
    closure = Closure(date(2026, 3, 3), date(2026, 3, 4), "chuyển trụ sở", "moving house", "Thông báo 2")
    answer = due(VN.for_office([closure]), at("2026-03-02 10:15"), days(1))
    assert answer.moment == at("2026-03-05 10:15")
    assert [(line.kind, line.vi) for line in answer.trace if line.kind == "closure"] == [
        ("closure", "thứ Ba 03/03 – thứ Tư 04/03/2026: chuyển trụ sở")
    ]


# --- pauses and extensions ----------------------------------------------------------------------------------------


def test_a_supplement_pauses_the_clock() -> None:
    pause = Pause(at("2026-03-03 09:00"), at("2026-03-10 14:00"), "bổ sung hồ sơ")
    assert due(VN, at("2026-03-02 10:15"), days(3), [pause]).moment == at("2026-03-12 15:15")


def test_an_open_pause_leaves_no_due_moment_but_the_time_left() -> None:
    pause = Pause(at("2026-02-13 09:00"), reason="nghĩa vụ tài chính")
    answer = due(VN, at("2026-02-12 09:00"), days(3), [pause], now=at("2026-03-20 09:00"))
    assert answer.moment is None
    assert answer.paused_since == at("2026-02-13 09:00")
    assert answer.remaining == 2 * 480
    assert answer.trace[-1].kind == "paused"
    assert answer.trace[-1].end is None


def test_time_left_within_a_pause_is_what_was_left_when_it_began() -> None:
    pauses = [
        Pause(at("2026-03-03 09:00"), at("2026-03-04 09:00"), "bổ sung"),
        Pause(at("2026-03-04 09:00"), at("2026-03-06 09:00"), "thuế"),
    ]
    answer = due(VN, at("2026-03-02 09:00"), days(3), pauses, now=at("2026-03-03 16:00"))
    assert answer.remaining == 2 * 480
    assert [line.vi for line in answer.trace if line.kind == "paused"] == [
        "Tạm dừng từ 09:00 thứ Ba 03/03/2026 đến 09:00 thứ Sáu 06/03/2026: bổ sung; thuế"
    ]


def test_a_pause_after_the_due_moment_helps_nobody() -> None:
    pause = Pause(at("2026-03-03 10:15"), at("2026-03-20 10:00"))
    answer = due(VN, at("2026-03-02 10:15"), days(1), [pause], now=at("2026-03-03 11:15"))
    assert answer.moment == at("2026-03-03 10:15")
    assert answer.remaining == -60


@pytest.mark.parametrize("term", [days(1), calendar_days(5)])
def test_a_pause_that_ends_as_counting_begins_is_none(term: Term) -> None:
    begin = {"working_day": at("2026-03-02 10:15"), "calendar_day": at("2026-03-03 00:00")}[term.unit]
    before, across = (
        due(VN, at("2026-03-02 10:15"), term, [Pause(at("2026-03-02 09:00"), begin + timedelta(minutes=later))])
        for later in (0, 1)
    )
    assert "paused" not in [line.kind for line in before.trace]
    assert "paused" in [line.kind for line in across.trace]


def test_calendar_days_wait_for_a_pause_that_began_in_time() -> None:
    def ask(start: str, end: str) -> datetime | None:
        return due(VN, at("2026-03-02 10:15"), calendar_days(5), [Pause(at(start), at(end))]).moment

    assert ask("2026-03-04 10:00", "2026-03-06 10:00") == at("2026-03-09 17:00")
    assert ask("2026-03-04 10:00", "2026-03-07 10:00") == at("2026-03-10 17:00")
    assert ask("2026-03-09 09:00", "2026-03-11 18:00") == at("2026-03-12 17:00")  # asked on the day it was moved to
    assert ask("2026-03-09 17:00", "2026-03-11 18:00") == at("2026-03-09 17:00")


@pytest.mark.parametrize(
    ("term", "by", "expected"),
    [
        (days(1), days(2), "2026-03-05 10:15"),
        (days(1), 60, "2026-03-03 11:15"),
        (days(1), calendar_days(4), "2026-03-09 17:00"),
        (calendar_days(5), days(1), "2026-03-10 17:00"),
        (SAME_DAY, hours(2), "2026-03-03 10:00"),
    ],
)
def test_an_extension_begins_where_the_term_ended(term: Term, by: int | Term, expected: str) -> None:
    extension = Extension(by, at("2026-03-02 16:00"), "chờ ý kiến")
    answer = due(VN, at("2026-03-02 10:15"), term, extensions=[extension])
    assert answer.moment == at(expected)
    assert sum(line.kind == "extension" for line in answer.trace) == 1


# --- the trace ----------------------------------------------------------------------------------------------------


def test_the_trace_across_tet_in_words() -> None:
    answer = due(VN, at("2026-02-12 10:15"), days(3))
    assert [(line.kind, line.minutes, line.vi) for line in answer.trace] == [
        ("start", 0, "Tiếp nhận 10:15 thứ Năm 12/02/2026"),
        ("counted", 345, "thứ Năm 12/02/2026, 10:15–17:00: tính 5 giờ 45 phút làm việc"),
        ("counted", 480, "thứ Sáu 13/02/2026: tính 1 ngày làm việc"),
        ("skipped_holiday", 0, "thứ Bảy 14/02 – Chủ nhật 22/02/2026: nghỉ Tết Nguyên đán Bính Ngọ"),
        ("counted", 480, "thứ Hai 23/02/2026: tính 1 ngày làm việc"),
        ("counted", 135, "thứ Ba 24/02/2026, 08:00–10:15: tính 2 giờ 15 phút làm việc"),
        ("due", 0, "Hẹn trả: 10:15 thứ Ba 24/02/2026"),
    ]
    assert answer.trace[3].en == "Sat 14 Feb – Sun 22 Feb 2026: Tết holiday"
    assert "Điều 112" in answer.trace[3].legal


def test_the_trace_names_the_swap_with_its_legal_text() -> None:
    lines = {line.kind: line for line in due(VN, at("2025-12-31 16:00"), days(8)).trace}
    assert lines["swapped_in"].vi == "thứ Bảy 10/01/2026: tính 1 ngày làm việc (làm bù cho ngày 02/01/2026)"
    assert lines["swapped_in"].legal == "Công văn 12729/VPCP-KGVX ngày 25/12/2025"
    assert lines["skipped_holiday"].vi.startswith(
        "thứ Năm 01/01 – Chủ nhật 04/01/2026: nghỉ Tết Dương lịch; nghỉ hoán đổi"
    )


def test_the_trace_tells_of_late_arrival_and_of_the_first_day() -> None:
    kinds = [line.kind for line in due(VN, at("2026-03-02 15:00"), SAME_DAY).trace]
    assert kinds[:2] == ["start", "cutoff"]
    outside = due(VN, at("2026-03-02 18:15"), days(1)).trace[0]
    assert outside.vi.endswith("ngoài giờ làm việc; tính từ 08:00 thứ Ba 03/03/2026")
    skipped = due(VN, at("2026-03-02 10:00"), calendar_days(5)).trace
    assert "ngày đầu không tính" in skipped[0].vi
    assert "Điều 147" in skipped[0].legal
    assert "Điều 148" in skipped[-1].legal
    assert skipped[-2].vi == "Chủ nhật 08/03/2026: nghỉ hằng tuần"


def test_the_answer_and_its_parts_survive_json() -> None:
    pause = Pause(at("2026-03-03 09:00"), at("2026-03-04 09:00"), "bổ sung")
    answer: Due = due(VN, at("2026-03-02 10:15"), days(3), [pause], now=at("2026-03-02 10:15"))
    data = json.loads(json.dumps(answer.to_data()))
    assert data["moment"] == "2026-03-06T03:15:00+00:00"
    assert [datetime.fromisoformat(line["start"]) for line in data["trace"]] == [line.start for line in answer.trace]
    assert [line["vi"] for line in data["trace"]] == [line.vi for line in answer.trace]
    assert Pause.from_data(json.loads(json.dumps(pause.to_data()))) == pause
    for extension in (Extension(90, at("2026-03-02 10:15"), "x"), Extension(days(2), at("2026-03-02 10:15"))):
        assert Extension.from_data(json.loads(json.dumps(extension.to_data()))) == extension
    assert term_from_data(term_to_data(SAME_DAY)) == SAME_DAY


# --- time left, steps, warnings -----------------------------------------------------------------------------------


def test_the_time_left_in_words() -> None:
    end = at("2026-03-05 10:15")
    assert remaining(VN, end, at("2026-03-03 16:15")) == 480 + 180
    assert remaining_in_words(VN, end, at("2026-03-03 16:15")).vi == "Còn 1 ngày 3 giờ làm việc"
    assert remaining_in_words(VN, end, at("2026-03-03 16:15")).en == "1 working day 3 hours left"
    assert remaining_in_words(VN, end, at("2026-03-05 12:30")).vi == "Quá hạn 1 giờ 45 phút làm việc"
    assert remaining_in_words(VN, end, at("2026-03-05 12:30")).en == "1 working hour 45 minutes overdue"
    assert remaining_in_words(VN, end, end).vi == "Đến hạn"
    assert remaining_in_words(VN, at("2026-03-05 17:00"), at("2026-03-05 20:00")).en == "Overdue"


def test_words_for_days_and_durations() -> None:
    assert duration_in_words(2 * 480 + 61, 480).en == "2 days 1 hour 1 minute"
    assert duration_in_words(0, 480).vi == "0 phút"
    assert days_in_words(date(2025, 12, 31), date(2026, 1, 4)).vi == "thứ Tư 31/12/2025 – Chủ nhật 04/01/2026"
    assert time_left_in_words(-60, 480).en == "1 working hour overdue"


@pytest.mark.parametrize(
    ("taken", "result"),
    [
        ("2026-03-03 16:59", "early"),
        ("2026-03-04 08:00", "on_time"),
        ("2026-03-04 10:15:40", "on_time"),
        ("2026-03-04 10:16", "late"),
    ],
)
def test_the_result_of_a_step(taken: str, result: str) -> None:
    assert step_result(VN, at("2026-03-02 10:15"), at(taken), days(2)) == result


def test_a_step_does_not_run_while_the_clock_stands() -> None:
    given, taken = at("2026-03-02 10:15"), at("2026-03-20 10:00")
    assert step_result(VN, given, taken, hours(4)) == "late"
    assert step_result(VN, given, taken, hours(4), [Pause(at("2026-03-02 11:00"))]) == "early"
    resumed = [Pause(at("2026-03-02 11:00"), at("2026-03-20 09:00"))]
    assert step_result(VN, given, taken, hours(4), resumed) == "on_time"


@pytest.mark.parametrize(
    ("end", "term", "expected"),
    [
        ("2026-02-24 10:15", days(2), "2026-02-13 10:15"),
        ("2026-03-02 17:00", days(1), "2026-02-27 17:00"),
        ("2026-03-02 09:00", hours(2), "2026-02-27 16:00"),
        ("2026-03-10 17:00", calendar_days(1), "2026-03-09 17:00"),
        ("2026-03-09 17:00", calendar_days(1), "2026-03-06 17:00"),
    ],
)
def test_a_warning_comes_within_office_hours_before_the_due_moment(end: str, term: Term, expected: str) -> None:
    assert warn_before(VN, at(end), term) == at(expected)


# --- refusals -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "ask",
    [
        lambda: due(VN, at("2026-03-02 10:15"), days(0)),
        lambda: due(VN, at("2026-03-02 10:15"), days(-1)),
        lambda: due(VN, at("2026-03-02 10:15"), days(10**9)),
        lambda: due(VN, at("2026-03-02 10:15"), Term(amount=1, unit="fortnight")),
        lambda: Pause(at("2026-03-02 10:15"), at("2026-03-02 10:14")),
        lambda: Pause.from_data({"start": "yesterday"}),
        lambda: Pause.from_data({"start": None}),
        lambda: Extension(0, at("2026-03-02 10:15")),
        lambda: Extension(True, at("2026-03-02 10:15")),
        lambda: Extension(SAME_DAY, at("2026-03-02 10:15")),
        lambda: Extension.from_data({"by": "much", "at": "2026-03-02T10:15+07:00"}),
        lambda: term_from_data({"amount": True, "unit": "working_day"}),
        lambda: term_from_data({"amount": 1, "unit": "working_day", "more": 1}),
        lambda: warn_before(VN, at("2026-03-02 10:15"), SAME_DAY),
    ],
)
def test_nonsense_is_refused(ask) -> None:
    with pytest.raises(BadTerm) as refused:
        ask()
    assert "{" not in refused.value.sentence("vi") + refused.value.sentence("en")


def test_a_due_moment_beyond_the_calendar_is_refused() -> None:
    for term in (days(30), calendar_days(30), calendar_days(3000)):
        with pytest.raises(OutsideCalendar):
            due(VN, at("2027-12-20 10:15"), term)
    with pytest.raises(OutsideCalendar):
        due(VN, at("2023-12-20 10:15"), days(1))


def test_moments_need_a_zone() -> None:
    with pytest.raises(MomentWithoutZone):
        Pause(datetime(2026, 3, 2))  # noqa: DTZ001 - that is the point
    with pytest.raises(MomentWithoutZone):
        due(VN, datetime(2026, 3, 2), days(1))  # noqa: DTZ001
