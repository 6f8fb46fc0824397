"""Held time: the working minutes for which each office had to decide about a dossier, computed from its journal.

A dossier that passes to another office, by a reorganisation, a transfer or a correction, keeps its time limit. When it
ends late, the report must show which office used the time. While a dossier waits for a person to choose its new office,
its time counts for the office that it will leave.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.rules.deadlines.calendar import Calendar
from engine.rules.deadlines.pauses import Pause, united


@dataclass(frozen=True, slots=True)
class Coming:
    """The moment ``at`` from which an office had to decide. ``late``: the due moment had passed by then.

    A dossier whose clock is paused has no due moment, so it is not late.
    """

    office: str
    at: dt.datetime
    late: bool


def comings(entries: Iterable[Mapping[str, Any]], end: dt.datetime) -> tuple[Coming, ...]:
    """The offices that had to decide until the dossier's ``end``, one after the other.

    ``entries`` are the bodies of its journal entries, in order. Entries after ``end`` are left out: an office that gets
    an ended dossier only returns the result.
    """
    found: list[Coming] = []
    due: dt.datetime | None = None
    for body in entries:
        changes = body["changes"]
        office = changes.get("handler_office")
        at = dt.datetime.fromisoformat(body["at"])
        if at > end:
            break
        if office is not None and not (found and found[-1].office == office):
            found.append(Coming(office, at, due is not None and due < at))
        if "due_at" in changes:
            due = dt.datetime.fromisoformat(changes["due_at"]) if changes["due_at"] else None
    return tuple(found)


def held_time(
    came: Sequence[Coming],
    start: dt.datetime,
    end: dt.datetime,
    pauses: Sequence[Pause],
    calendar_of: Callable[[str], Calendar],
) -> dict[str, int]:
    """Working minutes from ``start`` to ``end`` by the office that had to decide then, in the order of ``came``.

    Each office's minutes are those of its own calendar; minutes of pauses count for no office. Raises OutsideCalendar.
    """
    held: dict[str, int] = {}
    for one, until in zip(came, [*(later.at for later in came[1:]), end], strict=True):
        calendar = calendar_of(one.office)
        first = calendar.tick(max(one.at, start))
        last = max(first, calendar.tick(min(max(until, start), end)))
        minutes = calendar.worked(last) - calendar.worked(first)
        for hold in united(calendar, pauses):
            stops = max(hold.start, first)
            goes_on = last if hold.end is None else min(hold.end, last)
            minutes -= calendar.worked(goes_on) - calendar.worked(stops) if stops < goes_on else 0
        held[one.office] = held.get(one.office, 0) + minutes
    return held


def longest(held: Mapping[str, int]) -> str:
    """The office with the most minutes; of several, the last one.

    >>> longest({"H29.12": 480, "H29.13": 90, "H29.14": 480})
    'H29.14'
    """
    return max(reversed(list(held)), key=lambda office: held[office])
