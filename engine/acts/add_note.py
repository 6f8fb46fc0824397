"""The act ``add_note``: a note on a dossier that only staff can read."""

from __future__ import annotations

from engine.dossier.case import Case, read_case
from engine.dossier.record import record
from engine.dossier.rights import must_may
from engine.errors import wrong
from engine.transaction import UnitOfWork


def add_note(unit: UnitOfWork, code: str, text: str, version: int | None = None) -> Case:
    """Writes a note into the journal's private part, hidden from the applicant.

    Raises NotFound, Stale, Forbidden, InvalidInput.
    """
    case = read_case(unit, code, version)
    must_may(case, "add_note")
    if not text.strip():
        raise wrong("text", "đang để trống", "is empty")
    record(case, "add_note", private={"text": text})
    return case
