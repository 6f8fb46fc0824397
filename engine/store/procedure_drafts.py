"""The table of drafts of workflow files, which administrators write on the pages before anything is published."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, ForeignKey, Integer, Select, String, Table, Text, func, select

from engine.store.people import people
from engine.store.sql.schema import BigId, Moment, metadata

procedure_drafts = Table(
    "procedure_drafts",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("procedure", String(40), nullable=False),  # as its text names it; empty while it names none
    Column("title", String(200), nullable=False),
    Column("source", String(80), nullable=False),  # what it was made from: "1.013225@2", "new", "text"
    Column("text", Text, nullable=False),  # the workflow file as it is written, with or without errors
    Column("stories", Text, nullable=False),  # its golden stories; empty: none
    Column("errors", Integer, nullable=False),  # what the linter found in the text when it was saved
    Column("version", Integer, nullable=False),  # raised by each save
    Column("made_at", Moment, nullable=False),
    Column("made_by", BigId, ForeignKey("people.id"), nullable=False),
    Column("saved_at", Moment, nullable=False),
    Column("saved_by", BigId, ForeignKey("people.id"), nullable=False),
    sqlite_autoincrement=True,
)


class DraftLine(NamedTuple):
    """A row of ``procedure_drafts`` without its texts, with the name of who saved it last."""

    id: int
    procedure: str
    title: str
    source: str
    errors: int
    version: int
    made_at: dt.datetime
    saved_at: dt.datetime
    saved_name: str


class DraftText(NamedTuple):
    """The texts of a draft."""

    text: str
    stories: str


def every_draft(connection: Connection, most: int) -> Sequence[DraftLine]:
    """The drafts, the last one saved first."""
    newest = _lines().order_by(procedure_drafts.c.saved_at.desc(), procedure_drafts.c.id.desc())
    return [DraftLine._make(row) for row in connection.execute(newest.limit(most))]


def draft_line(connection: Connection, number: int) -> DraftLine | None:
    """One draft without its texts."""
    found = connection.execute(_lines().where(procedure_drafts.c.id == number)).one_or_none()
    return None if found is None else DraftLine._make(found)


def draft_text(connection: Connection, number: int) -> DraftText | None:
    """The texts of one draft."""
    wanted = select(procedure_drafts.c.text, procedure_drafts.c.stories).where(procedure_drafts.c.id == number)
    found = connection.execute(wanted).one_or_none()
    return None if found is None else DraftText(*found)


def lock_draft(connection: Connection, number: int) -> int | None:
    """The version of a draft, which stays as it is until the end; None where there is none."""
    wanted = select(procedure_drafts.c.version).where(procedure_drafts.c.id == number).with_for_update()
    version: int | None = connection.execute(wanted).scalar_one_or_none()
    return version


def number_of_drafts(connection: Connection) -> int:
    """How many drafts there are."""
    return int(connection.execute(select(func.count()).select_from(procedure_drafts)).scalar_one())


def _lines() -> Select[Any]:
    names = [name for name in DraftLine._fields if name != "saved_name"]
    columns = [procedure_drafts.c[name] for name in names]
    by = procedure_drafts.c.saved_by == people.c.id
    return select(*columns, people.c.name).select_from(procedure_drafts.join(people, by))
