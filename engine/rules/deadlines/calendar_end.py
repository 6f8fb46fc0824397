"""The end of a published calendar: how far off it is, and the words that warn of it.

The holidays of a year are decided in the year before. Beyond the last published day, time limits follow the hours of
the week and are provisional; they are counted anew when the next calendar is published.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from engine.clock import civil_day
from engine.rules.deadlines.calendar import Calendar
from engine.rules.deadlines.words import day_in_words
from engine.text import Text

WARNED_BEFORE: Final = 366
"""Days before its end from which a calendar is warned of: the next year's decision should be on its way."""


def days_published(calendar: Calendar, now: dt.datetime) -> int:
    """The days from today until the calendar's last published day; negative after it."""
    return ((calendar.published_to or calendar.last) - civil_day(now)).days


def calendar_ends(calendar: Calendar) -> Text:
    """The warning that a calendar ends.

    >>> calendar_ends(Calendar("vn", dt.date(2026, 1, 1), dt.date(2027, 12, 31))).en
    'The working calendar “vn” is published up to Fri 31 Dec 2027; later due dates are provisional. Publish the next.'
    """
    last = day_in_words(calendar.published_to or calendar.last)
    return Text(
        f"Lịch làm việc “{calendar.code}” mới công bố đến hết {last.vi}; ngày hẹn sau đó là tạm tính. "
        "Hãy công bố lịch của năm tiếp theo.",
        f"The working calendar “{calendar.code}” is published up to {last.en}; later due dates are provisional. "
        "Publish the next.",
    )


def provisional(calendar: Calendar, due_at: dt.datetime | None) -> Text | None:
    """The warning with a due moment that lies beyond the published calendar; None for any other."""
    if due_at is None or not calendar.is_provisional(due_at):
        return None
    last = day_in_words(calendar.published_to or calendar.last)
    return Text(
        f"Ngày hẹn là tạm tính: lịch nghỉ mới công bố đến hết {last.vi}.",
        f"The due date is provisional: holidays are published up to {last.en}.",
    )
