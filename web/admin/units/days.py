"""Days in the addresses of these pages, as people write them: 05/08/2025, or 2025-08-05."""

from __future__ import annotations

import datetime as dt
import re

_WRITTEN = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})|(\d{4})-(\d{2})-(\d{2})", re.ASCII)


def read_day(text: str) -> dt.date | None:
    """The day; None for what is no day.

    >>> read_day("5/8/2025"), read_day("2025-08-05"), read_day("31/02/2025")
    (datetime.date(2025, 8, 5), datetime.date(2025, 8, 5), None)
    """
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        return None
    year, month, day = (found[3], found[2], found[1]) if found[3] else (found[4], found[5], found[6])
    try:
        return dt.date(int(year), int(month), int(day))
    except ValueError:
        return None
