"""The act ``rectify``: corrects wrong data by a further journal entry; an existing entry is never changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import and_, select

from engine.acts.change_form import change_form
from engine.dossier.applicant import LONGEST, clean_applicant
from engine.dossier.case import Case, lock_case
from engine.dossier.citizen_keys import withhold_link
from engine.dossier.notices import contact_notices
from engine.dossier.record import record, send
from engine.dossier.rights import must_may
from engine.errors import InvalidInput, NotFound, wrong
from engine.store.journal import journal
from engine.text import Text
from engine.transaction import UnitOfWork


def rectify(
    unit: UnitOfWork,
    code: str,
    reason: str,
    *,
    number: int | None = None,
    applicant: Mapping[str, Any] | None = None,
    fields: Mapping[str, Any] | None = None,
    version: int | None = None,
) -> Case:
    """Corrects data of the applicant or form values, by a compensating entry that names the one it corrects.

    ``number`` is that entry (default: the first). The kind of applicant stays. Where the correction makes other offices
    competent, the dossier passes to them (``follow_form``). Raises InvalidInput, NotFound, PlaceSettled, NeedsAPerson
    and the refusals of routing.

    A change of the contact is told to the former telephone and e-mail. Where there was none, notices carry no link
    until the counter hands out a new one.
    """
    case = lock_case(unit, code, version)
    must_may(case, "rectify")
    if not reason.strip():
        raise wrong("reason", "phải ghi lý do đính chính", "say why this is corrected")
    if not applicant and not fields:
        vi, en = "phải ghi đính chính gì: người nộp hay tờ khai", "say what is corrected: applicant or fields"
        raise wrong("fields", vi, en)
    number = number or 1
    _must_be_there(case, number)
    before, contact = _before(case, applicant, fields), _contact(case)
    followed = change_form(case, fields, _checked(case, applicant) if applicant else None)
    moved = _contact_moved(case, contact, before)
    names = sorted([f"applicant.{key}" for key in applicant or {}] + list(fields or {}))
    private = {"reason": reason, "before": before, "applicant": applicant or {}, "fields": fields or {}}
    data = {"corrects": number, "names": names} | followed.data
    entry = record(case, "rectify", data=data, private=private, events=followed.events)
    if moved:
        send(unit, contact_notices(case, entry, contact))
    return case


def _must_be_there(case: Case, number: int) -> None:
    wanted = and_(journal.c.dossier_id == case.id, journal.c.number == number)
    if not case.unit.begin().execute(select(journal.c.number).where(wanted)).first():
        raise NotFound(what=f"journal entry {number}")


def _contact(case: Case) -> dict[str, str | None]:
    return {"phone": case.applicant["phone"], "email": case.applicant["email"]}


def _contact_moved(case: Case, contact: Mapping[str, Any], before: dict[str, Any]) -> bool:
    """Whether the former ``contact`` differs from the present one; it is then added to the values ``before``."""
    if _contact(case) == contact:
        return False
    before |= {f"applicant.{name}": value for name, value in contact.items()}
    if not any(contact.values()):
        withhold_link(case)
    return True


def _before(case: Case, applicant: Mapping[str, Any] | None, fields: Mapping[str, Any] | None) -> dict[str, Any]:
    known = {f"applicant.{key}": case.applicant.get(key) for key in applicant or {}}
    return known | {key: case.applicant["form"].get(key) for key in fields or {}}


def _checked(case: Case, given: Mapping[str, Any]) -> dict[str, Any]:
    allowed = {*LONGEST, "verified"}
    if unknown := set(given) - allowed:
        raise InvalidInput(
            {f"applicant.{key}": Text("không đính chính được", "cannot be corrected") for key in sorted(unknown)}
        )
    # A commune that is not corrected was checked on its own day; it may have been abolished since.
    whole = {"kind": case.row["applicant_kind"], **case.applicant, "commune": None, **given}
    clean = clean_applicant(case.unit, whole, case.row["province"], case.today, case.applicant)
    return {key: clean[key] for key in given}
