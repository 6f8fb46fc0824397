"""The period of a report, from a first to a last civil day, as moments for a query."""

from __future__ import annotations

import datetime as dt

from engine.clock import midnight
from engine.errors import InvalidInput


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
