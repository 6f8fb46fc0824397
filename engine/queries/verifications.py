"""The verifications of a dossier: questions to other offices, with their answers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from engine.dossier.asked import questions_seen
from engine.dossier.case import Case
from engine.queries.dossier import Paper, papers_of
from engine.store.dossier_parts import verifications_of
from engine.store.rows import VerificationRow
from engine.transaction import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationView:
    """A question to ``office``. ``asked_by`` and ``answered_by`` are ids of people; ``confirmed`` is None until the
    question is answered. ``documents`` are the papers that the office may see, ``answered_with`` those that it gave
    with its answer."""

    id: int
    office: str
    question: str
    asked_by: int | None
    asked_at: dt.datetime
    due_at: dt.datetime
    answered_at: dt.datetime | None
    answered_by: int | None
    answer: str | None
    confirmed: bool | None
    documents: tuple[Paper, ...]
    answered_with: tuple[Paper, ...] = ()


def verifications(unit: UnitOfWork, case: Case) -> tuple[VerificationView, ...]:
    """The verifications of an open case that the actor may see, oldest first: an office asked sees its own."""
    rows = verifications_of(unit.reader(), case.id, questions_seen(case) if case.limited else None)
    papers = {one.id: one for one in papers_of(case)} if any(row.documents or row.answered_with for row in rows) else {}
    return tuple(_view(row, papers) for row in rows)


def _view(row: VerificationRow, papers: Mapping[int, Paper]) -> VerificationView:
    return VerificationView(
        id=row.id,
        office=row.office,
        question=row.question,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        due_at=row.due_at,
        answered_at=row.answered_at,
        answered_by=row.answered_by,
        answer=row.answer,
        confirmed=None if row.confirmed is None else bool(row.confirmed),
        documents=tuple(papers[one] for one in row.documents or () if one in papers),
        answered_with=tuple(papers[one] for one in row.answered_with or () if one in papers),
    )
