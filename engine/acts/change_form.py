"""Changes form values and data of the applicant on a dossier; fees and offices follow.

Used by ``rectify`` and by the actions that accept form values.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import update

from engine.acts.follow_form import Followed, follow_form
from engine.dossier.case import Case
from engine.dossier.charge import charge
from engine.rules.part_rows import ApplicantRow
from engine.rules.plain_text import plain_text
from engine.store.dossiers import applicants
from engine.store.imported import number_before
from engine.store.parties import parties_of
from engine.store.search import replace_keys


def change_form(case: Case, fields: Mapping[str, Any] | None, applicant: Mapping[str, Any] | None = None) -> Followed:
    """Replaces form values and data of the applicant on the dossier; None empties a field.

    The caller has checked ``applicant`` and records the change together with the returned consequences. The release
    checks the whole form: a field that the change hides is dropped, a field that it newly requires must be given.
    What is owed is computed again, and what was paid stays in the ledger. The dossier passes to other offices where
    they are now competent. Raises InvalidInput with every fault, and the refusals of ``follow_form``.
    """
    before = case.facts()
    if applicant:
        case.applicant.update(cast(ApplicantRow, applicant))
        _store(case, applicant)
        find_by(case)
        case.forget()
    if fields:
        whole = {**case.applicant["form"], **fields}
        stored = case.applicant["form"]
        case.applicant["form"] = case.workflow.validate_fields(whole, facts=case.surroundings(), stored=stored)
        _store(case, {"form": case.applicant["form"]})
        case.forget()
    followed = follow_form(case, before)
    charge(case)
    return followed


def find_by(case: Case) -> None:
    """Lets a search find a dossier in hand by its present people."""
    case.change(search=search_of(case))
    replace_keys(case.unit.begin(), case.id, case.row["province"], case.before["search"], case.row["search"])


def search_of(case: Case) -> str:
    """The text by which a search without accents finds the dossier: by its applicant, and who stands beside them."""
    applicant, beside = case.applicant, list[str | None]()
    if not case.is_new:
        now = [row for row in parties_of(case.unit.reader(), case.id) if row["until"] is None]
        beside = [row[key] for row in now for key in ("name", "phone", "identity_number")]
        beside.append(number_before(case.unit.reader(), case.id))
    return plain_text(case.code, applicant["name"], applicant["phone"], applicant["identity_number"], *beside)


def _store(case: Case, values: Mapping[str, Any]) -> None:
    case.unit.begin().execute(update(applicants).where(applicants.c.dossier_id == case.id).values(dict(values)))
