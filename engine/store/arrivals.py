"""What came to a desk lately: the dossiers that its offices must act on, newest arrival first, with the entry of it."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Connection, Text, and_, bindparam, cast, func, or_, select, union

from engine.clock import civil_day
from engine.rules.procedure.permissions import Actor
from engine.store.dossiers import applicants, dossiers
from engine.store.journal import journal, journal_private
from engine.store.list_filters import Filters
from engine.store.list_ways import way_of, ways_for
from engine.store.sql.json_rows import ChangesOf
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
    """The dossiers that came to the actor's offices to be acted on after ``since``, newest arrival first, at most
    ``limit``. What the actor passed on to themselves is left out."""
    sight, values = sight_of(actor, civil_day(now))
    held = [way for way in ways_for(connection, actor, Filters(desk=True), civil_day(now)) if way[0] == "held"]
    if not held:
        return []
    values |= {f"way_{number}_0": keys[0] for number, (_, keys) in enumerate(held)} | {"since": since}
    came = _arriving(sight, len(held), limit).fetch(connection, values)
    if not came:
        return []
    ids = [row[0] for row in came]
    read = _ENTRIES.fetch(connection, {"ids": [*ids, *[ids[-1]] * (-len(ids) % _STEP)]})
    entries = {(dossier, at): entry for dossier, at, *entry in read}
    found = [ArrivalRow._make([*row, *entries[row[0], row[5]]]) for row in came if (row[0], row[5]) in entries]
    return [row for row in found if row.actor != actor.label]


_MOVES = ("state", "holder_office", "holder_role")
"""An entry with one of these changes brought the dossier to whom it waits for."""
_STEP = 20
"""The list of ids is filled up to a multiple of this, so that few statements are prepared."""
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_PAST = journal.alias("past")
_TOLD = cast(ChangesOf(_PAST.c.body), Text)
_BROUGHT = (
    select(func.max(_PAST.c.number))
    .where(_PAST.c.dossier_id == dossiers.c.id, _PAST.c.at == dossiers.c.entered_at)
    .where(or_(*(_TOLD.contains(f'"{name}":') for name in _MOVES)))  # not a claim of the same moment
    .scalar_subquery()
)
"""The newest entry that brought a dossier where it is. Databases look for it from the journal's end."""
_HIDDEN = and_(journal_private.c.dossier_id == journal.c.dossier_id, journal_private.c.number == journal.c.number)
_ENTRY: tuple[Any, ...] = (
    journal.c.dossier_id,
    journal.c.at,
    journal.c.number,
    journal.c.act,
    journal.c.actor,
    journal.c.body,
    journal_private.c.data,
)
_ENTRIES = PreparedSelect(
    select(*_ENTRY)
    .select_from(dossiers)
    .join(journal, and_(journal.c.dossier_id == dossiers.c.id, journal.c.number == _BROUGHT))
    .outerjoin(journal_private, _HIDDEN)
    .where(dossiers.c.id.in_(_IDS))
)


@lru_cache(maxsize=100)
def _arriving(sight: Sight, offices: int, limit: int) -> PreparedSelect:
    ways = [way_of("held", [bindparam(f"way_{number}_0")]) for number in range(offices)]
    ids = union(*(select(way.id).select_from(way.source).where(*way.conditions) for way in ways))
    # a look for each dossier: with a join PostgreSQL may read all applicants for the few names of an office
    name = select(applicants.c.name).where(applicants.c.dossier_id == dossiers.c.id).scalar_subquery().label("name")
    told: tuple[Any, ...] = (dossiers.c.id, dossiers.c.code, dossiers.c.release, dossiers.c.state, name)
    return PreparedSelect(
        select(*told, dossiers.c.entered_at)
        .where(dossiers.c.id.in_(ids), sight.rule(), dossiers.c.finished_at.is_(None))
        .where(dossiers.c.entered_at > bindparam("since"))
        .order_by(dossiers.c.entered_at.desc(), dossiers.c.id.desc())
        .limit(limit)
    )
