"""The present moment, and the civil time of Viet Nam: come here to convert between UTC moments and civil days.

Moments are aware ``datetime``s in UTC. The law counts civil days, which are those of Asia/Ho_Chi_Minh. Within
``engine`` only this module reads the wall clock. All other code takes the moment as an argument; only time budgets
of the process use ``time.monotonic``.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
LOCAL_OFFSET: Final = dt.timedelta(hours=7)
"""The fixed offset from UTC. Viet Nam has no summer time, so calendar arithmetic may add it and skip the zone."""


def civil_day(moment: dt.datetime) -> dt.date:
    """The day in Viet Nam on which an aware moment falls.

    >>> civil_day(dt.datetime(2026, 2, 13, 17, 30, tzinfo=dt.UTC))
    datetime.date(2026, 2, 14)
    """
    return moment.astimezone(LOCAL).date()


def midnight(day: dt.date) -> dt.datetime:
    """The moment, in UTC, at which a civil day of Viet Nam begins.

    >>> midnight(dt.date(2026, 2, 14))
    datetime.datetime(2026, 2, 13, 17, 0, tzinfo=datetime.timezone.utc)
    """
    return dt.datetime.combine(day, dt.time(), LOCAL).astimezone(dt.UTC)


def utc_now() -> dt.datetime:
    """The present moment in UTC."""
    return dt.datetime.now(dt.UTC)


def told_clock(path: Path) -> Callable[[], dt.datetime]:
    """A clock that runs from the moment written in a file (ISO 8601, with zone), for demonstrations and rehearsals.

    The moment in the file is the present at the file's modification time. Rewriting the file sets the clock of every
    process at once.
    """

    def now() -> dt.datetime:
        told = dt.datetime.fromisoformat(path.read_text().strip())
        return told.astimezone(dt.UTC) + dt.timedelta(seconds=time.time() - path.stat().st_mtime)

    return now
