"""Reads of the questions that were put to offices, with the dossiers that they are about."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple, cast

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from engine.store.dossiers import dossiers, verifications
from engine.store.people import people


class QuestionRow(NamedTuple):
    """A question, with the code and release of its dossier, and who asked."""

    id: int
    code: str
    release: str
    office: str
    from_office: str
    asked_by: str | None
    asked_at: dt.datetime
    due_at: dt.datetime
    question: str
    answered_at: dt.datetime | None
    answer: str | None
    confirmed: int | None
    documents: list[int] | None
    answered_with: list[int] | None


_COLUMNS: tuple[Any, ...] = (
    verifications.c.id,
    dossiers.c.code,
    dossiers.c.release,
    verifications.c.office,
    dossiers.c.handler_office,
    people.c.name,
    verifications.c.asked_at,
    verifications.c.due_at,
    verifications.c.question,
    verifications.c.answered_at,
    verifications.c.answer,
    verifications.c.confirmed,
    verifications.c.documents,
    verifications.c.answered_with,
)
_FROM = verifications.join(dossiers, dossiers.c.id == verifications.c.dossier_id).outerjoin(
    people, people.c.id == verifications.c.asked_by
)
_OPEN = verifications.c.answered_at.is_(None)


def open_questions(
    connection: Connection, seen: ColumnElement[bool], after: tuple[dt.datetime, int] | None, limit: int
) -> list[QuestionRow]:
    """The questions that wait for an answer, by due moment."""
    due, number = verifications.c.due_at, verifications.c.id
    wanted = [seen, _OPEN]
    wanted += [or_(due > after[0], and_(due == after[0], number > after[1]))] if after is not None else []
    found = select(*_COLUMNS).select_from(_FROM).where(*wanted).order_by(due, number).limit(limit)
    return [QuestionRow(*row) for row in cast(Sequence[Any], connection.execute(found).all())]


def answered_questions(connection: Connection, seen: ColumnElement[bool], limit: int) -> list[QuestionRow]:
    """The questions that were answered, newest answer first."""
    found = select(*_COLUMNS).select_from(_FROM).where(seen, verifications.c.answered_at.is_not(None))
    rows = connection.execute(found.order_by(verifications.c.answered_at.desc(), verifications.c.id).limit(limit)).all()
    return [QuestionRow(*row) for row in cast(Sequence[Any], rows)]


def count_open(connection: Connection, seen: ColumnElement[bool]) -> int:
    """How many questions wait for an answer."""
    return int(connection.execute(select(func.count()).select_from(verifications).where(seen, _OPEN)).scalar_one())


def question_with(connection: Connection, seen: ColumnElement[bool], number: int) -> QuestionRow | None:
    """One question; None if there is none, or it is not to be seen."""
    found = select(*_COLUMNS).select_from(_FROM).where(seen, verifications.c.id == number)
    row = connection.execute(found).one_or_none()
    return None if row is None else QuestionRow(*cast(Any, row))
