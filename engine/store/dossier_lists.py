"""The query behind clerks' lists and search: filters, keyset pages, and the index that each page is read along.

A statement is built once for each shape (kind of reader, filters, order, page length), with parameters for the values.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, Subquery, and_, bindparam, case, func, select, tuple_, union

from engine.clock import civil_day
from engine.rules.procedure.permissions import Actor
from engine.store.dossiers import applicants, dossiers, mirrors
from engine.store.list_filters import UNCLAIMED, Filters, conditions, holder_rules, moments, told_of
from engine.store.list_ways import DeskOffices, Way, desk_offices, way_of, ways_for
from engine.store.people import people
from engine.store.sql.question import PreparedSelect
from engine.store.visibility import Sight, sight_of

LIST_COLUMNS = (
    dossiers.c.id,
    dossiers.c.code,
    dossiers.c.procedure,
    dossiers.c.release,
    dossiers.c.state,
    dossiers.c.portal,
    dossiers.c.version,
    dossiers.c.channel,
    dossiers.c.intake_office,
    dossiers.c.handler_office,
    dossiers.c.holder_office,
    dossiers.c.holder_role,
    dossiers.c.holder_id,
    dossiers.c.received_at,
    dossiers.c.due_at,
    dossiers.c.promised_at,
    dossiers.c.clock,
    dossiers.c.finished_at,
    dossiers.c.intake_due_at,
    dossiers.c.intake_done_at,
    dossiers.c.warned_at,
    select(applicants.c.name).where(applicants.c.dossier_id == dossiers.c.id).scalar_subquery().label("applicant"),
)
DESK_COLUMNS = (
    *LIST_COLUMNS,
    dossiers.c.entered_at,
    dossiers.c.filed_at,
    dossiers.c.step_due_at,
    dossiers.c.pauses,
    dossiers.c.started_at,
    dossiers.c.term,
    dossiers.c.extensions,
    dossiers.c.source,
    select(people.c.name).where(people.c.id == dossiers.c.holder_id).scalar_subquery().label("holder_name"),
    *(
        select(mirrors.c[name]).where(mirrors.c.dossier_id == dossiers.c.id).scalar_subquery().label(name)
        for name in ("synced_at", "differs")
    ),
)
"""The columns of a list at the desk: those of every list, who holds it by name, and where the dossier's truth is."""

MOST_PAGES = 500
"""The cap on cached statements, which differ by kind of reader, filters, order and page length."""
COUNTED = 1000
"""A list is counted up to this number."""


def list_dossiers(
    connection: Connection,
    actor: Actor,
    filters: Filters,
    now: dt.datetime,
    *,
    after: tuple[dt.datetime | None, int] | None = None,
    by_due: bool = False,
    limit: int = 50,
    desk: bool = False,
    at: DeskOffices | None = None,
) -> Sequence[Mapping[str, Any]]:
    """One keyset page: newest first, or by due moment with ``by_due`` (those without one last).

    ``after`` is (due moment or None, id) of the last row of the page before. At most ``limit`` rows. ``desk`` reads
    ``DESK_COLUMNS``. ``at``: the actor's ``desk_offices``, which are read if they are not given.
    """
    read = _Reader(connection, actor, filters, now, desk, at)
    if not by_due:
        return read.page("newest", after[1:] if after else (), limit)
    if after is None:
        return read.page("due", (), limit)
    if after[0] is None:
        return read.page("undated", after[1:], limit)
    found = read.page("dated", after, limit)
    return found + read.page("undated", (), limit - len(found)) if len(found) < limit else found


def page_before(
    connection: Connection,
    actor: Actor,
    filters: Filters,
    now: dt.datetime,
    *,
    before: tuple[dt.datetime | None, int],
    by_due: bool = False,
    limit: int = 1,
) -> Sequence[Mapping[str, Any]]:
    """The rows that precede the row (due moment or None, id) in the order of ``list_dossiers``, nearest first."""
    read = _Reader(connection, actor, filters, now, False)
    if not by_due:
        return read.page("oldest", before[1:], limit)
    if before[0] is not None:
        return read.page("dated_back", before, limit)
    found = read.page("undated_back", before[1:], limit)
    return found + read.page("last_dated", (), limit - len(found)) if len(found) < limit else found


def count_dossiers(connection: Connection, actor: Actor, filters: Filters, now: dt.datetime) -> int:
    """How many dossiers the list holds on all of its pages; ``COUNTED + 1`` stands for more than ``COUNTED``."""
    read = _Reader(connection, actor, filters, now, False)
    if not read.ways:
        return 0
    return int(_count(*read.shape).fetch(connection, read.values)[0][0])


class HolderCounts(NamedTuple):
    """How many dossiers a list holds in all, for the posts of the actor, held by the actor, and held by nobody."""

    all: int
    us: int
    me: int
    nobody: int


def count_by_holder(
    connection: Connection,
    actor: Actor,
    filters: Filters,
    now: dt.datetime,
    posts: tuple[str, ...],
    at: DeskOffices | None = None,
) -> HolderCounts:
    """The numbers of a list without a filter on the holder, by holder; exact while ``all`` is at most ``COUNTED``."""
    read = _Reader(connection, actor, filters, now, at=at)
    if not read.ways:
        return HolderCounts(0, 0, 0, 0)
    values = read.values | {"posts": posts, "me": actor.person_id}
    found = _count_by_holder(*read.shape).fetch(connection, values)[0]
    return HolderCounts(*(int(one or 0) for one in found))


def place_of(
    connection: Connection, actor: Actor, code: str, now: dt.datetime
) -> tuple[dt.datetime | None, int] | None:
    """The place of a dossier in a list: due moment (or None) and id; None if the actor does not see it."""
    sight, values = sight_of(actor, civil_day(now))
    found = _place(sight).fetch(connection, values | {"code": code})
    return (found[0][0], found[0][1]) if found else None


@lru_cache(maxsize=20)
def _place(sight: Sight) -> PreparedSelect:
    place: tuple[Any, ...] = (dossiers.c.due_at, dossiers.c.id)
    return PreparedSelect(select(*place).where(dossiers.c.code == bindparam("code"), sight.rule()))


class _Reader:
    """The list of one actor with one set of filters: its ways, its shape, and the values of its parameters."""

    def __init__(
        self,
        connection: Connection,
        actor: Actor,
        filters: Filters,
        now: dt.datetime,
        desk: bool = False,
        at: DeskOffices | None = None,
    ) -> None:
        on = civil_day(now)
        sight, values = sight_of(actor, on)
        self.ways = ways_for(connection, actor, filters, on, at)
        told, asked = told_of(filters)
        if filters.desk and filters.text and filters.text.strip():
            held, all_of_them = at or desk_offices(connection, actor, on)
            told |= {"desk_held": held, "desk_offices": all_of_them}
            asked = tuple(sorted([*asked, "desk_held"]))
        self.shape = sight, asked, filters.overdue, tuple((kind, len(keys)) for kind, keys in self.ways)
        values |= told | {f"way_{n}_{m}": key for n, (_, keys) in enumerate(self.ways) for m, key in enumerate(keys)}
        self.values = values | moments(now)
        self._connection, self._desk = connection, desk

    def page(self, order: str, key: tuple[Any, ...], most: int) -> list[Mapping[str, Any]]:
        """At most ``most`` rows in an order, after the row with this key."""
        if not self.ways:
            return []
        following = {f"after_{number}": one for number, one in enumerate(key)}
        question = _page(*self.shape, order, bool(key), most, self._desk)
        rows = question.fetch(self._connection, self.values | following)
        return [dict(zip(_LISTED[self._desk], row, strict=True)) for row in rows]


_LISTED = {False: tuple(one.key for one in LIST_COLUMNS), True: tuple(one.key for one in DESK_COLUMNS)}


class _Order(NamedTuple):
    """The order of a page: ORDER BY columns, keyset columns, extra conditions, whether ids fall, and whether the key
    is an upper bound."""

    by: tuple[Any, ...]
    key: tuple[Any, ...]
    only: tuple[ColumnElement[bool], ...] = ()
    falls: bool = False
    back: bool = False


_BY_DUE = (dossiers.c.due_at, dossiers.c.id)
_BACK = (dossiers.c.due_at.desc(), dossiers.c.id.desc())
_DATED, _UNDATED = (dossiers.c.due_at.is_not(None),), (dossiers.c.due_at.is_(None),)
_ORDERS = {
    "newest": _Order((), (dossiers.c.id,), falls=True),
    "oldest": _Order((dossiers.c.id,), (dossiers.c.id,)),
    "due": _Order((dossiers.c.due_at.nulls_last(), dossiers.c.id), ()),
    "dated": _Order(_BY_DUE, _BY_DUE, _DATED),
    "undated": _Order(_BY_DUE, (dossiers.c.id,), _UNDATED),
    "dated_back": _Order(_BACK, _BY_DUE, _DATED, back=True),
    "last_dated": _Order(_BACK, _BY_DUE, _DATED, back=True),
    "undated_back": _Order((dossiers.c.id.desc(),), (dossiers.c.id,), _UNDATED, back=True),
}


@lru_cache(maxsize=MOST_PAGES)
def _page(
    sight: Sight,
    asked: tuple[str, ...],
    overdue: bool | None,
    kinds: tuple[tuple[str, int], ...],
    order: str,
    later: bool,
    limit: int,
    desk: bool = False,
) -> PreparedSelect:
    """The statement of one page, merged from all lists; with ``later`` it begins after a key. Cached by shape."""
    wanted = [sight.rule(), *conditions(asked, overdue)]
    columns, ways = DESK_COLUMNS if desk else LIST_COLUMNS, _ways(kinds)
    if len(ways) > 1:
        ids = [_along(way, (dossiers.c.id,), wanted, _ORDERS[order], later, limit).subquery() for way in ways]
        ways, wanted, later = [Way(dossiers.c.id, dossiers)], [dossiers.c.id.in_(union(*map(select, ids)))], False
    return PreparedSelect(_along(ways[0], columns, wanted, _ORDERS[order], later, limit))


@lru_cache(maxsize=MOST_PAGES)
def _count(
    sight: Sight, asked: tuple[str, ...], overdue: bool | None, kinds: tuple[tuple[str, int], ...]
) -> PreparedSelect:
    return PreparedSelect(select(func.count()).select_from(_counted(sight, asked, overdue, kinds)))


@lru_cache(maxsize=MOST_PAGES)
def _count_by_holder(
    sight: Sight, asked: tuple[str, ...], overdue: bool | None, kinds: tuple[tuple[str, int], ...]
) -> PreparedSelect:
    ours = and_(*(rule for name, rule in holder_rules().items()))
    me, nobody = dossiers.c.holder_id == bindparam("me"), UNCLAIMED
    numbers: list[Any] = [
        func.sum(case((rule, 1), else_=0)).label(f"n_{n}") for n, rule in enumerate((ours, me, nobody))
    ]
    counted = _counted(sight, asked, overdue, kinds)
    statement = select(func.count(), *numbers).select_from(dossiers)
    return PreparedSelect(statement.where(dossiers.c.id.in_(select(counted.c.id))))


def _counted(
    sight: Sight, asked: tuple[str, ...], overdue: bool | None, kinds: tuple[tuple[str, int], ...]
) -> Subquery:
    """The ids of the first ``COUNTED + 1`` dossiers of a list, in no order."""
    wanted = [sight.rule(), *conditions(asked, overdue)]
    found = [select(way.id.label("id")).select_from(way.source).where(*way.conditions, *wanted) for way in _ways(kinds)]
    ids = [one.limit(COUNTED + 1).subquery() for one in found]
    return union(*map(select, ids)).limit(COUNTED + 1).subquery()


def _ways(kinds: tuple[tuple[str, int], ...]) -> list[Way]:
    return [way_of(kind, [bindparam(f"way_{n}_{m}") for m in range(many)]) for n, (kind, many) in enumerate(kinds)]


def _along(
    way: Way,
    columns: Sequence[Any],
    wanted: Sequence[ColumnElement[bool]],
    order: _Order,
    later: bool,
    limit: int,
) -> Select[Any]:
    """One page along one list. If ids are the order, it orders by the list's own column of ids, whose index serves."""
    statement = select(*columns).select_from(way.source).where(*way.conditions, *wanted, *order.only)
    gaps = [bindparam(f"after_{number}", type_=column.type) for number, column in enumerate(order.key)]
    if order.falls:
        statement = statement.order_by(way.id.desc())
        return (statement.where(way.id < gaps[0]) if later else statement).limit(limit)
    if later:
        place, bound = tuple_(*order.key), tuple_(*gaps)
        statement = statement.where(place < bound if order.back else place > bound)
    return statement.order_by(*order.by).limit(limit)
