"""The table of consents to reuse: that a person lets papers and results of earlier dossiers serve for new ones.

The person is a keyed hash of the identity number. A row says who recorded it, when, where and for which purpose, and
whether it was withdrawn; the newest row of a person counts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Protocol, cast

from sqlalchemy import CheckConstraint, Column, Connection, ForeignKey, Index, String, Table, Text, func, select

from engine.store.sql.schema import BigId, Moment, metadata

reuse_consents = Table(
    "reuse_consents",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("subject", String(64), nullable=False),
    Column("office", String(40), nullable=False),
    Column("purpose", Text, nullable=False),
    Column("given_at", Moment, nullable=False),
    Column("given_to", BigId, ForeignKey("people.id"), nullable=False),  # who recorded it
    Column("withdrawn_at", Moment),
    Column("withdrawn_to", BigId, ForeignKey("people.id")),
    CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_to IS NULL)", name="withdrawn"),
    Index("ix_reuse_consents_subject", "subject", "id"),
    sqlite_autoincrement=True,
)


_OF_CONSENTS = 7_021_955  # locks with two numbers have a space of their own, and no other takes this first one


class ConsentRow(Protocol):
    """A whole row of ``reuse_consents``."""

    id: int
    subject: str
    office: str
    purpose: str
    given_at: dt.datetime
    given_to: int
    withdrawn_at: dt.datetime | None
    withdrawn_to: int | None


def consents_in_turn(connection: Connection, subjects: Collection[str]) -> None:
    """Makes others who record something of this person's consent wait until the transaction ends: the second finds what
    the first wrote. Needs a transaction; SQLite has one writer anyhow."""
    if connection.dialect.name != "postgresql":
        return
    for key in sorted(int(subject[:8], 16) - 2**31 for subject in subjects):  # in one order, so that none deadlock
        connection.execute(select(func.pg_advisory_xact_lock(_OF_CONSENTS, key)))


def consent_of(connection: Connection, subjects: Collection[str]) -> ConsentRow | None:
    """The newest consent of a person, by every hash that the number has (two after a change of the secret)."""
    mine = select(reuse_consents).where(reuse_consents.c.subject.in_(list(subjects)))
    found = connection.execute(mine.order_by(reuse_consents.c.id.desc()).limit(1)).first()
    return cast(ConsentRow | None, found)


def consents_of(connection: Connection, subjects: Collection[str], most: int) -> Sequence[ConsentRow]:
    """The consents of a person, newest first."""
    mine = select(reuse_consents).where(reuse_consents.c.subject.in_(list(subjects)))
    rows = connection.execute(mine.order_by(reuse_consents.c.id.desc()).limit(most)).all()
    return cast(Sequence[ConsentRow], rows)
