"""A paper that is added after a dossier has ended: by staff, with a reason, and never a result."""

from __future__ import annotations

from engine.dossier.case import Case
from engine.dossier.rights import must_may
from engine.errors import Conflict, Forbidden, wrong


class NotEnded(Conflict):
    """The dossier still runs, so a paper is added in the usual way."""

    code = "not-ended"
    vi = "Hồ sơ {dossier} chưa kết thúc; hãy thêm giấy tờ theo cách thông thường (không ghi late_reason)."
    en = "Dossier {dossier} has not ended; add the document in the usual way (without late_reason)."


def must_add_late(case: Case, key: str, reason: str) -> None:
    """Requires that staff add a paper, no result, to an ended dossier and say why.

    Raises Forbidden, NotEnded, InvalidInput.
    """
    if case.unit.actor.kind == "citizen":
        raise Forbidden(why_vi="chỉ cán bộ thêm sau khi hồ sơ kết thúc", why_en="only staff add after the end")
    must_may(case, "add_document")
    if not case.release.states[case.row["state"]].final:
        raise NotEnded(dossier=case.code)
    known = case.release.documents.get(key)
    if key in case.workflow.results.bringing or (known is not None and known.result):
        raise Forbidden(
            why_vi="kết quả không được thêm hay thay sau khi hồ sơ kết thúc; hãy mở lại hồ sơ",
            why_en="a result is neither added nor replaced after the end; reopen the dossier",
        )
    if not reason.strip():
        raise wrong("late_reason", "phải ghi lý do thêm giấy tờ sau khi kết thúc", "say why it is added after the end")
