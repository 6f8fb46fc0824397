"""When the national portal learned of an event, and whether a dossier is known there as it is here."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Boolean, ColumnElement, and_, case, exists, func, literal, not_, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from engine.store.dossiers import dossiers
from engine.store.portal import SLOW, portal_differences, portal_tellings
from engine.store.sql.schema import Moment
from engine.store.sql.seconds import seconds_between

_T = portal_tellings.c


def told_at() -> ColumnElement[dt.datetime]:
    """When the portal learned what a row of ``portal_tellings`` tells; NULL while it has not.

    What was dropped for a whole telling is known there by that one.
    """
    later = portal_tellings.alias("later")
    whole = select(func.min(later.c.first_sent_at)).where(
        later.c.dossier_id == _T.dossier_id, later.c.id > _T.id, later.c.kind == "dossier"
    )
    by_whole = func.coalesce(_T.first_sent_at, whole.scalar_subquery())
    return case((_T.status == "dropped", by_whole), else_=_T.first_sent_at)


def told_in_time(until: dt.datetime, now: dt.datetime, within: dt.timedelta) -> ColumnElement[bool]:
    """The condition that a dossier was told of, and that the portal learned of each of its events before ``until`` no
    later than ``within`` (a minute at least) after it."""
    took = seconds_between(_T.at, func.coalesce(told_at(), literal(now, Moment)))
    mine = (_T.dossier_id == dossiers.c.id, _T.at < until)
    late = select(1).where(*mine, slow(), took > int(within.total_seconds()))
    return and_(exists(select(1).where(*mine).correlate(dossiers)), not_(exists(late.correlate(dossiers))))


class slow(ColumnElement[bool]):
    """The condition of the partial index of tellings that took more than a minute, are unsent, or were dropped."""

    inherit_cache = True
    type = Boolean()


@compiles(slow, "postgresql")
def _on_postgresql(element: slow, compiler: SQLCompiler, **options: object) -> str:
    return f"({SLOW['postgresql']})"


@compiles(slow, "sqlite")
def _on_sqlite(element: slow, compiler: SQLCompiler, **options: object) -> str:
    return f"({SLOW['sqlite']})"


def agrees_there() -> ColumnElement[bool]:
    """The condition that the last comparison left no difference of a dossier open."""
    differs = and_(portal_differences.c.dossier_id == dossiers.c.id, portal_differences.c.ended_at.is_(None))
    return not_(exists(select(1).where(differs).correlate(dossiers)))
