"""A moment that an administrator typed: as offices write it, or as ISO 8601 has it; in the civil time of Viet Nam."""

from __future__ import annotations

import datetime as dt
import re

from engine.clock import LOCAL

_WRITTEN = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})[ ,T]+(\d{1,2})[:hg](\d{2})")
_TURNED = re.compile(r"(\d{1,2})[:hg](\d{2})[ ,]+(\d{1,2})/(\d{1,2})/(\d{4})")


def read_moment(text: str) -> dt.datetime | None:
    """The moment, or None where it cannot be read.

    >>> read_moment("13/02/2026 15:30") == read_moment("15:30 13/02/2026") == read_moment("2026-02-13T15:30")
    True
    >>> read_moment("31/02/2026 15:30"), read_moment("mai")
    (None, None)
    """
    text = text.strip()
    try:
        if found := _WRITTEN.fullmatch(text):
            day, month, year, hour, minute = map(int, found.groups())
            return dt.datetime(year, month, day, hour, minute, tzinfo=LOCAL).astimezone(dt.UTC)
        if found := _TURNED.fullmatch(text):
            hour, minute, day, month, year = map(int, found.groups())
            return dt.datetime(year, month, day, hour, minute, tzinfo=LOCAL).astimezone(dt.UTC)
        moment = dt.datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=LOCAL)).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None


def written(moment: dt.datetime) -> str:
    """A moment as a field shows it: ``13/02/2026 15:30``."""
    return f"{moment.astimezone(LOCAL):%d/%m/%Y %H:%M}"
