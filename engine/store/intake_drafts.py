"""The tables of drafts of intake: what a clerk has typed and uploaded at the counter and has not filed yet.

They hold personal data of people who have no dossier yet. So everything in them is sealed with a secret outside the
database, belongs to one person, and is deleted with the filing or some days later. A filed draft keeps its token and
the code of the dossier for these days, so that nothing is filed from it twice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Protocol, cast

from sqlalchemy import Column, Connection, ForeignKey, Index, LargeBinary, String, Table, and_, delete, select, update

from engine.store.sql.schema import BigId, Moment, metadata

intake_drafts = Table(
    "intake_drafts",
    metadata,
    Column("token", String(64), primary_key=True),  # random, made with the form
    Column("person_id", BigId, ForeignKey("people.id"), nullable=False),
    Column("saved_at", Moment, nullable=False),
    Column("content", LargeBinary),  # sealed JSON; None once it was filed
    Column("dossier", String(64)),  # the code of the dossier that was filed from it
    Index("ix_intake_drafts_person_id", "person_id", "saved_at"),
    Index("ix_intake_drafts_saved_at", "saved_at"),
)

intake_draft_files = Table(
    "intake_draft_files",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("draft", String(64), ForeignKey("intake_drafts.token"), nullable=False),
    Column("key", String(40), nullable=False),  # the paper that the file is of
    Column("told", LargeBinary, nullable=False),  # sealed JSON: name, media type, size, hash
    Column("content", LargeBinary, nullable=False),  # sealed
    Index("ix_intake_draft_files_draft", "draft"),
    sqlite_autoincrement=True,
)
"""The files stand in the database and not in the store of files, which deletes nothing."""


class DraftRow(Protocol):
    """A row of ``intake_drafts``."""

    token: str
    person_id: int
    saved_at: dt.datetime
    content: bytes | None
    dossier: str | None


class DraftFileRow(Protocol):
    """A row of ``intake_draft_files``, without its content."""

    id: int
    key: str
    told: bytes


def draft_row(connection: Connection, token: str, *, lock: bool = False) -> DraftRow | None:
    """The draft with this token, whoever it belongs to; with ``lock`` it stays as it is until the end."""
    wanted = select(intake_drafts).where(intake_drafts.c.token == token)
    found = connection.execute(wanted.with_for_update() if lock else wanted).one_or_none()
    return cast("DraftRow | None", found)


def drafts_of(connection: Connection, person: int, most: int) -> Sequence[DraftRow]:
    """The drafts of a person that were not filed, the last one first."""
    mine = and_(intake_drafts.c.person_id == person, intake_drafts.c.dossier.is_(None))
    newest = select(intake_drafts).where(mine).order_by(intake_drafts.c.saved_at.desc(), intake_drafts.c.token)
    return cast(Sequence[DraftRow], connection.execute(newest.limit(most)).all())


def draft_files(connection: Connection, token: str) -> Sequence[DraftFileRow]:
    """The files of a draft, oldest first, without their contents."""
    columns = (intake_draft_files.c.id, intake_draft_files.c.key, intake_draft_files.c.told)
    mine = select(*columns).where(intake_draft_files.c.draft == token).order_by(intake_draft_files.c.id)
    return cast(Sequence[DraftFileRow], connection.execute(mine).all())


def draft_file_content(connection: Connection, token: str, number: int) -> bytes | None:
    """The sealed content of one file of a draft."""
    one = and_(intake_draft_files.c.draft == token, intake_draft_files.c.id == number)
    return cast("bytes | None", connection.execute(select(intake_draft_files.c.content).where(one)).scalar())


def add_draft_file(connection: Connection, row: Mapping[str, Any]) -> int:
    """Adds a file to a draft; returns its number."""
    made = connection.execute(intake_draft_files.insert().returning(intake_draft_files.c.id), row)
    return int(made.scalar_one())


def delete_draft_files(connection: Connection, token: str, number: int | None = None) -> int:
    """Deletes one file of a draft, or all of them; returns how many."""
    these = [intake_draft_files.c.draft == token]
    these += [intake_draft_files.c.id == number] if number is not None else []
    return connection.execute(delete(intake_draft_files).where(*these)).rowcount


def delete_draft(connection: Connection, token: str) -> None:
    """Deletes a draft with its files."""
    delete_draft_files(connection, token)
    connection.execute(delete(intake_drafts).where(intake_drafts.c.token == token))


def empty_draft(connection: Connection, token: str, dossier: str, at: dt.datetime) -> None:
    """Deletes what a draft holds and notes the dossier that was filed from it."""
    delete_draft_files(connection, token)
    values = {"content": None, "dossier": dossier, "saved_at": at}
    connection.execute(update(intake_drafts).where(intake_drafts.c.token == token).values(values))


def delete_drafts_before(connection: Connection, moment: dt.datetime) -> int:
    """Deletes the drafts that were last saved before a moment, with their files; returns how many."""
    old = select(intake_drafts.c.token).where(intake_drafts.c.saved_at < moment)
    connection.execute(delete(intake_draft_files).where(intake_draft_files.c.draft.in_(old)))
    return connection.execute(delete(intake_drafts).where(intake_drafts.c.saved_at < moment)).rowcount
