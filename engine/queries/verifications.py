"""The verifications of a dossier: questions to other offices, with their answers."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from engine.dossier.case import Case
from engine.store.dossier_parts import verifications_of
from engine.store.rows import VerificationRow
from engine.transaction import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationView:
    """A question to ``office``. ``asked_by`` and ``answered_by`` are ids of people; ``confirmed`` is None until the
    question is answered."""

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


def verifications(unit: UnitOfWork, case: Case) -> tuple[VerificationView, ...]:
    """The verifications of an open case, oldest first."""
    return tuple(_view(row) for row in verifications_of(unit.reader(), case.id))


def _view(row: VerificationRow) -> VerificationView:
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
    )
