"""The table of policies of reorganisations that wait to be planned, and of what became of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Protocol, cast

from sqlalchemy import Column, Connection, ForeignKey, Index, String, Table, and_, func, or_, select, text, update

from engine.store.sql.schema import BigId, Json, Moment, metadata

reform_drafts = Table(
    "reform_drafts",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("document", Json, nullable=False),  # the reform with its policies
    Column("asked_by", BigId, ForeignKey("people.id"), nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("leased_until", Moment),  # a worker is at it until then
    Column("made_at", Moment),
    Column("digest", String(64)),  # of the plan that was made
    Column("refusal", Json),  # why none was made: code, vi, en
    Index(
        "ix_reform_drafts_waiting",
        "id",
        sqlite_where=text("made_at IS NULL"),
        postgresql_where=text("made_at IS NULL"),
    ),
)
_MOST_SHOWN = 5


class ReformDraftRow(Protocol):
    """A whole row of ``reform_drafts``."""

    id: int
    document: dict[str, Any]
    asked_by: int
    asked_at: dt.datetime
    leased_until: dt.datetime | None
    made_at: dt.datetime | None
    digest: str | None
    refusal: dict[str, str] | None


def number_waiting(connection: Connection) -> int:
    """How many wait."""
    counted = select(func.count()).select_from(reform_drafts).where(reform_drafts.c.made_at.is_(None))
    return connection.execute(counted).scalar_one()


def latest_drafts(connection: Connection) -> Sequence[ReformDraftRow]:
    """Those that were asked for last, newest first."""
    newest = select(reform_drafts).order_by(reform_drafts.c.id.desc()).limit(_MOST_SHOWN)
    return cast(Sequence[ReformDraftRow], connection.execute(newest).all())


def waiting_drafts(connection: Connection, now: dt.datetime) -> Sequence[ReformDraftRow]:
    """Those that wait and that no worker is at, oldest first."""
    free = or_(reform_drafts.c.leased_until.is_(None), reform_drafts.c.leased_until <= now)
    waiting = and_(reform_drafts.c.made_at.is_(None), free)
    rows = connection.execute(select(reform_drafts).where(waiting).order_by(reform_drafts.c.id)).all()
    return cast(Sequence[ReformDraftRow], rows)


def lease_draft(connection: Connection, number: int, now: dt.datetime, until: dt.datetime) -> bool:
    """Takes one that waits and that nobody is at; False where another worker was quicker."""
    free = or_(reform_drafts.c.leased_until.is_(None), reform_drafts.c.leased_until <= now)
    mine = and_(reform_drafts.c.id == number, reform_drafts.c.made_at.is_(None), free)
    return connection.execute(update(reform_drafts).where(mine).values(leased_until=until)).rowcount == 1
