"""The act ``reopen_dossier``: the leader of the office that decides takes up an ended dossier again.

The time limit runs anew from the reopening: the earlier term ended with the earlier answer, and the law gives no rest
of it. The journal keeps both. Reports count a dossier by its last end, so one that is reopened counts once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from engine.acts.perform_action import move
from engine.dossier.case import Case, lock_case
from engine.dossier.papers import make_void, standing_results
from engine.dossier.record import record
from engine.dossier.rights import must_have_counter
from engine.errors import Conflict, Forbidden, wrong
from engine.rules.deadlines.pauses import term_to_data
from engine.rules.procedure.permissions import LEADER, roles_in
from engine.rules.procedure.portal_status import PortalStatus
from engine.transaction import UnitOfWork

LONGEST_LEGAL = 200
_REOPENED = (PortalStatus.RETURNED, PortalStatus.REFUSED, PortalStatus.STOPPED)


class CannotReopen(Conflict):
    """The dossier runs, was withdrawn by its applicant, was filed anew, or ended too long ago."""

    code = "cannot-reopen"
    vi = "Không thể mở lại hồ sơ: {why_vi}."
    en = "The dossier cannot be reopened: {why_en}."


def reopen_dossier(
    unit: UnitOfWork,
    code: str,
    reason: str,
    legal: str,
    *,
    void: Sequence[int] | None = None,
    state: str | None = None,
    version: int | None = None,
) -> Case:
    """Takes up a returned, refused or stopped dossier again, for a reason and on a legal ground.

    ``void`` names the results that are wrong (default: all); they become void. ``state`` is a state of work in which
    the dossier was before (default: the first one, or the initial state where it was never received). Raises NotFound,
    Stale, Forbidden, CannotReopen, InvalidInput, OfficeNotDecided, CounterClosed.
    """
    case = lock_case(unit, code, version)
    must_reopen(case)
    if not reason.strip():
        raise wrong("reason", "phải ghi lý do mở lại hồ sơ", "say why the dossier is reopened")
    if not legal.strip() or len(legal) > LONGEST_LEGAL:
        raise wrong("legal", "phải ghi căn cứ pháp lý", "name the legal ground")
    must_have_counter(case)
    target, left = _target(case, state), case.row["state"]
    results = _wrong_results(case, void)
    ended = case.row["finished_at"]
    if case.row["started_at"] is not None:
        term = case.workflow.total_term(case.facts())
        case.change(started_at=unit.now, term=term_to_data(term), pauses=[], extensions=[], promised_at=None)
    move(case, target, None)
    if results:
        make_void(case, results)
    data = {"from": left, "to": target, "legal": legal.strip(), "ended": ended} | ({"void": results} if results else {})
    events = [("action", "reopen"), ("recalled", target)]
    record(case, "reopen", data=data, private={"reason": reason}, events=events)
    return case


def must_reopen(case: Case) -> None:
    """Requires a leader of the handling office, and an end that is not too long ago. Raises Forbidden, CannotReopen."""
    _must_lead(case)
    _must_be_reopened(case)


def _must_lead(case: Case) -> None:
    """Requires a leader of the handling office, or a timer. Raises Forbidden."""
    actor, office = case.unit.actor, case.row["handler_office"]
    if actor.kind != "system" and LEADER not in roles_in(actor, office, case.today):
        raise Forbidden(why_vi="chỉ lãnh đạo của cơ quan giải quyết", why_en="only a leader of the handling office")


def _must_be_reopened(case: Case) -> None:
    state, row = case.release.states[case.row["state"]], case.row
    if not state.final:
        raise CannotReopen(why_vi="hồ sơ đang được giải quyết", why_en="it has not ended")
    if row["cancelled_at"] is not None:
        raise CannotReopen(why_vi="hồ sơ đã lập lại theo thủ tục khác", why_en="it was filed anew")
    if state.status not in _REOPENED:
        raise CannotReopen(
            why_vi="người nộp đã rút hồ sơ, cần nộp hồ sơ mới", why_en="its applicant withdrew it and may file anew"
        )
    ended, days = row["finished_at"], case.unit.settings.reopen_days
    if ended is not None and case.unit.now > ended + dt.timedelta(days=days):
        raise CannotReopen(why_vi=f"đã kết thúc quá {days} ngày", why_en=f"it ended more than {days} days ago")


def _target(case: Case, wanted: str | None) -> str:
    """The state that the dossier comes back to. Raises InvalidInput."""
    states = case.release.states
    been = [str(key) for step in case.steps() if (key := step["changes"].get("state")) in states]
    working = [key for key in been if states[key].status is PortalStatus.IN_PROCESS]
    if case.row["received_at"] is None:
        working = [case.release.initial]
    working = working or [key for key in been if states[key].status is PortalStatus.RECEIVED]
    working = working or [case.release.initial]
    if wanted is None:
        return working[0]
    if wanted not in working:
        known = ", ".join(dict.fromkeys(working))
        raise wrong("state", f"phải là một trong: {known}", f"must be one of {known}")
    return wanted


def _wrong_results(case: Case, void: Sequence[int] | None) -> list[int]:
    """The results that hold no more. Raises InvalidInput for a number that is no standing result."""
    standing = standing_results(case)
    if void is None:
        return standing
    if unknown := [number for number in void if number not in standing]:
        raise wrong("void", f"không phải kết quả đang có: {unknown}", f"no standing result: {unknown}")
    return sorted(set(void))
