"""Counts whole working days between two days, for deadlines of publication."""

from __future__ import annotations

import datetime as dt

from engine.rules.deadlines.calendar import Calendar, OutsideCalendar


def working_days_until(calendar: Calendar | None, after: dt.date, until: dt.date) -> int | None:
    """The working days after one day, up to and with another; 0 where that is not later, None without a calendar that
    reaches so far.

    >>> hours = Calendar("vn", dt.date(2026, 1, 1), dt.date(2026, 12, 31))
    >>> monday = dt.date(2026, 3, 2)
    >>> working_days_until(hours, monday, dt.date(2026, 3, 9)), working_days_until(hours, monday, monday)
    (5, 0)
    """
    if calendar is None:
        return None
    try:
        days = range(1, max(0, (until - after).days) + 1)
        return sum(calendar.is_working_day(after + dt.timedelta(days=day)) for day in days)
    except OutsideCalendar:
        return None
