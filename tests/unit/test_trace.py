"""Whole explanations of due moments, every line with its times, minutes, words and legal text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

import pytest

from engine.rules.deadlines.calendar import Calendar
from engine.rules.deadlines.due import Due, due
from engine.rules.deadlines.office_hours import Closure, SpecialDay
from engine.rules.deadlines.pauses import Extension, Pause
from engine.rules.deadlines.trace import term_in_words
from engine.rules.procedure.definition import Term
from engine.text import Text

LOCAL = dt.timezone(dt.timedelta(hours=7))


def at(text: str) -> dt.datetime:
    """``03-02 10:15`` of 2026, local; 2 March is a Monday."""
    return dt.datetime.fromisoformat(f"2026-{text}").replace(tzinfo=LOCAL)


def day(number: int) -> dt.date:
    return dt.date(2026, 3, number)


PLAIN = Calendar(
    "plain",
    dt.date(2026, 2, 1),
    dt.date(2026, 5, 31),
    days=(
        SpecialDay(day(12), "holiday", "ngày lễ", "holiday", "L1"),
        SpecialDay(day(13), "swapped_out", "nghỉ bù", "swapped off", "L2"),
        SpecialDay(day(21), "swapped_in", "làm bù", "worked", "L3", instead_of=day(13)),
        SpecialDay(day(18), "half_day", "nghỉ chiều", "afternoon off", "L4", ((480, 720),)),
    ),
)
SHUT = PLAIN.for_office(
    [
        Closure(day(4), day(4), "dời trụ sở", "moving", "Q1"),
        Closure(day(5), day(5), "mất điện", "no power", "Q2", ((480, 600),)),
        Closure(day(6), day(6), "dời trụ sở", "moving", "Q1"),
        Closure(day(9), day(9), "sửa chữa", "repairs", "Q3"),
    ]
)
REASONS: Mapping[str, Text] = {"tax": Text("thuế", "tax"), "papers": Text("giấy tờ", "papers")}


def days(amount: int) -> Term:
    return Term(amount, "working_day")


def written(answer: Due) -> str:
    """One line each: kind, local start and end, minutes; then the words and the legal text."""
    found = []
    for line in answer.trace:
        start, end = (one.astimezone(LOCAL).strftime("%d %H:%M") if one else "…" for one in (line.start, line.end))
        found.append(f"{line.kind} {start} - {end} {line.minutes}")
        found += [f"    {line.vi}", f"    {line.en}"] + ([f"    {line.legal}"] if line.legal else [])
    return "\n".join(found)


CASES: dict[str, Callable[[], Due]] = {
    "pauses and extensions": lambda: due(
        PLAIN,
        at("03-02 10:15"),
        days(2),
        [
            Pause(at("03-02 14:00"), at("03-03 09:00"), "papers"),
            Pause(at("03-03 09:00"), at("03-03 10:00"), "tax"),
            Pause(at("03-03 15:00"), at("03-03 16:00")),
        ],
        extensions=[Extension(90, at("03-04 08:00"), "chờ"), Extension(days(1), at("03-04 09:00"))],
        reasons=REASONS,
    ),
    "a pause that lasts": lambda: due(PLAIN, at("03-02 08:00"), days(2), [Pause(at("03-03 08:00"), None, "tax")]),
    "holidays beside a weekend, a half day and a worked Saturday": lambda: due(PLAIN, at("03-11 16:00"), days(6)),
    "closures of one office": lambda: due(SHUT, at("03-03 08:00"), days(3)),
    "the same day, after the cut-off": lambda: due(PLAIN, at("03-02 15:30"), Term(0, "same_day")),
    "the same day, before the office opens": lambda: due(PLAIN, at("03-02 06:00"), Term(0, "same_day")),
    "calendar days, the last of them on a weekend": lambda: due(PLAIN, at("03-02 10:15"), Term(5, "calendar_day")),
    "one calendar day and a pause within": lambda: due(
        PLAIN, at("03-02 10:15"), Term(2, "calendar_day"), [Pause(at("03-03 12:00"), at("03-04 12:00"))]
    ),
    "working days of which the first does not count": lambda: due(
        PLAIN, at("03-10 10:15"), days(1), first_day="not_counted"
    ),
    "a pause from before the start": lambda: due(
        PLAIN, at("03-02 10:00"), days(1), [Pause(at("03-02 09:00"), at("03-02 11:00"), "papers")]
    ),
}
EXPECTED = {
    "pauses and extensions": """
start 02 10:15 - 02 10:15 0
    Tiếp nhận 10:15 thứ Hai 02/03/2026
    Received 10:15 Mon 2 Mar 2026
counted 02 10:15 - 02 14:00 165
    thứ Hai 02/03/2026, 10:15–14:00: tính 2 giờ 45 phút làm việc
    Mon 2 Mar 2026, 10:15–14:00: counted 2 hours 45 minutes of work
paused 02 14:00 - 03 10:00 300
    Tạm dừng từ 14:00 thứ Hai 02/03/2026 đến 10:00 thứ Ba 03/03/2026: giấy tờ; thuế
    Paused from 14:00 Mon 2 Mar 2026 to 10:00 Tue 3 Mar 2026: papers; tax
counted 03 10:00 - 03 15:00 240
    thứ Ba 03/03/2026, 10:00–15:00: tính 4 giờ làm việc
    Tue 3 Mar 2026, 10:00–15:00: counted 4 hours of work
paused 03 15:00 - 03 16:00 60
    Tạm dừng từ 15:00 thứ Ba 03/03/2026 đến 16:00 thứ Ba 03/03/2026
    Paused from 15:00 Tue 3 Mar 2026 to 16:00 Tue 3 Mar 2026
counted 03 16:00 - 03 17:00 60
    thứ Ba 03/03/2026, 16:00–17:00: tính 1 giờ làm việc
    Tue 3 Mar 2026, 16:00–17:00: counted 1 hour of work
counted 04 08:00 - 04 17:00 480
    thứ Tư 04/03/2026: tính 1 ngày làm việc
    Wed 4 Mar 2026: counted 1 day of work
counted 05 08:00 - 05 08:15 15
    thứ Năm 05/03/2026, 08:00–08:15: tính 15 phút làm việc
    Thu 5 Mar 2026, 08:00–08:15: counted 15 minutes of work
extension 04 08:00 - 04 08:00 0
    Gia hạn thêm 1 giờ 30 phút: chờ
    Extended by 1 hour 30 minutes: chờ
counted 05 08:15 - 05 09:45 90
    thứ Năm 05/03/2026, 08:15–09:45: tính 1 giờ 30 phút làm việc
    Thu 5 Mar 2026, 08:15–09:45: counted 1 hour 30 minutes of work
extension 04 09:00 - 04 09:00 0
    Gia hạn thêm 1 ngày làm việc
    Extended by 1 working day
counted 05 09:45 - 05 17:00 375
    thứ Năm 05/03/2026, 09:45–17:00: tính 6 giờ 15 phút làm việc
    Thu 5 Mar 2026, 09:45–17:00: counted 6 hours 15 minutes of work
counted 06 08:00 - 06 09:45 105
    thứ Sáu 06/03/2026, 08:00–09:45: tính 1 giờ 45 phút làm việc
    Fri 6 Mar 2026, 08:00–09:45: counted 1 hour 45 minutes of work
due 06 09:45 - 06 09:45 0
    Hẹn trả: 09:45 thứ Sáu 06/03/2026
    Due: 09:45 Fri 6 Mar 2026
""",
    "a pause that lasts": """
start 02 08:00 - 02 08:00 0
    Tiếp nhận 08:00 thứ Hai 02/03/2026
    Received 08:00 Mon 2 Mar 2026
counted 02 08:00 - 02 17:00 480
    thứ Hai 02/03/2026: tính 1 ngày làm việc
    Mon 2 Mar 2026: counted 1 day of work
paused 03 08:00 - … 0
    Tạm dừng từ 08:00 thứ Ba 03/03/2026, chưa kết thúc: tax
    Paused since 08:00 Tue 3 Mar 2026: tax
""",
    "holidays beside a weekend, a half day and a worked Saturday": """
start 11 16:00 - 11 16:00 0
    Tiếp nhận 16:00 thứ Tư 11/03/2026
    Received 16:00 Wed 11 Mar 2026
counted 11 16:00 - 11 17:00 60
    thứ Tư 11/03/2026, 16:00–17:00: tính 1 giờ làm việc
    Wed 11 Mar 2026, 16:00–17:00: counted 1 hour of work
skipped_holiday 12 00:00 - 16 00:00 0
    thứ Năm 12/03 – Chủ nhật 15/03/2026: ngày lễ; nghỉ bù
    Thu 12 Mar – Sun 15 Mar 2026: holiday; swapped off
    L1; L2
counted 16 08:00 - 17 17:00 960
    thứ Hai 16/03 – thứ Ba 17/03/2026: tính 2 ngày làm việc
    Mon 16 Mar – Tue 17 Mar 2026: counted 2 days of work
half_day 18 08:00 - 18 12:00 240
    thứ Tư 18/03/2026: tính 4 giờ làm việc (nghỉ chiều)
    Wed 18 Mar 2026: counted 4 hours of work (afternoon off)
    L4
counted 19 08:00 - 20 17:00 960
    thứ Năm 19/03 – thứ Sáu 20/03/2026: tính 2 ngày làm việc
    Thu 19 Mar – Fri 20 Mar 2026: counted 2 days of work
swapped_in 21 08:00 - 21 17:00 480
    thứ Bảy 21/03/2026: tính 1 ngày làm việc (làm bù)
    Sat 21 Mar 2026: counted 1 day of work (worked)
    L3
skipped_weekend 22 00:00 - 23 00:00 0
    Chủ nhật 22/03/2026: nghỉ hằng tuần
    Sun 22 Mar 2026: weekly rest
    Quyết định 188/1999/QĐ-TTg
counted 23 08:00 - 23 11:00 180
    thứ Hai 23/03/2026, 08:00–11:00: tính 3 giờ làm việc
    Mon 23 Mar 2026, 08:00–11:00: counted 3 hours of work
due 23 11:00 - 23 11:00 0
    Hẹn trả: 11:00 thứ Hai 23/03/2026
    Due: 11:00 Mon 23 Mar 2026
""",
    "closures of one office": """
start 03 08:00 - 03 08:00 0
    Tiếp nhận 08:00 thứ Ba 03/03/2026
    Received 08:00 Tue 3 Mar 2026
counted 03 08:00 - 03 17:00 480
    thứ Ba 03/03/2026: tính 1 ngày làm việc
    Tue 3 Mar 2026: counted 1 day of work
closure 04 00:00 - 05 00:00 0
    thứ Tư 04/03/2026: dời trụ sở
    Wed 4 Mar 2026: moving
    Q1
closure 05 10:00 - 05 17:00 360
    thứ Năm 05/03/2026: tính 6 giờ làm việc (mất điện)
    Thu 5 Mar 2026: counted 6 hours of work (no power)
    Q2
closure 06 00:00 - 07 00:00 0
    thứ Sáu 06/03/2026: dời trụ sở
    Fri 6 Mar 2026: moving
    Q1
skipped_weekend 07 00:00 - 09 00:00 0
    thứ Bảy 07/03 – Chủ nhật 08/03/2026: nghỉ hằng tuần
    Sat 7 Mar – Sun 8 Mar 2026: weekly rest
    Quyết định 188/1999/QĐ-TTg
closure 09 00:00 - 10 00:00 0
    thứ Hai 09/03/2026: sửa chữa
    Mon 9 Mar 2026: repairs
    Q3
counted 10 08:00 - 10 17:00 480
    thứ Ba 10/03/2026: tính 1 ngày làm việc
    Tue 10 Mar 2026: counted 1 day of work
counted 11 08:00 - 11 10:00 120
    thứ Tư 11/03/2026, 08:00–10:00: tính 2 giờ làm việc
    Wed 11 Mar 2026, 08:00–10:00: counted 2 hours of work
due 11 10:00 - 11 10:00 0
    Hẹn trả: 10:00 thứ Tư 11/03/2026
    Due: 10:00 Wed 11 Mar 2026
""",
    "the same day, after the cut-off": """
start 02 15:30 - 02 15:30 0
    Tiếp nhận 15:30 thứ Hai 02/03/2026
    Received 15:30 Mon 2 Mar 2026
cutoff 02 15:30 - 02 15:30 0
    Tiếp nhận sau giờ chốt trong ngày: trả kết quả trong ngày làm việc tiếp theo
    Received after the day's cut-off: answered on the next working day
counted 02 15:30 - 02 17:00 90
    thứ Hai 02/03/2026, 15:30–17:00: tính 1 giờ 30 phút làm việc
    Mon 2 Mar 2026, 15:30–17:00: counted 1 hour 30 minutes of work
counted 03 08:00 - 03 17:00 480
    thứ Ba 03/03/2026: tính 1 ngày làm việc
    Tue 3 Mar 2026: counted 1 day of work
due 03 17:00 - 03 17:00 0
    Hẹn trả: 17:00 thứ Ba 03/03/2026
    Due: 17:00 Tue 3 Mar 2026
""",
    "the same day, before the office opens": """
start 02 06:00 - 02 08:00 0
    Tiếp nhận 06:00 thứ Hai 02/03/2026, ngoài giờ làm việc; tính từ 08:00 thứ Hai 02/03/2026
    Received 06:00 Mon 2 Mar 2026, outside office hours: counted from 08:00 Mon 2 Mar 2026
counted 02 08:00 - 02 17:00 480
    thứ Hai 02/03/2026: tính 1 ngày làm việc
    Mon 2 Mar 2026: counted 1 day of work
due 02 17:00 - 02 17:00 0
    Hẹn trả: 17:00 thứ Hai 02/03/2026
    Due: 17:00 Mon 2 Mar 2026
""",
    "calendar days, the last of them on a weekend": """
start 02 10:15 - 03 00:00 0
    Tiếp nhận 10:15 thứ Hai 02/03/2026; ngày đầu không tính, tính từ thứ Ba 03/03/2026
    Received 10:15 Mon 2 Mar 2026; the first day is not counted: from Tue 3 Mar 2026
    Bộ luật Dân sự 2015, Điều 147 khoản 2
counted 03 00:00 - 08 00:00 1920
    thứ Ba 03/03 – thứ Bảy 07/03/2026: tính cả ngày nghỉ, 5 ngày
    Tue 3 Mar – Sat 7 Mar 2026: counted, days of rest included, 5 days
skipped_weekend 08 00:00 - 09 00:00 0
    Chủ nhật 08/03/2026: nghỉ hằng tuần
    Sun 8 Mar 2026: weekly rest
    Quyết định 188/1999/QĐ-TTg
due 09 17:00 - 09 17:00 0
    Hẹn trả: 17:00 thứ Hai 09/03/2026
    Due: 17:00 Mon 9 Mar 2026
    Bộ luật Dân sự 2015, Điều 148 khoản 5
""",
    "one calendar day and a pause within": """
start 02 10:15 - 03 00:00 0
    Tiếp nhận 10:15 thứ Hai 02/03/2026; ngày đầu không tính, tính từ thứ Ba 03/03/2026
    Received 10:15 Mon 2 Mar 2026; the first day is not counted: from Tue 3 Mar 2026
    Bộ luật Dân sự 2015, Điều 147 khoản 2
counted 03 00:00 - 03 12:00 240
    thứ Ba 03/03/2026: tính cả ngày nghỉ
    Tue 3 Mar 2026: counted, days of rest included
paused 03 12:00 - 04 12:00 480
    Tạm dừng từ 12:00 thứ Ba 03/03/2026 đến 12:00 thứ Tư 04/03/2026
    Paused from 12:00 Tue 3 Mar 2026 to 12:00 Wed 4 Mar 2026
counted 04 12:00 - 06 00:00 720
    thứ Tư 04/03 – thứ Năm 05/03/2026: tính cả ngày nghỉ
    Wed 4 Mar – Thu 5 Mar 2026: counted, days of rest included
due 05 17:00 - 05 17:00 0
    Hẹn trả: 17:00 thứ Năm 05/03/2026
    Due: 17:00 Thu 5 Mar 2026
    Bộ luật Dân sự 2015, Điều 148 khoản 5
""",
    "working days of which the first does not count": """
start 10 10:15 - 11 00:00 0
    Tiếp nhận 10:15 thứ Ba 10/03/2026; ngày đầu không tính, tính từ thứ Tư 11/03/2026
    Received 10:15 Tue 10 Mar 2026; the first day is not counted: from Wed 11 Mar 2026
    Bộ luật Dân sự 2015, Điều 147 khoản 2
counted 11 08:00 - 11 17:00 480
    thứ Tư 11/03/2026: tính 1 ngày làm việc
    Wed 11 Mar 2026: counted 1 day of work
due 11 17:00 - 11 17:00 0
    Hẹn trả: 17:00 thứ Tư 11/03/2026
    Due: 17:00 Wed 11 Mar 2026
""",
    "a pause from before the start": """
start 02 10:00 - 02 10:00 0
    Tiếp nhận 10:00 thứ Hai 02/03/2026
    Received 10:00 Mon 2 Mar 2026
paused 02 10:00 - 02 11:00 60
    Tạm dừng từ 10:00 thứ Hai 02/03/2026 đến 11:00 thứ Hai 02/03/2026: papers
    Paused from 10:00 Mon 2 Mar 2026 to 11:00 Mon 2 Mar 2026: papers
counted 02 11:00 - 02 17:00 300
    thứ Hai 02/03/2026, 11:00–17:00: tính 5 giờ làm việc
    Mon 2 Mar 2026, 11:00–17:00: counted 5 hours of work
counted 03 08:00 - 03 11:00 180
    thứ Ba 03/03/2026, 08:00–11:00: tính 3 giờ làm việc
    Tue 3 Mar 2026, 08:00–11:00: counted 3 hours of work
due 03 11:00 - 03 11:00 0
    Hẹn trả: 11:00 thứ Ba 03/03/2026
    Due: 11:00 Tue 3 Mar 2026
""",
}


@pytest.mark.parametrize("name", CASES)
def test_the_whole_trace_of(name: str) -> None:
    assert written(CASES[name]()) == EXPECTED[name].strip("\n")


@pytest.mark.parametrize(
    ("term", "vi", "en"),
    [
        (days(1), "1 ngày làm việc", "1 working day"),
        (days(2), "2 ngày làm việc", "2 working days"),
        (Term(1, "working_hour"), "1 giờ làm việc", "1 working hour"),
        (Term(8, "working_hour"), "8 giờ làm việc", "8 working hours"),
        (Term(1, "calendar_day"), "1 ngày", "1 calendar day"),
        (Term(30, "calendar_day"), "30 ngày", "30 calendar days"),
        (Term(0, "same_day"), "trong ngày làm việc", "within the working day"),
    ],
)
def test_a_term_in_words(term: Term, vi: str, en: str) -> None:
    assert term_in_words(term) == Text(vi, en)
