"""The tables of the desk itself: saved views of lists, and when a person last looked at what is new."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
    bindparam,
    or_,
    select,
)

from engine.store.sql.question import PreparedSelect
from engine.store.sql.schema import BigId, Moment, metadata

saved_views = Table(
    "saved_views",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("person_id", BigId, ForeignKey("people.id"), nullable=False),  # who saved it
    Column("office", String(40), ForeignKey("offices.code")),  # whose people have it; None: only who saved it
    Column("name", String(80), nullable=False),
    Column("query", Text, nullable=False),  # the list's state, as it stands in its address
    Column("saved_at", Moment, nullable=False),
    CheckConstraint("name <> ''", name="name"),
    Index("ix_saved_views_person_id", "person_id"),
    Index("ix_saved_views_office", "office"),
    sqlite_autoincrement=True,
)

desk_visits = Table(
    "desk_visits",
    metadata,
    Column("person_id", BigId, ForeignKey("people.id"), primary_key=True, autoincrement=False),
    Column("seen_at", Moment, nullable=False),
)
"""Until when a person has seen what came to the desk."""


class SavedView(NamedTuple):
    """A row of ``saved_views``."""

    id: int
    person_id: int
    office: str | None
    name: str
    query: str


_COLUMNS = tuple(saved_views.c[name] for name in SavedView._fields)


_OFFICES: BindParameter[Any] = bindparam("offices", expanding=True)
_THEIRS = PreparedSelect(
    select(*_COLUMNS)
    .where(
        or_(
            saved_views.c.office.in_(_OFFICES),
            (saved_views.c.person_id == bindparam("person")) & saved_views.c.office.is_(None),
        )
    )
    .order_by(saved_views.c.office.is_(None), saved_views.c.name, saved_views.c.id)
)


def views_of(connection: Connection, person: int, offices: Collection[str]) -> list[SavedView]:
    """The views of a person and of these offices, those of the offices first, by name."""
    rows = _THEIRS.fetch(connection, {"person": person, "offices": sorted(offices)})
    return [SavedView._make(row) for row in rows]


def view_with(connection: Connection, number: int) -> SavedView | None:
    """The view with this id, or None."""
    found = connection.execute(select(*_COLUMNS).where(saved_views.c.id == number)).one_or_none()
    return None if found is None else SavedView(*found)


def seen_until(connection: Connection, person: int) -> dt.datetime | None:
    """Until when the person has seen what came; None if they never said."""
    this = select(desk_visits.c.seen_at).where(desk_visits.c.person_id == person)
    return connection.execute(this).scalar_one_or_none()
