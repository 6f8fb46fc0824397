"""Looking at unmasked personal data: for a reason, which is kept with who looked and when (Law 91/2025)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import insert

from engine.dossier.case import Case, read_case
from engine.dossier.rights import must_be_staff, must_have_part
from engine.errors import wrong
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
    note_reads(unit, [case.id], what, reason)
    return case


def note_reads(unit: UnitOfWork, dossier_ids: Sequence[int], what: str, reason: str) -> None:
    """Writes down that the actor looks at the personal data of these dossiers: at ``what`` of them, and why."""
    looks = [
        {"at": unit.now, "actor": unit.actor.label, "dossier_id": one, "what": what, "reason": reason}
        for one in dossier_ids
    ]
    if looks:
        unit.begin().execute(insert(reads), looks)
