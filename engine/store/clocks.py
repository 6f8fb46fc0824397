"""The tables of clocks, calendars and closures. A clock is a moment at which something happens to a dossier by itself.

The sweeper reads ``clocks``, never Redis.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    select,
    text,
)

from engine.store.sql.schema import BigId, Json, Moment, metadata

clocks = Table(
    "clocks",
    metadata,
    Column("dossier_id", BigId, ForeignKey("dossiers.id"), primary_key=True, autoincrement=False),
    Column("kind", String(12), primary_key=True),  # those of the constraint below
    Column("subject", String(60), primary_key=True),  # the key of an action, state, notice or verification
    Column("due_at", Moment, primary_key=True),
    Column("fired_at", Moment),  # a fired clock stays, so that it never fires twice
    Column("outcome", String(40)),
    CheckConstraint(
        "kind IN ('warn', 'due_in', 'overdue', 'step', 'remind', 'after', 'verify', 'intake')", name="kind"
    ),
    Index("ix_clocks_due", "due_at", sqlite_where=text("fired_at IS NULL"), postgresql_where=text("fired_at IS NULL")),
    Index(
        "ix_clocks_failed",
        "dossier_id",
        sqlite_where=text("outcome NOT IN ('done', 'void', 'moved')"),
        postgresql_where=text("outcome NOT IN ('done', 'void', 'moved')"),
    ),
)

calendars = Table(
    "calendars",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("document", Json, nullable=False),
    Column("published_at", Moment, nullable=False),
)

closures = Table(
    "closures",
    metadata,
    Column("office", String(40), primary_key=True),
    Column("first", String(10), primary_key=True),
    Column("document", Json, nullable=False),  # engine.rules.deadlines.office_hours.Closure
)
"""The closing times of one office (a storm, a move), in addition to the country's calendar."""

office_hours = Table(
    "office_hours",
    metadata,
    Column("office", String(40), primary_key=True),
    Column("first", String(10), primary_key=True),
    Column("document", Json, nullable=False),  # engine.rules.deadlines.own_hours.OwnHours
)
"""The hours that one office keeps instead of the country's, from a day on."""

recounts = Table(
    "recounts",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("calendar", String(40)),  # None: every calendar
    Column("office", String(40)),  # None: every office
    Column("why", Json, nullable=False),  # what was published; stands in the journal of each dossier that moves
    Column("created_at", Moment, nullable=False),
    Column("after", BigId, nullable=False),  # the last dossier that was looked at
    Column("changed", Integer, nullable=False),
    Column("finished_at", Moment),
    Index(
        "ix_recounts_waiting",
        "id",
        sqlite_where=text("finished_at IS NULL"),
        postgresql_where=text("finished_at IS NULL"),
    ),
)
"""What was published about working time, and how far the open dossiers were counted anew since."""


def closures_of(connection: Connection, office: str) -> Sequence[dict[str, Any]]:
    """The documents of an office's closures, the earliest first."""
    of_this = select(closures.c.document).where(closures.c.office == office).order_by(closures.c.first)
    return connection.execute(of_this).scalars().all()


def hours_of(connection: Connection, office: str) -> Sequence[dict[str, Any]]:
    """The documents of an office's own hours, the earliest first."""
    of_this = select(office_hours.c.document).where(office_hours.c.office == office).order_by(office_hours.c.first)
    return connection.execute(of_this).scalars().all()
