"""The results of a dossier that the applicant may take by download now."""

from __future__ import annotations

from engine.dossier.case import Case
from engine.dossier.papers import history, standing_results
from engine.errors import Conflict
from engine.rules.procedure.portal_status import PortalStatus


class NoResultYet(Conflict):
    """There is no result to download: the dossier is not decided, ended without one, or a fee is still due."""

    code = "no-result-yet"
    vi = "Chưa thể tải kết quả: {why_vi}."
    en = "There is no result to download: {why_en}."


def given_out(case: Case) -> list[int]:
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
