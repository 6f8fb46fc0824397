"""The rule *overdue* as an SQL condition on ``dossiers``, for lists, counts and reports.

``engine.rules.deadlines.timing.is_overdue`` is the same rule for one row in memory. Change both: a test compares them
over every clock and due moment.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, and_, literal_column

from engine.store.dossiers import dossiers


def overdue_at(now: dt.datetime | BindParameter[Any]) -> ColumnElement[bool]:
    """The clock runs and its due moment is before ``now`` (a moment or a parameter). True or false, never NULL."""
    # A literal, not a parameter, so that PostgreSQL can use the partial indexes of running clocks.
    running = dossiers.c.clock == literal_column("'running'")
    return and_(running, dossiers.c.due_at.is_not(None), dossiers.c.due_at < now)


def intake_overdue_at(now: dt.datetime | BindParameter[Any]) -> ColumnElement[bool]:
    """An online filing waits longer than the limit of intake allows; never NULL.

    ``engine.rules.deadlines.intake.intake_overdue`` is the same rule for one row in memory.
    """
    waits = and_(dossiers.c.intake_due_at.is_not(None), dossiers.c.intake_done_at.is_(None))
    return and_(waits, dossiers.c.intake_due_at < now)
