"""What came to a desk lately: the dossiers that its offices must act on, newest arrival first, with the entry of it."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, bindparam, select, union

from engine.clock import civil_day
from engine.rules.procedure.permissions import Actor
from engine.store.dossiers import applicants, dossiers
from engine.store.journal import journal, journal_private
from engine.store.list_filters import Filters
from engine.store.list_ways import way_of, ways_for
from engine.store.sql.question import PreparedSelect
from engine.store.visibility import Sight, sight_of


class ArrivalRow(NamedTuple):
    """A dossier that came to a desk, and the journal entry with which it came."""

    id: int
    code: str
    release: str
    state: str
    applicant: str | None
    at: dt.datetime
    number: int
    act: str
    actor: str
    body: str
    private: dict[str, Any] | None


def arrivals(
    connection: Connection, actor: Actor, now: dt.datetime, since: dt.datetime, limit: int
) -> list[ArrivalRow]:
    """The dossiers that the actor's offices must act on since a moment after ``since``, newest arrival first.

    What the actor passed on to themselves is left out. A dossier stands once for each entry of the same moment.
    """
    sight, values = sight_of(actor, civil_day(now))
    held = [way for way in ways_for(connection, actor, Filters(desk=True), civil_day(now)) if way[0] == "held"]
    if not held:
        return []
    values |= {f"way_{number}_0": keys[0] for number, (_, keys) in enumerate(held)}
    values |= {"since": since, "own": actor.label}
    rows = _arriving(sight, len(held), limit).fetch(connection, values)
    return [ArrivalRow._make(row) for row in rows]


@lru_cache(maxsize=100)
def _arriving(sight: Sight, offices: int, limit: int) -> PreparedSelect:
    ways = [way_of("held", [bindparam(f"way_{number}_0")]) for number in range(offices)]
    ids = union(*(select(way.id).select_from(way.source).where(*way.conditions) for way in ways))
    entry = and_(journal.c.dossier_id == dossiers.c.id, journal.c.at == dossiers.c.entered_at)
    hidden = and_(journal_private.c.dossier_id == journal.c.dossier_id, journal_private.c.number == journal.c.number)
    came = (journal.c.number, journal.c.act, journal.c.actor, journal.c.body, journal_private.c.data)
    told: tuple[Any, ...] = (dossiers.c.id, dossiers.c.code, dossiers.c.release, dossiers.c.state, applicants.c.name)
    return PreparedSelect(
        select(*told, dossiers.c.entered_at, *came)
        .join(applicants, applicants.c.dossier_id == dossiers.c.id)
        .join(journal, entry)
        .outerjoin(journal_private, hidden)
        .where(dossiers.c.id.in_(ids), sight.rule(), dossiers.c.finished_at.is_(None))
        .where(dossiers.c.entered_at > bindparam("since"), journal.c.actor != bindparam("own"))
        .order_by(dossiers.c.entered_at.desc(), dossiers.c.id.desc(), journal.c.number.desc())
        .limit(limit)
    )
