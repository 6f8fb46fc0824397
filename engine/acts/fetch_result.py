"""The act ``fetch_result``: the applicant takes the result from the link, and the read is recorded.

The caller has compared the receipt code, and limits how often it is guessed (``engine.queries.look_up``).
"""

from __future__ import annotations

from engine.acts.read_personal_data import note_reads
from engine.dossier.case import Case, read_case
from engine.dossier.given_out import NoResultYet, given_out
from engine.errors import Forbidden
from engine.transaction import UnitOfWork

__all__ = ["NoResultYet", "fetch_result"]


def fetch_result(unit: UnitOfWork, code: str, document: int | None = None) -> tuple[Case, int]:
    """The case, and the id of its newest result with a file, or ``document`` where that is a result.

    Raises NotFound, Forbidden, NoResultYet.
    """
    case = read_case(unit, code, along=("documents", "fees", "ledger"))
    if unit.actor.kind != "citizen":
        raise Forbidden(why_vi="chỉ người nộp hồ sơ", why_en="only the applicant")
    found = [number for number in given_out(case) if document in (None, number)]
    if not found:
        raise NoResultYet(why_vi="hồ sơ chưa có tệp kết quả", why_en="the dossier has no file of a result yet")
    note_reads(unit, [case.id], f"result {found[-1]}", "Người nộp tải kết quả bằng mã biên nhận")
    return case, found[-1]
