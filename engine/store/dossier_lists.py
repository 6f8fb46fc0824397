"""The query behind clerks' lists and search: filters, keyset pages, and the index that each page is read along.

A statement is built once for each shape (kind of reader, filters, order, page length), with parameters for the values.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    and_,
    bindparam,
    exists,
    select,
    tuple_,
    union,
)

from engine.clock import civil_day
from engine.rules.procedure.permissions import Actor
from engine.store.dossiers import applicants, dossier_offices, dossiers
from engine.store.overdue import intake_overdue_at, overdue_at
from engine.store.search import keys_asked, province_scope, scopes_read, search_keys
from engine.store.sql.question import PreparedSelect
from engine.store.visibility import Sight, has_part, sight_of

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

_LISTED = tuple(column.key for column in LIST_COLUMNS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """The filters of a list; None means no filter. ``text`` is searched without accents, word by word."""

    state: str | None = None
    portal: int | None = None
    office: str | None = None
    holder_office: str | None = None
    holder: int | None = None
    procedure: str | None = None
    overdue: bool | None = None
    intake_overdue: bool | None = None
    warned: bool | None = None
    due_before: dt.datetime | None = None
    text: str | None = None


FLAGS = ("intake_overdue", "warned")
"""The filters that are true or false; a page's shape has them as ``name=True``."""
FILTERS = {
    "state": "state",
    "portal": "portal",
    "holder_office": "holder_office",
    "holder": "holder_id",
    "procedure": "procedure",
    "office": "",
    "due_before": "",
}
"""The filters that take a value, each with the column that must equal it; empty where the condition is another."""
WARNED = dossiers.c.warned_at.is_not(None)
"""An action was taken more often than the procedure foresees (``warn_after``)."""
MOST_PAGES = 500
"""The cap on cached statements, which differ by kind of reader, filters, order and page length."""


def list_dossiers(
    connection: Connection,
    actor: Actor,
    filters: Filters,
    now: dt.datetime,
    *,
    after: tuple[dt.datetime | None, int] | None = None,
    by_due: bool = False,
    limit: int = 50,
) -> Sequence[Mapping[str, Any]]:
    """One keyset page: newest first, or by due moment with ``by_due`` (those without one last).

    ``after`` is (due moment or None, id) of the last row of the page before. At most ``limit`` rows.
    """
    on = civil_day(now)
    sight, values = sight_of(actor, on)
    ways = _ways(connection, actor, filters, on)
    told = {name: value for name in FILTERS if (value := getattr(filters, name)) is not None}
    flags = [f"{name}={value}" for name in FLAGS if (value := getattr(filters, name)) is not None]
    shape = sight, tuple(sorted([*told, *flags])), filters.overdue, tuple((kind, len(keys)) for kind, keys in ways)
    values |= told | {f"way_{n}_{m}": key for n, (_, keys) in enumerate(ways) for m, key in enumerate(keys)}
    values["now"] = now

    def page(order: str, key: tuple[Any, ...], most: int) -> list[Mapping[str, Any]]:
        following = {f"after_{number}": one for number, one in enumerate(key)}
        question = _page(*shape, order, bool(key), most)
        return [dict(zip(_LISTED, row, strict=True)) for row in question.fetch(connection, values | following)]

    if not ways:
        return []
    if not by_due:
        return page("newest", after[1:] if after else (), limit)
    if after is None:
        return page("due", (), limit)
    if after[0] is None:
        return page("undated", after[1:], limit)
    found = page("dated", after, limit)
    return found + page("undated", (), limit - len(found)) if len(found) < limit else found


def _conditions(asked: Collection[str], overdue: bool | None) -> list[ColumnElement[bool]]:
    """The conditions of the named filters, with parameters of the same names."""
    equal = {name: dossiers.c[column] for name, column in FILTERS.items() if column}
    wanted: list[ColumnElement[bool]] = [column == bindparam(name) for name, column in equal.items() if name in asked]
    if "office" in asked:
        wanted.append(has_part([bindparam("office")]))
    if overdue is not None:
        wanted.append(overdue_at(bindparam("now")) if overdue else ~overdue_at(bindparam("now")))
    for name, rule in (("intake_overdue", intake_overdue_at(bindparam("now"))), ("warned", WARNED)):
        wanted += [rule] if f"{name}=True" in asked else [~rule] if f"{name}=False" in asked else []
    if "due_before" in asked:
        wanted.append(and_(dossiers.c.due_at < bindparam("due_before"), dossiers.c.finished_at.is_(None)))
    return wanted


class _Way(NamedTuple):
    """An index-backed list that a page is read along: its column of dossier ids, its table joined to ``dossiers``, and
    the conditions that select the list."""

    id: ColumnElement[int]
    source: FromClause
    conditions: tuple[ColumnElement[bool], ...] = ()


class _Order(NamedTuple):
    """The order of a page: ORDER BY columns, keyset columns, extra conditions, and whether it is descending."""

    by: tuple[Any, ...]
    key: tuple[Any, ...]
    only: tuple[ColumnElement[bool], ...] = ()
    falls: bool = False


_BY_DUE = (dossiers.c.due_at, dossiers.c.id)
_ORDERS = {
    "newest": _Order((), (dossiers.c.id,), falls=True),
    "due": _Order((dossiers.c.due_at.nulls_last(), dossiers.c.id), ()),
    "dated": _Order(_BY_DUE, _BY_DUE, (dossiers.c.due_at.is_not(None),)),
    "undated": _Order(_BY_DUE, (dossiers.c.id,), (dossiers.c.due_at.is_(None),)),
}


def _ways(connection: Connection, actor: Actor, filters: Filters, on: dt.date) -> list[tuple[str, tuple[Any, ...]]]:
    """The (kind, keys) of lists that together hold every dossier to show; each is served by an index.

    They only narrow: the statement still applies the visibility rule and the filters. Empty if no dossier can match.
    """
    offices, provinces = sorted(actor.offices(on)), sorted(actor.monitored_provinces(on))
    text = filters.text
    if text and text.strip():
        asked = [office for office in offices if office in (filters.office, filters.holder_office)]
        scopes = asked[:1] or [*offices, *map(province_scope, provinces)]
        return [("words", tuple(keys)) for scope in scopes_read(connection, scopes) for keys in keys_asked(scope, text)]
    if filters.holder_office is not None or filters.holder is not None or actor.kind != "staff":
        return [("all", ())]
    if filters.office is not None:
        return [("office", (filters.office,))]
    return [("office", (office,)) for office in offices] + [("province", (province,)) for province in provinces]


def _way(kind: str, gaps: Sequence[Any]) -> _Way:
    """The list of this kind, with the parameters ``gaps`` that select it."""
    if kind == "words":
        return _found(gaps)
    if kind == "office":
        part = dossier_offices.c.dossier_id
        return _Way(part, dossier_offices.join(dossiers, part == dossiers.c.id), (dossier_offices.c.office == gaps[0],))
    return _Way(dossiers.c.id, dossiers, (dossiers.c.province == gaps[0],) if kind == "province" else ())


@cache
def _word(number: int) -> FromClause:
    return search_keys.alias(f"word_{number}")


def _found(keys: Sequence[Any]) -> _Way:
    """The dossiers listed in ``search_keys`` under all of these keys."""
    first, *others = (_word(number) for number in range(len(keys)))
    conditions = [first.c.key == keys[0]]
    for other, key in zip(others, keys[1:], strict=True):
        both = and_(other.c.key == key, other.c.dossier_id == first.c.dossier_id)
        conditions.append(exists(select(1).where(both).correlate(first)))
    found = first.c.dossier_id
    return _Way(found, first.join(dossiers, found == dossiers.c.id), tuple(conditions))


@lru_cache(maxsize=MOST_PAGES)
def _page(
    sight: Sight,
    asked: tuple[str, ...],
    overdue: bool | None,
    kinds: tuple[tuple[str, int], ...],
    order: str,
    later: bool,
    limit: int,
) -> PreparedSelect:
    """The statement of one page, merged from all lists; with ``later`` it begins after a key. Cached by shape."""
    wanted = [sight.rule(), *_conditions(asked, overdue)]
    ways = [_way(kind, [bindparam(f"way_{n}_{m}") for m in range(many)]) for n, (kind, many) in enumerate(kinds)]
    if len(ways) > 1:
        ids = [_along(way, (dossiers.c.id,), wanted, _ORDERS[order], later, limit).subquery() for way in ways]
        ways, wanted, later = [_Way(dossiers.c.id, dossiers)], [dossiers.c.id.in_(union(*map(select, ids)))], False
    return PreparedSelect(_along(ways[0], LIST_COLUMNS, wanted, _ORDERS[order], later, limit))


def _along(
    way: _Way,
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
        statement = statement.where(tuple_(*order.key) > tuple_(*gaps))
    return statement.order_by(*order.by).limit(limit)
