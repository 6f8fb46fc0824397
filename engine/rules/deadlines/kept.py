"""A due moment that was promised before the dossier came here, in a predecessor system, and is kept to the minute.

The term of such a dossier carries the moment beside its length (``{"amount": 15, "unit": "working_day", "until": …}``).
It is not counted again from the reception: another program promised it, by its own calendar. What happens here moves
it: a pause by its working minutes, an extension by its term.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from engine.clock import LOCAL
from engine.rules.deadlines.calendar import Calendar
from engine.rules.deadlines.counting import chain
from engine.rules.deadlines.due import Due, due_moment
from engine.rules.deadlines.pauses import Extension, Pause, united
from engine.rules.deadlines.trace import TraceLine
from engine.rules.procedure.definition import Term

UNTIL = "until"
"""The key of a term's data with the moment that was promised elsewhere (ISO 8601)."""


def kept_until(term: Mapping[str, Any] | None) -> dt.datetime | None:
    """The moment that a term keeps; None for one that is counted here."""
    told = (term or {}).get(UNTIL)
    return dt.datetime.fromisoformat(told) if isinstance(told, str) else None


def kept_due(
    calendar: Calendar, until: dt.datetime, pauses: Sequence[Pause], extensions: Sequence[Extension]
) -> dt.datetime | None:
    """The due moment that follows from a kept one; None while a pause without end stops the clock."""
    moment = until
    for hold in united(calendar, pauses):
        if hold.start >= calendar.tick(moment):
            break
        if hold.end is None:
            return None
        moment = _later(calendar, moment, calendar.worked(hold.end) - calendar.worked(hold.start))
    for extension in extensions:
        by = extension.by
        added = due_moment(calendar, moment, by) if isinstance(by, Term) else _later(calendar, moment, by)
        moment = added or moment
    return moment


def kept_explained(
    calendar: Calendar,
    since: dt.datetime,
    until: dt.datetime,
    pauses: Sequence[Pause],
    extensions: Sequence[Extension],
    now: dt.datetime,
) -> Due:
    """The due moment with one line that says where it comes from, and the working minutes that are left at ``now``."""
    moment = kept_due(calendar, until, pauses, extensions)
    standing = next((pause.start for pause in pauses if pause.end is None), None) if moment is None else None
    line = TraceLine(
        "due",
        since,
        moment,
        0,
        f"Hạn do hệ thống trước đây hẹn ({_told(until)}) được giữ nguyên, cộng thời gian tạm dừng và gia hạn tại đây",
        f"The predecessor system promised {_told(until)}; it is kept, with the pauses and extensions here",
    )
    left = kept_left(calendar, until, pauses, extensions, now)
    return Due(moment=moment, starts=since, trace=(line,), paused_since=standing, remaining=left)


def kept_left(
    calendar: Calendar,
    until: dt.datetime,
    pauses: Sequence[Pause],
    extensions: Sequence[Extension],
    now: dt.datetime,
) -> int:
    """The working minutes left at ``now``, negative when late; in a pause those left when it began."""
    known = [Pause(one.start, min(one.end or now, now), one.reason) for one in pauses if one.start < now]
    end = kept_due(calendar, until, known, extensions)
    return calendar.working_minutes_between(now, end or until)


def _later(calendar: Calendar, moment: dt.datetime, minutes: int) -> dt.datetime:
    if minutes <= 0:
        return moment
    end = chain(calendar, calendar.tick(moment), [minutes], (), None, "counted")[-1].end
    return moment if end is None else calendar.moment(end)


def _told(moment: dt.datetime) -> str:
    return f"{moment.astimezone(LOCAL):%H:%M %d/%m/%Y}"
