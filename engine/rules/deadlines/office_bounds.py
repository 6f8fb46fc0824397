"""The bounds of what may be published about the working time of an office: nothing far back, nothing without an end.

A closure only ever moves appointments to later days, so it may be entered some weeks after it began. Hours of its own
may also move them to earlier days, so they begin tomorrow at the earliest: no dossier becomes late by a publication.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from engine.errors import Refusal, wrong
from engine.rules.deadlines.office_hours import Closure
from engine.rules.deadlines.own_hours import OwnHours

ENTERED_WITHIN: Final = dt.timedelta(days=31)
LONGEST_CLOSURE: Final = dt.timedelta(days=366)
FURTHEST: Final = dt.timedelta(days=3 * 366)


def check_closure(closure: Closure, replaced: Closure | None, today: dt.date) -> None:
    """Raises InvalidInput for a closure that lies too far back or ahead, is too long, or reopens days that are past.

    ``replaced`` is the closure that began on the same day until now.
    """
    if closure.first < today - ENTERED_WITHIN and replaced is None:
        earliest = today - ENTERED_WITHIN
        raise wrong("first", f"sớm nhất là {earliest}", f"{earliest} at the earliest")
    if closure.last - closure.first > LONGEST_CLOSURE or closure.last > today + FURTHEST:
        raise wrong(
            "last",
            f"nhiều nhất {LONGEST_CLOSURE.days} ngày kể từ ngày đầu, và không sau {today + FURTHEST}",
            f"at most {LONGEST_CLOSURE.days} days after the first day, and not after {today + FURTHEST}",
        )
    if replaced is not None and replaced.first <= today:
        shorter = closure.last < min(replaced.last, today) or (closure.spans and closure.spans != replaced.spans)
        if shorter:
            raise _past("last")


def reopened(closure: Closure, on: dt.date | None, today: dt.date) -> Closure | None:
    """What is left of a closure when the office is open again from ``on`` (default: all of it is taken back).

    Raises InvalidInput where that would change a day that has begun, or changes nothing.
    """
    opens = on or closure.first
    if opens <= today:
        raise _past("on")
    if opens > closure.last:
        raise wrong("on", "sau ngày cuối của kỳ đóng cửa", "lies after the last day of the closure")
    if opens <= closure.first:
        return None
    return Closure(closure.first, opens - _DAY, closure.vi, closure.en, closure.legal, closure.spans)


def check_own_hours(hours: OwnHours, replaced: OwnHours | None, today: dt.date) -> None:
    """Raises InvalidInput for own hours that begin before tomorrow, or too far ahead."""
    if hours.first <= today or (replaced is not None and replaced.first <= today):
        raise _past("first")
    if hours.first > today + FURTHEST:
        raise wrong("first", f"không sau {today + FURTHEST}", f"not after {today + FURTHEST}")


def ended(hours: OwnHours, on: dt.date | None, today: dt.date) -> OwnHours | None:
    """What is left of own hours that end before ``on`` (default: they are taken back). Raises InvalidInput."""
    ends = on or hours.first
    if ends <= today:
        raise _past("on")
    if hours.last is not None and ends > hours.last:
        raise wrong("on", "sau ngày cuối của giờ riêng", "lies after their last day")
    if ends <= hours.first:
        return None
    return OwnHours(hours.first, ends - _DAY, hours.week, hours.vi, hours.en, hours.legal, hours.days, hours.own_days)


def _past(name: str) -> Refusal:
    return wrong(
        name,
        "ngày đã bắt đầu thì không đổi được nữa; sớm nhất là ngày mai",
        "a day that has begun cannot be changed any more; tomorrow at the earliest",
    )


_DAY = dt.timedelta(days=1)
