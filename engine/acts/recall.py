"""The act ``recall``: the person who took a step undoes it, until the next holder has opened the dossier."""

from __future__ import annotations

from typing import Any

import orjson
from sqlalchemy import and_, select

from engine.acts.perform_action import move
from engine.dossier.case import Case, lock_case
from engine.dossier.notices import told_applicant
from engine.dossier.papers import make_void, undone_by_recall
from engine.dossier.record import record
from engine.errors import Conflict, Forbidden
from engine.rules.procedure.portal_status import PortalStatus
from engine.store.journal import journal
from engine.transaction import UnitOfWork

PASSED_OVER = ("add_note", "add_document", "assign", "link", "overdue", "open", "claim", "issue_form")
"""Entries that may lie between the step and its recall, and those that ``opened_at`` tells of."""


class CannotRecall(Conflict):
    """There is no step to recall, or the next holder has opened the dossier already."""

    code = "cannot-recall"
    vi = "Không thể thu hồi: {why_vi}."
    en = "Cannot recall: {why_en}."


def recall(unit: UnitOfWork, code: str, version: int | None = None, reason: str | None = None) -> Case:
    """Returns the dossier to the state before the last step; its clock follows that state.

    Only the person who took the step may do so, until a person in the next role has opened the dossier. A reception
    cannot be recalled, nor a step that ended the dossier. The time in between counts: a pause or a supplement request
    that the step began is removed, and the results that it took are void. An applicant who was told of the step is
    told that it holds no more. Raises NotFound, Stale, CannotRecall, Forbidden.
    """
    case = lock_case(unit, code, version)
    step = _last_step(case)
    if case.row["opened_at"] is not None:
        raise CannotRecall(why_vi="người nhận đã mở hồ sơ", why_en="the next holder has opened the dossier")
    if case.release.states[case.row["state"]].final:
        raise CannotRecall(why_vi="hồ sơ đã kết thúc", why_en="the dossier has ended")
    if step["actor"] != unit.actor.label:
        raise Forbidden(why_vi="chỉ người đã chuyển hồ sơ", why_en="only the person who passed the dossier on")
    source = step["data"]["from"]
    if case.release.states[source].status is PortalStatus.REGISTERED:
        raise CannotRecall(
            why_vi="hồ sơ đã được tiếp nhận và cấp giấy hẹn", why_en="the dossier was received and a receipt was given"
        )
    left = case.row["state"]
    _undo_pause(case, step["changes"])
    move(case, source, None)
    if case.row["holder_office"] is not None:
        case.change(holder_id=unit.actor.person_id, opened_at=unit.now)
    data: dict[str, Any] = {"recalled": step["number"], "from": left, "to": source}
    if void := undone_by_recall(case, step["number"]):
        make_void(case, void)
        data["void"] = void
    events: list[tuple[str, str | None]] = [("recalled", source)]
    if told_applicant(case, step["data"]["action"], left):
        events.append(("taken_back", left))
    record(case, "recall", data=data, private={"reason": reason} if reason else None, events=events)
    return case


def _undo_pause(case: Case, changes: dict[str, Any]) -> None:
    """Removes the pause that the step opened, and the supplement request that it counted."""
    pauses = case.row["pauses"]
    if "pauses" in changes and pauses and pauses[-1]["end"] is None:
        case.change(pauses=pauses[:-1])
    if "supplements" in changes:
        case.change(supplements=case.row["supplements"] - 1)


def _last_step(case: Case) -> dict[str, Any]:
    """The body of the last entry not in ``PASSED_OVER``. Raises CannotRecall when it is no step between states."""
    of_this = and_(journal.c.dossier_id == case.id, journal.c.act.not_in(PASSED_OVER))
    statement = select(journal.c.body).where(of_this).order_by(journal.c.number.desc()).limit(1)
    body: dict[str, Any] = orjson.loads(case.unit.begin().execute(statement).scalar_one())
    if "effect" not in body["data"] or body["data"]["from"] == body["data"]["to"]:
        raise CannotRecall(why_vi="không có bước nào vừa chuyển", why_en="no step was just taken")
    return body
