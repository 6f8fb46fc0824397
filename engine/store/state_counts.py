"""Counts of the dossiers of a procedure that somebody still works on or waits for, by release and state."""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, case, func, or_, select, union_all

from engine.store.dossiers import dossiers
from engine.store.overdue import overdue_at


class StateCount(NamedTuple):
    """Dossiers of one release in one state, and those of them whose step or whole time limit is over."""

    release: str
    state: str
    number: int
    late: int


def state_counts(
    connection: Connection, visible: ColumnElement[bool], procedure: str, now: dt.datetime, office: str | None = None
) -> list[StateCount]:
    """One count for each release and state. A dossier counts until it has ended and nobody holds it any more."""
    row = dossiers.c
    step_over = and_(row.step_due_at.is_not(None), row.step_due_at < now)
    late = func.sum(case((or_(overdue_at(now), step_over), 1), else_=0))
    columns: tuple[Any, ...] = (row.release, row.state, func.count(), late)
    wanted = [row.procedure == procedure, visible]
    if office is not None:
        wanted.append(or_(row.holder_office == office, and_(row.holder_office.is_(None), row.handler_office == office)))
    counted = select(*columns).where(*wanted).group_by(row.release, row.state)
    ended = and_(row.finished_at.is_not(None), row.holder_office.is_not(None))
    found: dict[tuple[str, str], tuple[int, int]] = {}
    both = union_all(counted.where(row.finished_at.is_(None)), counted.where(ended))  # each has an index of its own
    for release, state, number, over in connection.execute(both):
        before = found.get((release, state), (0, 0))
        found[release, state] = before[0] + number, before[1] + over
    return [StateCount(*place, *counts) for place, counts in found.items()]
