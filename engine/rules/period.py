"""A period of civil days, as reports ask for one: both days belong to it."""

from __future__ import annotations

import datetime as dt

from engine.clock import midnight
from engine.errors import InvalidInput


def moments_of(start: dt.date, end: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """Civil days in Viet Nam as moments: the first midnight, and the one after the last day. Raises InvalidInput.

    >>> [f"{moment:%d.%m. %H:%M}" for moment in moments_of(dt.date(2026, 2, 1), dt.date(2026, 2, 1))]
    ['31.01. 17:00', '01.02. 17:00']
    """
    if end < start:
        raise InvalidInput({"end": f"Must be greater than or equal to {start}."})
    return midnight(start), midnight(end + dt.timedelta(days=1))
