"""The limit of intake of a dossier in hand: it begins with an online filing and ends when the counter has acted."""

from __future__ import annotations

import datetime as dt

from engine.dossier.case import Case
from engine.rules.deadlines.intake import intake_columns, waits_for_intake


def begin_intake(case: Case, since: dt.datetime) -> None:
    """Begins the limit for a new dossier that nobody has taken in yet. Does nothing for any other."""
    if waits_for_intake(case.row["portal"], case.row["channel"]):
        case.change(**intake_columns(since, case.counter_calendar))


def follow_intake(case: Case, at: dt.datetime) -> None:
    """Ends the limit as the dossier leaves its first state, and begins another when it comes back there."""
    row = case.row
    if row["intake_from"] is None:
        return
    waits = waits_for_intake(row["portal"], row["channel"])
    if waits and row["intake_done_at"] is not None:
        begin_intake(case, at)
    elif not waits and row["intake_done_at"] is None:
        case.change(intake_done_at=at)
