"""The due moments of a dossier, counted anew after the working time of an office has changed."""

from __future__ import annotations

import datetime as dt

from engine.rules.deadlines.calendar import Calendar
from engine.rules.deadlines.due import due_moment
from engine.rules.deadlines.intake import intake_columns
from engine.rules.deadlines.timing import due_columns
from engine.rules.dossier_row import ClockChanges, ClockRow
from engine.rules.procedure.definition import Release


def recounted(row: ClockRow, release: Release, calendar: Calendar, counter: Calendar) -> ClockChanges:
    """The columns that are different when they are counted by the present calendars; empty when all is as it was.

    ``calendar`` is that of the office that decides, ``counter`` that of the office that receives. Nothing starts
    again: each moment is counted from where it was counted before. Raises OutsideCalendar, BadTerm.
    """
    if row["finished_at"] is not None:
        return {}
    limit = release.states[row["state"]].counted
    fresh: ClockChanges = {"step_due_at": row["step_due_at"]}
    if limit is not None and row["step_due_at"] is not None:
        fresh["step_due_at"] = due_moment(calendar, row["entered_at"], limit)
    fresh |= due_columns(row, release, calendar)
    if row["intake_from"] is not None and row["intake_done_at"] is None:
        fresh |= intake_columns(row["intake_from"], counter)
    before: dict[str, object] = dict(row)
    return {name: moment for name, moment in fresh.items() if moment != before[name]}  # type: ignore[return-value]


def promise_moved(before: ClockRow, after: ClockRow, now: dt.datetime) -> bool:
    """Whether the applicant holds another appointment now than before: one that may still be named."""
    due = after["due_at"]
    return after["clock"] == "running" and due is not None and due != before["due_at"] and due > now
