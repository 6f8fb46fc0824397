"""A second calculator of time limits, minute by minute, that shares no code and no idea with the engine's.

It reads a calendar as plain data, asks of every single minute whether somebody works and whether the clock stands, and
counts down. Slow and obvious on purpose: the engine must agree with it. All moments are local minutes since midnight of
the calendar's first day.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

DAY = 1440
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Pauses = Sequence[tuple[int, "int | None"]]


class NaiveCalendar:
    """``open[m]`` is 1 when somebody works during minute ``m``."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.first = date.fromisoformat(data["first"])
        self.days = (date.fromisoformat(data["last"]) - self.first).days + 1
        self.open = bytearray(self.days * DAY)
        for number in range(self.days):
            self._fill(number, self.first + timedelta(days=number), data)
        self.closings = [self._closing(number) for number in range(self.days)]
        self.day_minutes = max(sum(_length(text) for text in hours) for hours in data["week"].values())

    def _fill(self, number: int, day: date, data: dict[str, Any]) -> None:
        hours = data["week"][WEEK[day.weekday()]]
        for special in data["days"]:
            if special["day"] == day.isoformat():
                hours = special["spans"]
                if special["kind"] == "swapped_in" and not hours:
                    hours = data["week"][WEEK[date.fromisoformat(special["instead_of"]).weekday()]]
        for text in hours:
            start, end = _minutes(text)
            for minute in range(start, end):
                self.open[number * DAY + minute] = 1
        for closure in data["closures"]:
            if closure["first"] <= day.isoformat() <= closure["last"]:
                for text in closure["spans"] or ["00:00-24:00"]:
                    start, end = _minutes(text)
                    for minute in range(start, end):
                        self.open[number * DAY + minute] = 0

    def _closing(self, number: int) -> int | None:
        """The end of the last worked minute of a day, None when nobody works."""
        for minute in range(number * DAY + DAY - 1, number * DAY - 1, -1):
            if self.open[minute]:
                return minute + 1
        return None

    def closing_from(self, number: int) -> int:
        """The closing of this day or of the first worked one after it."""
        return next(closes for closes in self.closings[number:] if closes is not None)


def naive_due(
    calendar: NaiveCalendar,
    received: int,
    amount: int,
    unit: str,
    pauses: Pauses = (),
    cutoff: int | None = 15 * 60,
    first_day_counts: bool = True,
) -> int | None:
    """When the term ends; None while a pause without end stops it; IndexError beyond the calendar."""
    if unit == "calendar_day":
        return _whole_days(calendar, _next_midnight(received), amount * DAY, pauses, every_minute=True)
    if unit == "working_day" and not first_day_counts:
        minutes = amount * calendar.day_minutes
        return _whole_days(calendar, _next_midnight(received), minutes, pauses, every_minute=False)
    left = amount * (60 if unit == "working_hour" else calendar.day_minutes)
    if unit == "same_day":
        left = _same_day_minutes(calendar, received, cutoff)
    minute = received
    while left:
        standing = _pause_at(minute, pauses)
        if standing is None:
            left -= calendar.open[minute]
            minute += 1
        elif standing[1] is None:
            return None
        else:
            minute = standing[1]
    return minute


def naive_left(calendar: NaiveCalendar, now: int, due: int) -> int:
    """Working minutes from now to due, negative when late."""
    return sum(calendar.open[now:due]) - sum(calendar.open[due:now])


def _same_day_minutes(calendar: NaiveCalendar, received: int, cutoff: int | None) -> int:
    minute = received
    while not calendar.open[minute]:
        minute += 1
    day = minute // DAY
    if cutoff is not None and received // DAY == day and received % DAY >= cutoff:
        day += 1
    end = calendar.closing_from(day)
    return sum(calendar.open[received:end])


def _whole_days(calendar: NaiveCalendar, start: int, left: int, pauses: Pauses, every_minute: bool) -> int | None:
    """Count down, then wait until the office closes on that day; a pause met on the way moves both."""
    minute, spent, reopened = start, None, 0
    while True:
        if left == 0 and spent is None:
            spent = minute
        standing = _pause_at(minute, pauses)
        if spent is not None or standing is not None:
            used_up = spent if spent is not None else _used_up(calendar, minute, left, every_minute)
            end = calendar.closing_from(max(used_up - 1, reopened) // DAY)
            if minute >= end:
                return end
        if standing is not None:
            if standing[1] is None:
                return None
            minute = reopened = standing[1]
            while not calendar.open[reopened]:
                reopened += 1
            continue
        if left:
            left -= 1 if every_minute else calendar.open[minute]
        minute += 1


def _used_up(calendar: NaiveCalendar, minute: int, left: int, every_minute: bool) -> int:
    """When the time would be used up if no pause came."""
    while left:
        left -= 1 if every_minute else calendar.open[minute]
        minute += 1
    return minute


def _pause_at(minute: int, pauses: Pauses) -> tuple[int, int | None] | None:
    for start, end in pauses:
        if start <= minute and (end is None or minute < end):
            return (start, end)
    return None


def _next_midnight(minute: int) -> int:
    return (minute // DAY + 1) * DAY


def _minutes(text: str) -> tuple[int, int]:
    start, end = text.split("-")
    return _clock(start), _clock(end)


def _clock(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def _length(text: str) -> int:
    start, end = _minutes(text)
    return end - start
