"""The act ``read_personal_data``: shows unmasked personal data and records reader, moment and reason (Law 91/2025)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import insert

from engine.dossier.case import Case, read_case
from engine.dossier.rights import must_be_staff, must_have_part
from engine.errors import wrong
from engine.store.journal import reads
from engine.transaction import UnitOfWork


def read_personal_data(
    unit: UnitOfWork, code: str, reason: str, what: str = "applicant", version: int | None = None
) -> Case:
    """Records the read, then returns the dossier whose personal data may be shown.

    Only for offices that have a part in the dossier; monitoring a province is not enough. Raises NotFound, Forbidden,
    InvalidInput.
    """
    case = read_case(unit, code, version)
    must_be_staff(case)
    must_have_part(case)
    if not reason.strip():
        raise wrong("reason", "phải ghi lý do cần xem dữ liệu cá nhân", "say why the personal data must be seen")
    note_reads(unit, [case.id], what, reason)
    return case


def note_reads(unit: UnitOfWork, dossier_ids: Sequence[int], what: str, reason: str) -> None:
    """Records that the actor reads ``what`` of the personal data of these dossiers, and why."""
    looks = [
        {"at": unit.now, "actor": unit.actor.label, "dossier_id": one, "what": what, "reason": reason}
        for one in dossier_ids
    ]
    if looks:
        unit.begin().execute(insert(reads), looks)
