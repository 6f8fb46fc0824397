"""The months ahead: the periodic job that makes the partitions of the coming months before anybody needs them."""

from __future__ import annotations

import structlog
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from engine.clock import civil_day
from engine.store.retention import left_over
from engine.transaction import Runtime

AHEAD = 3
"""Months beyond this one whose partitions are there."""

_TEND = text("SELECT tend_months(CAST(:today AS date), :ahead)")

log = structlog.get_logger("motcua.months")


def tend_months(runtime: Runtime) -> int:
    """Makes what is missing of this month and the next ``AHEAD``, and lets new dossiers begin in this month.

    Returns how many months were made. A month that cannot be made now is made at the next tick: until then new dossiers
    go on in the month before. Nothing on SQLite, and in a database that is not divided. Rows that came in after their
    month was detached are told in the log: they go back when it is attached.
    """
    if runtime.database.dialect.name != "postgresql":
        return 0
    made = 0
    try:
        while _make_one(runtime):
            made += 1
        _tell_what_lies_outside(runtime)
    except DBAPIError as error:
        log.warning("month-postponed", why=getattr(error.orig, "sqlstate", None))
    return made


def _make_one(runtime: Runtime) -> bool:
    with runtime.database.connect() as connection, connection.begin():
        if not _has_months(connection):
            return False
        return bool(connection.execute(_TEND, {"today": civil_day(runtime.now()), "ahead": AHEAD}).scalar_one())


def _tell_what_lies_outside(runtime: Runtime) -> None:
    with runtime.database.connect().execution_options(motcua_read_only=True) as connection:
        outside = (
            {name: rows for name, rows in left_over(connection).items() if rows} if _has_months(connection) else {}
        )
    if outside:
        log.warning("rows-outside-months", **outside)


def _has_months(connection: Connection) -> bool:
    """Whether the schema knows months: an older one does not, and a program may be newer than it for a while."""
    return connection.execute(text("SELECT to_regprocedure('tend_months(date, integer)') IS NOT NULL")).scalar() is True
