"""The limit of intake: a dossier filed online is received, refused or asked about within eight working hours.

It is a clock of its own, which ends where the time limit of the procedure begins. It counts from the moment at which
the filing came in, by the working hours of the office that receives it. A reorganisation does not restart it.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from engine.rules.deadlines.calendar import Calendar
from engine.rules.deadlines.due import Due, due, due_moment
from engine.rules.dossier_row import ClockChanges, ClockRow
from engine.rules.procedure.definition import ONLINE, Term
from engine.rules.procedure.portal_status import PortalStatus

INTAKE_LIMIT: Final = Term(8, "working_hour")


def waits_for_intake(portal: int, channel: str) -> bool:
    """Whether a filing of this channel with this portal status waits to be received, refused or asked about.

    A counter receives at once what is handed in there; nobody has taken in yet what came online.

    >>> [waits_for_intake(1, one) for one in ("portal", "vneid", "counter")], waits_for_intake(2, "portal")
    ([True, True, False], False)
    """
    return channel in ONLINE and portal == PortalStatus.REGISTERED


def intake_columns(since: dt.datetime, counter: Calendar) -> ClockChanges:
    """The limit of a filing that waits since ``since``. Raises OutsideCalendar."""
    return {
        "intake_from": since,
        "intake_due_at": due_moment(counter, since, INTAKE_LIMIT),
        "intake_done_at": None,
    }


def intake_explained(row: ClockRow, counter: Calendar, now: dt.datetime) -> Due | None:
    """The limit of intake with its trace and the time left; None for a dossier that has none."""
    if row["intake_from"] is None:
        return None
    return due(counter, row["intake_from"], INTAKE_LIMIT, now=row["intake_done_at"] or now)


def intake_overdue(due_at: dt.datetime | None, done_at: dt.datetime | None, now: dt.datetime) -> bool:
    """Whether a filing waits longer than the limit of intake allows.

    ``engine.store.overdue.intake_overdue_at`` is the same rule in SQL. Change both; a test compares them.
    """
    return due_at is not None and done_at is None and due_at < now
