"""Looking at unmasked personal data: for a reason, which is kept with who looked and when (Law 91/2025)."""

from __future__ import annotations

from sqlalchemy import insert

from engine.acts.wrong_input import wrong
from engine.dossier.case import Case, read_case
from engine.dossier.rights import must_be_staff, must_have_part
from engine.store.journal import reads
from engine.transaction import UnitOfWork


def read_personal_data(unit: UnitOfWork, code: str, reason: str, what: str = "applicant") -> Case:
    """The dossier, for showing its personal data; the look itself is written down before anything is shown.

    Only offices that have a part in the dossier: overseeing a province is no reason. Raises NotFound, Forbidden.
    """
    case = read_case(unit, code)
    must_be_staff(case)
    must_have_part(case)
    if not reason.strip():
        raise wrong("reason", "phải ghi lý do cần xem dữ liệu cá nhân", "say why the personal data must be seen")
    look = {"at": unit.now, "actor": unit.actor.label, "dossier_id": case.id, "what": what, "reason": reason}
    unit.begin().execute(insert(reads), look)
    return case
