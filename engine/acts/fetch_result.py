"""The act ``fetch_result``: the applicant takes the result from the link, and the read is recorded.

The caller has compared the receipt code, and limits how often it is guessed (``engine.queries.look_up``).
"""

from __future__ import annotations

from engine.acts.read_personal_data import note_reads
from engine.dossier.case import Case, read_case
from engine.dossier.papers import history, standing_results
from engine.errors import Conflict, Forbidden
from engine.rules.procedure.portal_status import PortalStatus
from engine.transaction import UnitOfWork


class NoResultYet(Conflict):
    """There is no result to download: the dossier is not decided, ended without one, or a fee is still due."""

    code = "no-result-yet"
    vi = "Chưa thể tải kết quả: {why_vi}."
    en = "There is no result to download: {why_en}."


def fetch_result(unit: UnitOfWork, code: str, document: int | None = None) -> tuple[Case, int]:
    """The case, and the id of its newest result with a file, or ``document`` where that is a result.

    Raises NotFound, Forbidden, NoResultYet.
    """
    case = read_case(unit, code, along=("documents", "fees", "ledger"))
    if unit.actor.kind != "citizen":
        raise Forbidden(why_vi="chỉ người nộp hồ sơ", why_en="only the applicant")
    found = [number for number in _given_out(case) if document in (None, number)]
    if not found:
        raise NoResultYet(why_vi="hồ sơ chưa có tệp kết quả", why_en="the dossier has no file of a result yet")
    note_reads(unit, [case.id], f"result {found[-1]}", "Người nộp tải kết quả bằng mã biên nhận")
    return case, found[-1]


def _given_out(case: Case) -> list[int]:
    """The results with a file, oldest first. One that actions attach must have been taken. Raises NoResultYet."""
    status = PortalStatus(case.row["portal"])
    if status not in (PortalStatus.READY, PortalStatus.RETURNED):
        raise NoResultYet(why_vi="hồ sơ chưa có kết quả", why_en="the dossier is not decided, or has no result")
    if status is PortalStatus.READY and case.money().due:
        raise NoResultYet(why_vi="còn phí, lệ phí phải nộp", why_en="a fee is still due")
    files = {row["id"] for row in case.documents() if row["storage_key"]}
    attached = {action.attach for action in case.release.actions.values()}
    loose = {row["id"] for row in case.documents() if row["key"] not in attached}
    given = loose | history(case).taken.keys()
    return [number for number in standing_results(case) if number in files and number in given]
