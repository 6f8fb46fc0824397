"""The forms that were issued for a dossier, without what they say."""

from __future__ import annotations

import orjson

from engine.dossier.case import Case
from engine.forms.issued import Issue, issue_of
from engine.forms.sealed import SealTold, seal_told
from engine.store.dossier_parts import issues_of_forms
from engine.store.form_seals import seals_of
from engine.transaction import UnitOfWork


def issues_of(case: Case) -> tuple[Issue, ...]:
    """Every issue of every form, oldest first."""
    rows = issues_of_forms(case.unit.reader(), case.id)
    return tuple(issue_of({**orjson.loads(row.body), "at": row.at}) for row in rows)


def seals_told(case: Case) -> dict[int, SealTold]:
    """How it stands with the seal of each issue that was to have one, by the number of its entry."""
    known = seals_of(case.unit.reader(), case.id)
    return {entry: told for entry, one in known.items() if (told := seal_told(one, one.form)) is not None}


def seal_of_new(unit: UnitOfWork) -> SealTold | None:
    """How it stands with the seal of an issue that this unit of work makes."""
    return SealTold(state="waiting") if unit.settings.signing.forms else None
