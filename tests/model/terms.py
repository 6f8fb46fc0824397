"""Time limits as the model counts them: minute by minute, by the second calculator of the deadlines' own tests.

Moments are whole minutes. The model knows the calendar of the country and no office's own closures.
"""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from tests.unit.naive_deadlines import DAY, NaiveCalendar, naive_due
from workflows.calendar_files import load_calendar

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
Pauses = tuple[tuple[int, "int | None"], ...]


@cache
def calendar() -> NaiveCalendar:
    return NaiveCalendar(load_calendar("vn").to_data())


def minute(moment: dt.datetime) -> int:
    """Local minutes since the calendar began."""
    midnight = dt.datetime.combine(calendar().first, dt.time(), LOCAL)
    return int((moment - midnight).total_seconds()) // 60


def moment(minute_: int) -> dt.datetime:
    return (dt.datetime.combine(calendar().first, dt.time(), LOCAL) + dt.timedelta(minutes=minute_)).astimezone(dt.UTC)


def ends(start: dt.datetime, term: dict[str, Any]) -> dt.datetime:
    """Where a term ends that nothing pauses and nothing else is said of."""
    end = _ends(minute(start), term["amount"], term["unit"], (), 15 * 60, True)
    assert end is not None
    return moment(end)


def due(row: dict[str, Any], sla: dict[str, Any]) -> dt.datetime | None:
    """The due moment of a dossier that has started: its term, then its extensions, with its pauses; None in a pause
    without end."""
    pauses = tuple((_read(one["start"]), None if one["end"] is None else _read(one["end"])) for one in row["pauses"])
    hour, minutes = (int(part) for part in sla["cutoff"].split(":")) if sla["cutoff"] else (99, 0)
    cutoff = hour * 60 + minutes
    first = sla["first_day"] == "counted"
    end = _ends(minute(row["started_at"]), row["term"]["amount"], row["term"]["unit"], pauses, cutoff, first)
    for extension in row["extensions"]:
        if end is not None:
            end = _ends(end, extension["by"]["amount"], extension["by"]["unit"], pauses, cutoff, True)
    return None if end is None else moment(end)


def before(due_at: dt.datetime, term: dict[str, Any]) -> dt.datetime:
    """The moment within office hours that lies a term before a due moment."""
    open_, reached = calendar().open, minute(due_at)
    if term["unit"] == "calendar_day":
        reached -= term["amount"] * DAY
        if open_[reached - 1] or open_[reached]:
            return moment(reached)
    else:
        left = term["amount"] * (60 if term["unit"] == "working_hour" else calendar().day_minutes)
        while left:
            reached -= 1
            left -= open_[reached]
    while not open_[reached - 1]:
        reached -= 1
    return moment(reached)


@cache
def _ends(start: int, amount: int, unit: str, pauses: Pauses, cutoff: int, first_counts: bool) -> int | None:
    return naive_due(calendar(), start, amount, unit, pauses, cutoff, first_counts)


def _read(text: str) -> int:
    return minute(dt.datetime.fromisoformat(text))
