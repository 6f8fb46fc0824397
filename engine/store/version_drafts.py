"""The table of plans of versions that were made on a page and wait to be approved; approving one loads it into
``engine.store.version_plans``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, ForeignKey, Integer, LargeBinary, Select, String, Table, delete, select

from engine.store.people import people
from engine.store.sql.schema import BigId, Json, Moment, metadata
from engine.store.version_plans import version_plans

version_drafts = Table(
    "version_drafts",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("procedure", String(20), nullable=False),
    Column("version", Integer, nullable=False),
    Column("digest", String(64), nullable=False),  # of the plan, as in its file
    Column("content", LargeBinary, nullable=False),  # the plan's file (engine.versions.document), compressed
    Column("summary", Json, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("made_by", BigId, ForeignKey("people.id"), nullable=False),
    sqlite_autoincrement=True,
)


class DraftRow(NamedTuple):
    """A row of ``version_drafts`` without its content, with the name of who made it, and the id of the plan that it
    was loaded as."""

    id: int
    procedure: str
    version: int
    digest: str
    summary: Mapping[str, Any]
    made_at: dt.datetime
    made_by: str
    plan: int | None


def draft_row(connection: Connection, number: int) -> DraftRow | None:
    """One plan that was made on a page; None where there is none."""
    found = connection.execute(_rows().where(version_drafts.c.id == number)).one_or_none()
    return None if found is None else DraftRow._make(found)


def newest_drafts(connection: Connection, most: int) -> Sequence[DraftRow]:
    """The plans that were not loaded, the last one made first."""
    waiting = _rows().where(version_plans.c.id.is_(None)).order_by(version_drafts.c.id.desc())
    return [DraftRow._make(row) for row in connection.execute(waiting.limit(most))]


def draft_content(connection: Connection, number: int) -> bytes | None:
    """The compressed file of one plan."""
    content = select(version_drafts.c.content).where(version_drafts.c.id == number)
    found: bytes | None = connection.execute(content).scalar_one_or_none()
    return found


def forget_drafts_made_before(connection: Connection, moment: dt.datetime) -> None:
    """Deletes the plans that were made before a moment; what was loaded of them stands in ``version_plans``."""
    connection.execute(delete(version_drafts).where(version_drafts.c.made_at < moment))


def _rows() -> Select[Any]:
    columns = [version_drafts.c[name] for name in ("id", "procedure", "version", "digest", "summary", "made_at")]
    joined = version_drafts.join(people, people.c.id == version_drafts.c.made_by)
    joined = joined.outerjoin(version_plans, version_plans.c.digest == version_drafts.c.digest)
    return select(*columns, people.c.name, version_plans.c.id).select_from(joined)
