"""Questions that other offices put to the actor's office: those that wait, by due moment, and one with its papers.

The office sees the question and what was attached to it, and nothing else of the dossier.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import ColumnElement

from engine.clock import civil_day
from engine.dossier.case import read_case
from engine.errors import NotFound
from engine.queries.dossier import Paper, papers_of
from engine.queries.page import After, Page, page_of
from engine.queries.queue import short_name
from engine.queries.time_left import TimeLeft
from engine.rules.deadlines.due import remaining_in_words
from engine.store.questions import QuestionRow, answered_questions, count_open, open_questions, question_with
from engine.store.visibility import own_questions
from engine.text import Text
from engine.transaction import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question to ``office`` from ``from_office``. ``confirmed`` is None until it is answered. ``papers`` is the
    number of attached papers. ``left`` is the time left for the answer, None once it is given."""

    id: int
    code: str
    procedure: Text
    office: Text | None
    from_office: Text | None
    asked_by: str | None
    asked_at: dt.datetime
    due_at: dt.datetime
    left: TimeLeft | None
    question: str
    papers: int
    answered_at: dt.datetime | None
    answer: str | None
    confirmed: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionDetail:
    """A question with the papers attached to it, and those that came with the answer."""

    question: Question
    papers: tuple[Paper, ...]
    answered_with: tuple[Paper, ...]


def questions_to_answer(unit: UnitOfWork, *, after: After | None = None, limit: int = 50) -> Page[Question]:
    """A page of the questions that wait for the answer of the actor's offices, due soonest first."""
    place = (after.moment, after.id) if after is not None and after.moment is not None else None
    rows = open_questions(unit.reader(), _seen(unit), place, limit + 1)
    return page_of(rows, limit, lambda row: _question(unit, row), lambda row: After(id=row.id, moment=row.due_at))


def questions_answered(unit: UnitOfWork, limit: int = 50) -> tuple[Question, ...]:
    """The questions that were answered lately, newest first."""
    return tuple(_question(unit, row) for row in answered_questions(unit.reader(), _seen(unit), limit))


def number_to_answer(unit: UnitOfWork) -> int:
    """How many questions wait for an answer."""
    return count_open(unit.reader(), _seen(unit))


def question_to_answer(unit: UnitOfWork, number: int) -> QuestionDetail:
    """One question with its papers. Raises NotFound."""
    row = question_with(unit.reader(), _seen(unit), number)
    if row is None:
        raise NotFound(what=f"question {number}")
    case = read_case(unit, row.code, along=("documents",), asked=True)
    papers = {one.id: one for one in papers_of(case)}
    shown = (tuple(papers[one] for one in ids or () if one in papers) for ids in (row.documents, row.answered_with))
    attached, answered_with = shown
    return QuestionDetail(question=_question(unit, row), papers=attached, answered_with=answered_with)


def _seen(unit: UnitOfWork) -> ColumnElement[bool]:
    return own_questions(unit.actor, unit.today, unit.settings.seen_after_days)


def _question(unit: UnitOfWork, row: QuestionRow) -> Question:
    return Question(
        id=row.id,
        code=row.code,
        procedure=short_name(unit.catalogue.workflow(row.release).release),
        office=unit.catalogue.office_name(row.office),
        from_office=unit.catalogue.office_name(row.from_office),
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        due_at=row.due_at,
        left=_left(unit, row) if row.answered_at is None else None,
        question=row.question,
        papers=len(row.documents or ()),
        answered_at=row.answered_at,
        answer=row.answer,
        confirmed=None if row.confirmed is None else bool(row.confirmed),
    )


def _left(unit: UnitOfWork, row: QuestionRow) -> TimeLeft:
    calendar = unit.catalogue.calendar(unit.catalogue.workflow(row.release).release.sla.calendar, row.office)
    words = remaining_in_words(calendar, row.due_at, unit.now)
    if row.due_at < unit.now:
        return TimeLeft(kind="late", words=words)
    return TimeLeft(kind="soon" if civil_day(row.due_at) == unit.today else "", words=words)
