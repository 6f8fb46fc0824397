"""When the national portal learned of an event, and whether a dossier is known there as it is here."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, literal, not_, select

from engine.store.dossiers import dossiers
from engine.store.portal import portal_differences, portal_tellings
from engine.store.sql.schema import Moment
from engine.store.sql.seconds import seconds_between

_T = portal_tellings.c


def told_at() -> ColumnElement[Any]:
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
    """The condition that the portal learned of each of a dossier's events before ``until`` no later than ``within``
    after it. NULL for a dossier that was never told."""
    took = seconds_between(_T.at, func.coalesce(told_at(), literal(now, Moment)))
    longest = select(func.max(took)).where(_T.dossier_id == dossiers.c.id, _T.at < until)
    return longest.correlate(dossiers).scalar_subquery() <= int(within.total_seconds())


def agrees_there() -> ColumnElement[bool]:
    """The condition that the last comparison left no difference of a dossier open."""
    differs = and_(portal_differences.c.dossier_id == dossiers.c.id, portal_differences.c.ended_at.is_(None))
    return not_(exists(select(1).where(differs).correlate(dossiers)))
