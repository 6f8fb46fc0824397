"""Small true reports: what was finished on time, and the register of what an office received."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Integer, Row, and_, case, func, or_, select

from engine.store.dossiers import applicants, dossiers

DONE = (9, 10, 7, 8)
"""Portal status codes that end a dossier's processing after it was received."""


def on_time(
    connection: Connection,
    visible: ColumnElement[bool],
    start: dt.datetime,
    end: dt.datetime,
    now: dt.datetime,
    office: str | None = None,
) -> Sequence[Row[Any]]:
    """By handling office: dossiers finished in [start, end), how many of them late, and how many running ones are late.

    Decision 766/QĐ-TTg, indicator 2.1: a dossier ends with the first of status 9, 10, 7, 8; one that asked for more
    than one supplement and has not ended counts as late.
    """
    finished = and_(dossiers.c.finished_at >= start, dossiers.c.finished_at < end, dossiers.c.portal.in_(DONE))
    late = and_(finished, dossiers.c.promised_at.is_not(None), dossiers.c.finished_at > dossiers.c.promised_at)
    open_ = and_(dossiers.c.finished_at.is_(None), dossiers.c.received_at.is_not(None))
    overdue = and_(dossiers.c.clock == "running", dossiers.c.due_at.is_not(None), dossiers.c.due_at < min(end, now))
    running_late = and_(open_, or_(overdue, dossiers.c.supplements > 1))
    columns: tuple[Any, ...] = (
        dossiers.c.handler_office.label("office"),
        _count(finished).label("finished"),
        _count(late).label("late"),
        _count(running_late).label("running_late"),
    )
    wanted = [visible, or_(finished, running_late)]
    if office is not None:
        wanted.append(dossiers.c.handler_office == office)
    statement = select(*columns).where(*wanted).group_by(dossiers.c.handler_office)
    return connection.execute(statement.order_by(dossiers.c.handler_office)).all()


def register(
    connection: Connection,
    visible: ColumnElement[bool],
    office: str,
    start: dt.datetime,
    end: dt.datetime,
    *,
    after: tuple[dt.datetime, int] | None = None,
    limit: int = 100,
) -> Sequence[Row[Any]]:
    """Dossiers that an office received in [start, end), in order of receipt (Form 07)."""
    columns: tuple[Any, ...] = (*dossiers.c, applicants.c.name, applicants.c.address, applicants.c.phone)
    statement = (
        select(*columns)
        .join(applicants, applicants.c.dossier_id == dossiers.c.id)
        .where(
            dossiers.c.intake_office == office,
            dossiers.c.received_at >= start,
            dossiers.c.received_at < end,
            visible,
        )
        .order_by(dossiers.c.received_at, dossiers.c.id)
        .limit(limit)
    )
    if after is not None:
        moment, last = after
        later = and_(dossiers.c.received_at == moment, dossiers.c.id > last)
        statement = statement.where(or_(dossiers.c.received_at > moment, later))
    return connection.execute(statement).all()


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0).cast(Integer)
