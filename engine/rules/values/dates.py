"""Dates of which only the year, or the month and the year, is known, as old papers have them.

Where only the year is known the law takes its first month, and where the day is missing the first day of the month
(Joint Circular 01/2016/TTLT-TANDTC-VKSNDTC-BTP, article 2.1, on the age of marriage).
"""

from __future__ import annotations

import calendar
import datetime as dt
import re

_PARTIAL = re.compile(r"(?a:([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?)")


def first_day(value: str) -> dt.date | None:
    """The first day that "1950", "1950-05" or "1950-05-12" may be; None where the text is no such date.

    >>> first_day("1950"), first_day("1950-13")
    (datetime.date(1950, 1, 1), None)
    """
    found = _PARTIAL.fullmatch(value)
    if found is None:
        return None
    year, month, day = found.groups()
    try:
        return dt.date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return None


def last_day(value: str) -> dt.date | None:
    """The last day that the date may be; None where the text is no such date.

    >>> last_day("1952-02"), last_day("1952")
    (datetime.date(1952, 2, 29), datetime.date(1952, 12, 31))
    """
    first, found = first_day(value), _PARTIAL.fullmatch(value)
    if first is None or found is None:
        return None
    if found[2] is None:
        return first.replace(month=12, day=31)
    return first if found[3] else first.replace(day=calendar.monthrange(first.year, first.month)[1])


def years_between(first: dt.date, last: dt.date) -> int:
    """The full years from a day to another: the age of somebody born on ``first``, negative before the birth.

    >>> [years_between(dt.date(2004, 2, 29), dt.date(2022, month, day)) for month, day in ((2, 28), (3, 1))]
    [17, 18]
    """
    return last.year - first.year - ((last.month, last.day) < (first.month, first.day))
