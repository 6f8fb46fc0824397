"""The act ``extend_deadline``: gives the applicant a new appointment, with an apology (Form 04)."""

from __future__ import annotations

from engine.acts.expire_clock import ring_overdue
from engine.dossier.case import Case, lock_case
from engine.dossier.record import record
from engine.dossier.rights import must_may
from engine.errors import Conflict, wrong
from engine.rules.deadlines.pauses import Extension
from engine.rules.deadlines.promise import extended
from engine.rules.procedure.definition import Term
from engine.transaction import UnitOfWork


class CannotExtend(Conflict):
    """The dossier has no running or paused clock, or was extended as often as the law allows."""

    code = "cannot-extend"
    vi = "Không thể gia hạn: {why_vi}."
    en = "Cannot extend: {why_en}."


def extend_deadline(unit: UnitOfWork, code: str, term: Term, reason: str, version: int | None = None) -> Case:
    """Adds ``term`` to the time limit and notifies the applicant of the apology and the new due moment.

    Only the roles of the handling office and its leaders may do so, at most as often as the release allows (once, in
    the sources read). The new end must be after now; in a pause it is not known yet, and none is told. Raises NotFound,
    Stale, Forbidden, InvalidInput, CannotExtend, EndsInThePast.
    """
    case = lock_case(unit, code, version)
    must_extend(case)
    if not reason.strip():
        raise wrong("reason", "xin lỗi thì phải ghi lý do", "an apology says why")
    ring_overdue(case)
    before = case.row["due_at"] or case.row["promised_at"]
    more = Extension(term, unit.now, "mau-04")
    case.change(**extended(case.row, case.release, case.calendar, more, unit.now))
    data = {"before": before, "after": case.row["due_at"], "term": more.to_data()["by"], "form": "mau-04"}
    record(case, "extend_deadline", data=data, private={"reason": reason}, events=[("action", "extend_deadline")])
    case.forget()
    return case


def must_extend(case: Case) -> None:
    """Requires that the actor may extend the time limit, and that it still runs. Raises Forbidden, CannotExtend."""
    must_may(case, "extend_deadline")
    if case.row["clock"] not in ("running", "paused") or case.row["started_at"] is None:
        raise CannotExtend(why_vi="thời hạn không còn chạy", why_en="the time limit is not running")
    if len(case.row["extensions"]) >= case.release.sla.extensions:
        raise CannotExtend(why_vi="đã gia hạn đủ số lần cho phép", why_en="it was extended as often as allowed")
