"""A day as people write it. Addresses, forms, files and commands read days here, all within the same years."""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

FIRST_DAY: Final = dt.date(1900, 1, 1)
LAST_DAY: Final = dt.date(2100, 12, 31)
"""The first and last days of Python's calendar have no midnight in UTC, and no day before or after them."""
_WRITTEN = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", re.ASCII)


def read_day(written: str) -> dt.date | None:
    """A day from 1900 to 2100, as Vietnamese write it (05/08/2025) or as ISO 8601; None for anything else.

    >>> read_day("5/8/2025") == read_day("2025-08-05"), read_day("31/02/2025"), read_day("31/12/9999")
    (True, None, None)
    """
    found = _WRITTEN.fullmatch(written.strip())
    iso = "{2}-{1:0>2}-{0:0>2}".format(*found.groups()) if found else written.strip()
    try:
        day = dt.date.fromisoformat(iso)
    except ValueError:
        return None
    return day if FIRST_DAY <= day <= LAST_DAY else None
