"""The index-backed lists that a page of dossiers is read along: those of an office, a province, a word, or a desk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, FromClause, and_, exists, select

from engine.rules.procedure.permissions import Actor
from engine.store.dossiers import dossier_offices, dossiers
from engine.store.list_filters import UNHELD, Filters
from engine.store.search import keys_asked, province_scope, scopes_read, search_keys

Kinds = list[tuple[str, tuple[Any, ...]]]


class Way(NamedTuple):
    """An index-backed list that a page is read along: its column of dossier ids, its table joined to ``dossiers``, and
    the conditions that select the list."""

    id: ColumnElement[int]
    source: FromClause
    conditions: tuple[ColumnElement[bool], ...] = ()


class DeskOffices(NamedTuple):
    """The offices in which the actor acts, and these with all that they took over in reforms: what nobody holds may
    still carry the old office's code."""

    acting: list[str]
    before: list[str]


def ways_for(
    connection: Connection, actor: Actor, filters: Filters, on: dt.date, at: DeskOffices | None = None
) -> Kinds:
    """The (kind, keys) of lists that together hold every dossier to show; each is served by an index.

    They only narrow: the statement still applies the visibility rule and the filters. Empty if no dossier can match.
    ``at``: the actor's ``desk_offices``, which are read if they are not given.
    """
    offices, provinces = sorted(actor.offices(on)), sorted(actor.monitored_provinces(on))
    text = filters.text
    if filters.desk and not (text and text.strip()):
        held, before = at or desk_offices(connection, actor, on)
        unheld: Kinds = [(kind, (office,)) for office in before for kind in ("received", "handled")]
        return [*(("held", (office,)) for office in held), *unheld]
    if text and text.strip():
        asked = [office for office in offices if office in (filters.office, filters.holder_office)]
        scopes = asked[:1] or [*offices, *map(province_scope, provinces)]
        return [("words", tuple(keys)) for scope in scopes_read(connection, scopes) for keys in keys_asked(scope, text)]
    if filters.holder_office is not None or filters.holder is not None or actor.kind != "staff":
        return [("all", ())]
    if filters.office is not None:
        return [("office", (filters.office,))]
    return [("office", (office,)) for office in offices] + [("province", (province,)) for province in provinces]


def desk_offices(connection: Connection, actor: Actor, on: dt.date) -> DeskOffices:
    """The offices of the actor's desk. A page of several lists reads them once."""
    offices = sorted(actor.acting_offices(on))
    read = scopes_read(connection, offices) if offices else []
    return DeskOffices(offices, [code for code in read if not code.startswith(province_scope(""))])


def way_of(kind: str, gaps: Sequence[Any]) -> Way:
    """The list of this kind, with the parameters ``gaps`` that select it."""
    if kind == "words":
        return _found(gaps)
    if kind == "office":
        part = dossier_offices.c.dossier_id
        return Way(part, dossier_offices.join(dossiers, part == dossiers.c.id), (dossier_offices.c.office == gaps[0],))
    if kind in _DESK:
        column, *only = _DESK[kind]
        return Way(dossiers.c.id, dossiers, (column == gaps[0], *only))
    return Way(dossiers.c.id, dossiers, (dossiers.c.province == gaps[0],) if kind == "province" else ())


_DESK: dict[str, tuple[Any, ...]] = {
    "held": (dossiers.c.holder_office,),
    "received": (dossiers.c.intake_office, UNHELD),
    "handled": (dossiers.c.handler_office, UNHELD),
}
"""What a desk is made of: what an office must act on, and what it received or handles and nobody must act on now."""


@cache
def _word(number: int) -> FromClause:
    return search_keys.alias(f"word_{number}")


def _found(keys: Sequence[Any]) -> Way:
    """The dossiers listed in ``search_keys`` under all of these keys."""
    first, *others = (_word(number) for number in range(len(keys)))
    conditions = [first.c.key == keys[0]]
    for other, key in zip(others, keys[1:], strict=True):
        both = and_(other.c.key == key, other.c.dossier_id == first.c.dossier_id)
        conditions.append(exists(select(1).where(both).correlate(first)))
    found = first.c.dossier_id
    return Way(found, first.join(dossiers, found == dossiers.c.id), tuple(conditions))
