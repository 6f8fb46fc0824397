"""What an office that was only asked something sees of a dossier: its own questions and the papers attached to them."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select, true

from engine.dossier.case import Case
from engine.store.dossiers import verifications
from engine.store.visibility import own_questions


def questions_seen(case: Case) -> ColumnElement[bool]:
    """The condition on ``verifications`` that the actor may see a question of the open case."""
    if not case.limited:
        return true()
    return own_questions(case.unit.actor, case.today, case.unit.settings.seen_after_days)


def is_attached(case: Case, document: int) -> bool:
    """Whether a paper of the case is attached to a question that the actor may see, or to its answer."""
    columns = verifications.c.documents, verifications.c.answered_with
    of_this = select(*columns).where(verifications.c.dossier_id == case.id, questions_seen(case))
    rows = case.unit.reader().execute(of_this).all()
    return any(document in (attached or ()) for row in rows for attached in row)
