"""When the result is due if the applicant sends today what the office waits for.

While the clock is paused there is no due moment. The applicant still asks one: the promise that holds if the pause
ends today. It is counted as if the pause ended with the last minute of the day, so that it holds whenever in the day
the papers come.
"""

from __future__ import annotations

import datetime as dt

from engine.clock import civil_day, midnight
from engine.rules.deadlines.calendar import Calendar, OutsideCalendar
from engine.rules.deadlines.timing import changed, due_columns
from engine.rules.dossier_row import ClockRow
from engine.rules.procedure.definition import Release


def due_if_sent_today(row: ClockRow, release: Release, calendar: Calendar, now: dt.datetime) -> dt.datetime | None:
    """The due moment if the pause of the dossier ends today, at the latest moment of the civil day of ``now``.

    None while the clock is not paused, before it has started, where no step of a person leads from here to a state in
    which the clock runs, and where the moment lies beyond the calendar.
    """
    if row["clock"] != "paused" or row["started_at"] is None or not _may_run_again(release, row["state"]):
        return None
    last = midnight(civil_day(now) + dt.timedelta(days=1)) - dt.timedelta(minutes=1)
    pauses = [dict(pause) | ({} if pause["end"] else {"end": max(last, now).isoformat()}) for pause in row["pauses"]]
    try:
        return due_columns(changed(row, {"pauses": pauses, "clock": "running"}), release, calendar)["due_at"]
    except OutsideCalendar:
        return None


def _may_run_again(release: Release, state: str) -> bool:
    onward = (one for one in release.actions.values() if one.after is None and state in one.sources)
    return any(release.states[branch.then].clock == "running" for one in onward for branch in one.to)
