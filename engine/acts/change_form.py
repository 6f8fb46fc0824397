"""Changes form values and data of the applicant on a dossier; fees and offices follow.

Used by ``rectify`` and by the actions that accept form values.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import and_, delete, insert, select, update

from engine.acts.follow_form import Followed, follow_form
from engine.dossier.case import Case
from engine.rules.part_rows import ApplicantRow
from engine.rules.plain_text import plain_text
from engine.store.dossiers import applicants
from engine.store.fees import fees
from engine.store.search import replace_keys


def change_form(case: Case, fields: Mapping[str, Any] | None, applicant: Mapping[str, Any] | None = None) -> Followed:
    """Replaces form values and data of the applicant on the dossier; None empties a field.

    The caller has checked ``applicant`` and records the change together with the returned consequences. The release
    checks the whole form: a field that the change hides is dropped, a field that it newly requires must be given.
    Unpaid fees are computed again, and the dossier passes to other offices where they are now competent. Raises
    InvalidInput with every fault, and the refusals of ``follow_form``.
    """
    before = case.facts()
    if applicant:
        case.applicant.update(cast(ApplicantRow, applicant))
        _store(case, applicant)
        case.change(search=search_of(case))
        replace_keys(case.unit.begin(), case.id, case.row["province"], case.before["search"], case.row["search"])
        case.forget()
    if fields:
        whole = {**case.applicant["form"], **fields}
        case.applicant["form"] = case.workflow.validate_fields(whole, facts=case.surroundings())
        _store(case, {"form": case.applicant["form"]})
        case.forget()
    followed = follow_form(case, before)
    charge(case)
    return followed


def search_of(case: Case) -> str:
    """The text by which a search without accents finds the dossier."""
    applicant = case.applicant
    return plain_text(case.code, applicant["name"], applicant["phone"], applicant["identity_number"])


def charge(case: Case) -> None:
    """Replaces the unpaid fees by those that the release requires on the present facts; settled fees stay."""
    connection, of_this = case.unit.begin(), fees.c.dossier_id == case.id
    wanted = case.workflow.fees_due(case.facts(), case.row["province"])
    rows = connection.execute(select(fees.c.key, fees.c.vnd, fees.c.settled_at).where(of_this)).all()
    settled = {row.key for row in rows if row.settled_at is not None}
    open_fees = {row.key: row.vnd for row in rows if row.settled_at is None}
    if open_fees == {key: vnd for key, vnd in wanted.items() if key not in settled}:
        return
    connection.execute(delete(fees).where(and_(of_this, fees.c.settled_at.is_(None))))
    fresh = [{"dossier_id": case.id, "key": key, "vnd": vnd} for key, vnd in wanted.items() if key not in settled]
    if fresh:
        connection.execute(insert(fees), fresh)
    case.forget()


def _store(case: Case, values: Mapping[str, Any]) -> None:
    case.unit.begin().execute(update(applicants).where(applicants.c.dossier_id == case.id).values(dict(values)))
