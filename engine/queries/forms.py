"""The forms that were issued for a dossier, without what they say."""

from __future__ import annotations

from dataclasses import dataclass

import orjson

from engine.dossier.case import Case
from engine.forms.issued import Issue, issue_of
from engine.forms.sealed import SealTold, seal_told
from engine.store.dossier_parts import issues_of_forms
from engine.store.form_seals import seals_of
from engine.transaction import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedIssue:
    """An issue of a form, and how it stands with its seal; None for one that was never to have one."""

    issue: Issue
    seal: SealTold | None


def issues_of(case: Case) -> tuple[Issue, ...]:
    """Every issue of every form, oldest first."""
    rows = issues_of_forms(case.unit.reader(), case.id)
    return tuple(issue_of({**orjson.loads(row.body), "at": row.at}) for row in rows)


def sealed_issues(case: Case) -> tuple[SealedIssue, ...]:
    """The same, with their seals."""
    known = seals_of(case.unit.reader(), case.id)
    return tuple(SealedIssue(issue=one, seal=seal_told(known.get(one.entry), one.form)) for one in issues_of(case))


def seal_of_new(unit: UnitOfWork) -> SealTold | None:
    """How it stands with the seal of an issue that this unit of work makes."""
    return SealTold(state="waiting") if unit.settings.signing.forms else None
