"""The tables of the journal of staff and of the proposals of administrators, and the rows of staff as they stand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
    select,
    text,
)

from engine.rules.journal.entries import ORIGIN
from engine.rules.journal.staff_entries import Change, password_mark, subject_mark, token_id
from engine.store.page_sessions import provider_subjects, second_factors
from engine.store.people import memberships, people, staff_changes, substitutes, tokens
from engine.store.sql.schema import BigId, Moment, metadata

staff_journal = Table(
    "staff_journal",
    metadata,
    Column("number", BigId, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("act", String(40), nullable=False),
    Column("actor", String(60), nullable=False),
    Column("subject", BigId, index=True),  # the person concerned
    Column("body", Text, nullable=False),  # canonical JSON; ``hash`` is its SHA-256
    Column("hash", String(64), nullable=False),
    CheckConstraint("number >= 1", name="number"),
)
"""Append-only: the database refuses to change or to remove a row (``engine.migrations.staff_guard``)."""

admin_proposals = Table(
    "admin_proposals",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("person_id", BigId, ForeignKey("people.id"), nullable=False),
    Column("proposed_by", BigId, ForeignKey("people.id")),  # None: the operator, by command
    Column("proposed_at", Moment, nullable=False),
    Column("reason", Text, nullable=False),
    Column("status", String(10), nullable=False),
    Column("decided_by", BigId, ForeignKey("people.id")),
    Column("decided_at", Moment),
    Column("decision_reason", Text),
    CheckConstraint("status IN ('waiting', 'approved', 'refused', 'lapsed')", name="status"),
    Index(
        "uq_admin_proposals_waiting",
        "person_id",
        unique=True,
        sqlite_where=text("status = 'waiting'"),
        postgresql_where=text("status = 'waiting'"),
    ),
)
"""A person proposed as an administrator: one proposes, another administrator decides."""


def lock_staff(connection: Connection) -> None:
    """Makes other changes of staff wait until the end of this transaction, so that the journal is one chain."""
    connection.execute(select(staff_changes.c.number).where(staff_changes.c.id == 1).with_for_update())


def last_entry(connection: Connection) -> tuple[int, str]:
    """The number and hash of the last entry; 0 and ORIGIN when there is none."""
    newest = select(staff_journal.c.number, staff_journal.c.hash).order_by(staff_journal.c.number.desc()).limit(1)
    found = connection.execute(newest).first()
    return (int(found[0]), str(found[1])) if found else (0, ORIGIN)


def standing(connection: Connection) -> Iterator[Change]:
    """Every row of staff as it stands, in the form of the journal's changes."""
    for one in connection.execute(select(people)):
        yield person_change(one.id, admin=one.admin, active=one.active, password=password_mark(one.password))
    for one in connection.execute(select(memberships)):
        yield membership_change(one, one.valid_to)
    for one in connection.execute(select(substitutes)):
        yield substitute_change(one, one.valid_to)
    for one in connection.execute(select(tokens)):
        columns = {"person": one.person_id, "expires": one.expires_at, "revoked": one.revoked_at}
        yield token_change(one.hash, **columns)
    for one in connection.execute(select(second_factors.c.person_id, second_factors.c.created_at)):
        yield factor_change(one.person_id, one.created_at)
    for one in connection.execute(select(provider_subjects)):
        yield subject_change(one.issuer, one.subject, one.person_id)


def person_change(person: int, **columns: Any) -> Change:
    """``admin``, ``active`` (0 or 1) and ``password`` (a mark) of a person, or those of them that change."""
    return "people", (person,), columns


def membership_change(row: Any, until: Any) -> Change:
    """The end of a membership, whose row has ``person_id``, ``office``, ``role`` and ``valid_from``."""
    return "memberships", (row.person_id, row.office, row.role, row.valid_from), {"until": until}


def substitute_change(row: Any, until: Any) -> Change:
    """A substitution, whose row has all columns of ``substitutes``, with its end."""
    columns = {"until": until, "office": row.office, "legal": row.legal}
    return "substitutes", (row.absent_id, row.deputy_id, row.valid_from), columns


def token_change(hashed: str, **columns: Any) -> Change:
    """``person``, ``expires`` and ``revoked`` of a token, or those of them that change."""
    return "tokens", (token_id(hashed),), columns


def factor_change(person: int, since: Any) -> Change:
    """The second factor of a person, or that it was removed where ``since`` is None."""
    return "second_factors", (person,), {"since": since} if since is not None else None


def subject_change(issuer: str, subject: str, person: int | None) -> Change:
    """The person whom an identity provider means by a subject, or that it means nobody any more."""
    return "provider_subjects", (subject_mark(issuer, subject),), {"person": person} if person is not None else None
