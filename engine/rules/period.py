"""The period of a report: as moments for a query, the one before it, and the last whole week or month."""

from __future__ import annotations

import calendar
import datetime as dt
from typing import Literal

from engine.clock import midnight
from engine.errors import InvalidInput

Rhythm = Literal["week", "month"]
RHYTHMS: tuple[Rhythm, ...] = ("week", "month")
Days = tuple[dt.date, dt.date]
"""The first and the last day, both inclusive."""


def moments_of(start: dt.date, end: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """The UTC moments at which a period of civil days in Viet Nam starts and ends.

    ``end`` is the last day, which belongs to the period, so the second moment is the midnight after it. Raises
    InvalidInput when ``end`` is before ``start``.

    >>> [f"{moment:%d.%m. %H:%M}" for moment in moments_of(dt.date(2026, 2, 1), dt.date(2026, 2, 1))]
    ['31.01. 17:00', '01.02. 17:00']
    """
    if end < start:
        raise InvalidInput({"end": f"Must be greater than or equal to {start}."})
    return midnight(start), midnight(end + dt.timedelta(days=1))


def period_before(start: dt.date, end: dt.date) -> Days:
    """The period to compare with: so many whole months before where the period is of whole months, else as many days.

    >>> [f"{day}" for day in period_before(dt.date(2026, 3, 1), dt.date(2026, 3, 31))]
    ['2026-02-01', '2026-02-28']
    >>> [f"{day}" for day in period_before(dt.date(2026, 3, 9), dt.date(2026, 3, 15))]
    ['2026-03-02', '2026-03-08']
    """
    last = start - dt.timedelta(days=1)
    if start.day == 1 and end == _month_end(end):
        months = 12 * (end.year - start.year) + end.month - start.month
        first = last.replace(day=1)
        for _ in range(months):
            first = (first - dt.timedelta(days=1)).replace(day=1)
        return first, last
    return last - (end - start), last


def last_whole(rhythm: Rhythm, today: dt.date) -> Days:
    """The last week (Monday to Sunday) or calendar month that had ended before ``today``.

    >>> [f"{day}" for day in last_whole("week", dt.date(2026, 3, 9))]
    ['2026-03-02', '2026-03-08']
    >>> [f"{day}" for day in last_whole("month", dt.date(2026, 3, 9))]
    ['2026-02-01', '2026-02-28']
    """
    if rhythm == "week":
        monday = today - dt.timedelta(days=today.weekday())
        return monday - dt.timedelta(days=7), monday - dt.timedelta(days=1)
    last = today.replace(day=1) - dt.timedelta(days=1)
    return last.replace(day=1), last


def _month_end(day: dt.date) -> dt.date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])
