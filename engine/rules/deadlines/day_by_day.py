"""Every single day of a time limit: whether it counted, how many working minutes of it, and why or why not.

The trace of a due moment (``trace``) puts days of one kind into one line; this takes its lines apart again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal

from engine.clock import civil_day, midnight
from engine.rules.deadlines.calendar import Calendar
from engine.rules.deadlines.due import Due, TraceLine
from engine.text import Text

DayStatus = Literal["counted", "skipped", "paused"]
MOST_DAYS: Final = 800
"""The most days that are told one by one: two years and a little."""
_COUNTING: Final = frozenset({"counted", "half_day", "swapped_in"})
_SKIPPING: Final = frozenset({"skipped_weekend", "skipped_holiday", "closure"})
_WHOLE: Final = Text("tính", "counted")
_CIVIL: Final = Text("tính cả ngày nghỉ", "counted as well: days of rest are included")
_PAUSED: Final = Text("đồng hồ tạm dừng", "the clock is paused")
_NOT_COUNTED: Final = Text("ngày tiếp nhận, chưa tính", "the day of reception, not counted yet")


@dataclass(frozen=True, slots=True)
class DayLine:
    """One civil day. ``minutes`` are the working minutes of it that counted; ``why`` is the reason in words, ``legal``
    the text behind it."""

    day: date
    status: DayStatus
    minutes: int
    why: Text
    legal: str = ""


def day_by_day(calendar: Calendar, found: Due, now: datetime | None = None) -> tuple[DayLine, ...]:
    """The days from reception to the due moment, or to ``now`` while a pause stops the clock; MOST_DAYS at most."""
    days: dict[date, DayLine] = {}
    for line in found.trace:
        for one in _days_of(calendar, line, now):
            before = days.get(one.day)
            days[one.day] = one if before is None else _joined(before, one)
            if len(days) >= MOST_DAYS:
                return tuple(days[day] for day in sorted(days))
    return tuple(days[day] for day in sorted(days))


def _days_of(calendar: Calendar, line: TraceLine, now: datetime | None) -> Iterator[DayLine]:
    if line.kind == "start":
        if civil_day(line.start) != civil_day(line.end or line.start):
            yield DayLine(civil_day(line.start), "skipped", 0, _NOT_COUNTED, line.legal)
        return
    end = line.end if line.end is not None else now
    if end is None or line.kind not in _COUNTING | _SKIPPING | {"paused"}:
        return
    last = civil_day(end - timedelta(minutes=1)) if end > line.start else civil_day(end)
    day = civil_day(line.start)
    while day <= last:
        yield _day(calendar, line, day, end)
        day += timedelta(days=1)


def _day(calendar: Calendar, line: TraceLine, day: date, end: datetime) -> DayLine:
    note = calendar.about(day)
    if line.kind == "paused":
        return DayLine(day, "paused", 0, _PAUSED)
    if line.kind in _SKIPPING:
        return DayLine(day, "skipped", 0, Text(note.vi, note.en), note.legal)
    begin = max(line.start, midnight(day))
    stop = min(end, midnight(day + timedelta(days=1)))
    minutes = calendar.working_minutes_between(begin, stop) if stop > begin else 0
    if not note.minutes:
        return DayLine(day, "counted", 0, _CIVIL, note.legal)
    special = note.kind not in ("working", "weekend")
    return DayLine(day, "counted", minutes, Text(note.vi, note.en) if special else _WHOLE, note.legal)


def _joined(one: DayLine, other: DayLine) -> DayLine:
    """Two parts of one day, such as a pause that begins at noon: it counted if any part of it did."""
    counted = one if one.status == "counted" else other
    if one.why == other.why:
        return DayLine(one.day, counted.status, one.minutes + other.minutes, one.why, counted.legal)
    why = Text(f"{one.why.vi}; {other.why.vi}", f"{one.why.en}; {other.why.en}")
    return DayLine(one.day, counted.status, one.minutes + other.minutes, why, counted.legal)
