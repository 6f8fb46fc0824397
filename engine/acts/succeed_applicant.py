"""The act ``succeed_applicant``: the applicant died, and an heir goes on with the dossier.

The earlier applicant stays in the private part of the journal. The link and the receipt code that they had open nothing
any more; the heir gets new ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.acts.change_form import change_form
from engine.acts.open_dossier import Filed
from engine.acts.withdraw_at_counter import counter_role
from engine.dossier.applicant import clean_applicant
from engine.dossier.case import APPLICANT_COLUMNS, lock_case
from engine.dossier.first_row import Keys
from engine.dossier.record import record
from engine.dossier.rights import must_be_open
from engine.errors import wrong
from engine.security.citizen_link import link_hash
from engine.transaction import UnitOfWork

_PERSONS = ("citizen", "foreigner")
_OF_PERSON = tuple(name for name in APPLICANT_COLUMNS if name != "form")


def succeed_applicant(
    unit: UnitOfWork,
    code: str,
    heir: Mapping[str, Any],
    reason: str,
    proof: str,
    version: int | None = None,
) -> Filed:
    """Replaces the applicant by an heir; returns the dossier and the heir's keys. ``proof`` names the papers that show
    the death and the inheritance.

    By the receiving staff. Raises NotFound, Stale, Forbidden, Ended, InvalidInput, and the refusals of ``follow_form``.
    """
    case = lock_case(unit, code, version)
    counter_role(case)
    must_be_open(case)
    for name, value in (("reason", reason), ("proof", proof)):
        if not value.strip():
            raise wrong(name, "là bắt buộc", "is required")
    if case.row["applicant_kind"] not in _PERSONS:
        raise wrong("applicant", "chỉ người nộp là cá nhân mới có người thừa kế", "only a person has an heir")
    whole = {"kind": case.row["applicant_kind"], "language": case.applicant["language"], **heir}
    clean = clean_applicant(unit, whole, case.row["province"], case.today)
    before = {name: value for name, value in case.applicant.items() if name in _OF_PERSON and value is not None}
    followed = change_form(case, None, {name: clean[name] for name in _OF_PERSON})
    keys = Keys.fresh(unit.settings.secret_keys)
    case.change(link_nonce=keys.nonce, link_hash=link_hash(keys.link_token))
    private = {"reason": reason, "proof": proof, "before": before, "applicant": {n: clean[n] for n in _OF_PERSON}}
    record(case, "succeed_applicant", data=followed.data, private=private, events=followed.events)
    return Filed(case, keys.link_token, keys.receipt_code)
