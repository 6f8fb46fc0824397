"""The counts for the overview of an office's queue: dossiers held by release and state, and the overdue ones."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, case, func, select

from engine.clock import civil_day
from engine.rules.procedure.permissions import Actor
from engine.store.dossiers import dossiers
from engine.store.overdue import overdue_at
from engine.store.sql.question import PreparedSelect
from engine.store.visibility import Sight, sight_of


class QueueCount(NamedTuple):
    """Dossiers of one release in one state that an office holds."""

    release: str
    state: str
    procedure: str
    portal: int
    number: int
    overdue: int


def queue_counts(connection: Connection, actor: Actor, office: str, now: dt.datetime) -> list[QueueCount]:
    """One count for each release and state of the dossiers that an office holds and the actor may see."""
    sight, values = sight_of(actor, civil_day(now))
    return [QueueCount(*row) for row in _counting(sight).fetch(connection, values | {"held_by": office, "now": now})]


@cache
def _counting(sight: Sight) -> PreparedSelect:
    overdue = func.sum(case((overdue_at(bindparam("now")), 1), else_=0)).label("overdue")
    state = (dossiers.c.release, dossiers.c.state)  # these two determine the procedure and the portal status
    settled = (func.max(dossiers.c.procedure).label("procedure"), func.max(dossiers.c.portal).label("portal"))
    columns: tuple[Any, ...] = (*state, *settled, func.count().label("count"), overdue)
    held = dossiers.c.holder_office == bindparam("held_by")
    return PreparedSelect(select(*columns).where(held, sight.rule()).group_by(*state))
