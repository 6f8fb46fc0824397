"""What came to a desk lately: the dossiers that its offices must act on, newest arrival first, with the entry of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import orjson
from sqlalchemy import BindParameter, Connection, and_, bindparam, select, union

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
    asked = {"ids": [*ids, *[ids[-1]] * (-len(ids) % _STEP)], "since": min(row[5] for row in came)}
    entries: dict[tuple[int, dt.datetime], Sequence[Any]] = {}
    for dossier, at, *entry in _ENTRIES.fetch(connection, asked):
        if _MOVES & orjson.loads(entry[_BODY])["changes"].keys():  # not a claim of the same moment
            entries.setdefault((dossier, at), entry)  # the newest of the moment
    found = [ArrivalRow._make([*row, *entries[row[0], row[5]]]) for row in came if (row[0], row[5]) in entries]
    return [row for row in found if row.actor != actor.label]


_MOVES = {"state", "holder_office", "holder_role"}
"""An entry with one of these changes brought the dossier to whom it waits for."""
_BODY = 3
"""The place of the body among the columns of an entry, after dossier and moment."""
_STEP = 20
"""The list of ids is filled up to a multiple of this, so that few statements are prepared."""
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
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
    .select_from(journal.outerjoin(journal_private, _HIDDEN))
    .where(journal.c.dossier_id.in_(_IDS), journal.c.at >= bindparam("since"))
    .order_by(journal.c.number.desc())
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
