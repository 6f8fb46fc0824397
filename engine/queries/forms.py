"""The forms that were issued for a dossier, without what they say."""

from __future__ import annotations

import orjson

from engine.dossier.case import Case
from engine.forms.issued import Issue, issue_of
from engine.store.dossier_parts import issues_of_forms


def issues_of(case: Case) -> tuple[Issue, ...]:
    """Every issue of every form, oldest first."""
    rows = issues_of_forms(case.unit.reader(), case.id)
    return tuple(issue_of({**orjson.loads(row.body), "at": row.at}) for row in rows)
