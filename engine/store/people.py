"""The tables of staff: people, their tokens, dated memberships and substitutes, and the number of changes to these."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import (
    CheckConstraint,
    Column,
    ColumnElement,
    Connection,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    bindparam,
    cast,
    exists,
    literal_column,
    or_,
    select,
)

from engine.store.sql.question import PreparedSelect
from engine.store.sql.schema import BigId, Moment, metadata

people = Table(
    "people",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("username", String(60), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("email", String(254)),
    Column("phone", String(30)),
    Column("password", Text),  # argon2id hash; None means no sign-in by password
    Column("admin", Integer, nullable=False),
    Column("active", Integer, nullable=False),
    Column("language", String(2), nullable=False),
    Column("created_at", Moment, nullable=False),
)

tokens = Table(
    "tokens",
    metadata,
    Column("hash", String(64), primary_key=True),  # SHA-256 of a random token of 256 bits
    Column("person_id", BigId, ForeignKey("people.id"), nullable=False, index=True),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("revoked_at", Moment),
    Column("kind", String(10)),  # session or token; None: of a version that did not tell them apart
    Column("purpose", Text),  # what a token for programs is for
)

memberships = Table(
    "memberships",
    metadata,
    Column("person_id", BigId, ForeignKey("people.id"), primary_key=True),
    Column("office", String(40), ForeignKey("offices.code"), primary_key=True),
    Column("role", String(40), primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("valid_to", Date),  # exclusive
    Index("ix_memberships_office_role", "office", "role"),
)

substitutes = Table(
    "substitutes",
    metadata,
    Column("absent_id", BigId, ForeignKey("people.id"), primary_key=True),
    Column("deputy_id", BigId, ForeignKey("people.id"), primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("valid_to", Date, nullable=False),  # exclusive
    Column("office", String(40)),  # None means every office where the absent person works
    Column("legal", Text, nullable=False),  # the written assignment
    CheckConstraint("absent_id <> deputy_id", name="not_oneself"),
)
"""A deputy acts with the absent person's roles from ``valid_from`` to before ``valid_to``."""


staff_changes = Table(
    "staff_changes",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("number", BigId, nullable=False),
    CheckConstraint("id = 1", name="one_row"),
)
"""One number that a trigger raises whenever people, memberships, substitutes or the province of an office change
(``engine.migrations.staff_changes``). A cached actor is valid while the number is the same."""


def role_members(connection: Connection, office: str, role: str, on: dt.date) -> frozenset[int]:
    """The ids of the active people who have this role at this office on the day ``on``."""
    found = _MEMBERS.fetch(connection, {"office": office, "role": role, "day": on})
    return frozenset(person for (person,) in found)


def holds_post(label: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether an actor, by the label that the journal knows them by, is a person whom ``role_members`` would name.

    Of the parameters ``office``, ``role`` and ``day``.
    """
    person = literal_column("'staff:'", String) + cast(memberships.c.person_id, String)
    return exists(_MEMBERS_OF_POST.where(person == label))


_MEMBERS_OF_POST = (
    select(memberships.c.person_id)
    .join(people, people.c.id == memberships.c.person_id)
    .where(
        memberships.c.office == bindparam("office"),
        memberships.c.role == bindparam("role"),
        memberships.c.valid_from <= bindparam("day"),
        or_(memberships.c.valid_to.is_(None), memberships.c.valid_to > bindparam("day")),
        people.c.active == 1,
    )
)
_MEMBERS = PreparedSelect(_MEMBERS_OF_POST)


def person_named(connection: Connection, username: str) -> int | None:
    """The id of the person with this username, or None."""
    return connection.execute(select(people.c.id).where(people.c.username == username)).scalar_one_or_none()


def username_of(connection: Connection, person: int) -> str | None:
    """The user name of a person, or None."""
    return connection.execute(select(people.c.username).where(people.c.id == person)).scalar_one_or_none()


def person_name(connection: Connection, person: int) -> str | None:
    """The name of a member of staff, or None."""
    return connection.execute(select(people.c.name).where(people.c.id == person)).scalar_one_or_none()
