"""The query of the report on intake: online filings by receiving office, against the limit of eight working hours."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Protocol, cast

from sqlalchemy import ColumnElement, Connection, and_, case, func, select

from engine.store.dossiers import dossiers
from engine.store.overdue import intake_overdue_at


class IntakeRow(Protocol):
    """The counts of one receiving office."""

    office: str
    filed: int
    in_time: int
    late: int
    waiting_late: int


def intake_counts(
    connection: Connection,
    visible: ColumnElement[bool],
    start: dt.datetime,
    end: dt.datetime,
    now: dt.datetime,
    office: str | None = None,
) -> Sequence[IntakeRow]:
    """(office, filed, in_time, late, waiting_late) of the visible filings that came in in [start, end)."""
    done, due = dossiers.c.intake_done_at, dossiers.c.intake_due_at
    statement = (
        select(
            dossiers.c.intake_office.label("office"),
            func.count().label("filed"),
            _sum(and_(done.is_not(None), done <= due)).label("in_time"),
            _sum(and_(done.is_not(None), done > due)).label("late"),
            _sum(intake_overdue_at(now)).label("waiting_late"),
        )
        .where(due.is_not(None), dossiers.c.intake_from >= start, dossiers.c.intake_from < end, visible)
        .group_by(dossiers.c.intake_office)
        .order_by(dossiers.c.intake_office)
    )
    if office is not None:
        statement = statement.where(dossiers.c.intake_office == office)
    return cast(Sequence[IntakeRow], connection.execute(statement).all())


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)
