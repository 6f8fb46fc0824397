"""How many working days dossiers of a kind took, and the number of days within which nine of ten were ready.

Citizens are told a number only where it rests on enough dossiers. The time that an office waited for the applicant does
not count, and a begun day counts as a whole one: nobody can be ready sooner than was said.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Final

from engine.rules.deadlines.calendar import Calendar
from engine.rules.deadlines.pauses import Pause, united

FEWEST: Final = 30
"""Dossiers below which no number is told: a few of them say nothing, and might be recognised."""


def working_days_taken(calendar: Calendar, start: dt.datetime, end: dt.datetime, pauses: Sequence[Pause] = ()) -> int:
    """Working days from ``start`` to ``end`` without the pauses between them; begun days are whole, at least one.

    Raises OutsideCalendar.

    >>> year = Calendar("vn", dt.date(2026, 1, 1), dt.date(2026, 12, 31))
    >>> friday = dt.datetime(2026, 3, 6, 1, 40, tzinfo=dt.UTC)
    >>> working_days_taken(year, friday, friday + dt.timedelta(days=3)), working_days_taken(year, friday, friday)
    (1, 1)
    """
    first, last = calendar.tick(start), calendar.tick(max(start, end))
    minutes = calendar.worked(last) - calendar.worked(first)
    for hold in united(calendar, pauses):
        begins, stops = max(hold.start, first), last if hold.end is None else min(hold.end, last)
        minutes -= calendar.worked(stops) - calendar.worked(begins) if begins < stops else 0
    return max(1, -(-minutes // calendar.day_minutes))


def nine_of_ten(days: Mapping[int, int]) -> int | None:
    """The least number of days within which nine of ten dossiers were ready; None for fewer than ``FEWEST``.

    ``days`` maps a number of days to how many dossiers took so many.

    >>> nine_of_ten({3: 26, 4: 1, 9: 3}), nine_of_ten({3: 29})
    (4, None)
    """
    total, ready = sum(days.values()), 0
    if total < FEWEST:
        return None
    for number in sorted(days):
        ready += days[number]
        if ready * 10 >= total * 9:
            return number
    raise AssertionError("all dossiers are ready within the longest time")
