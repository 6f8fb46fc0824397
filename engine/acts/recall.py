"""The act ``recall``: who took a step, or passed a dossier to another office, undoes it until it is opened there."""

from __future__ import annotations

from typing import Any

import orjson
from sqlalchemy import bindparam, select

from engine.acts.perform_action import move
from engine.acts.transfer import take_back
from engine.dossier.case import Case, lock_case
from engine.dossier.notices import told_applicant
from engine.dossier.papers import make_void, undone_by_recall
from engine.dossier.record import record
from engine.dossier.rights import must_may
from engine.errors import Conflict
from engine.rules.procedure.permissions import LEADER, roles_in
from engine.rules.procedure.portal_status import PortalStatus
from engine.store.journal import journal
from engine.store.sql.question import PreparedSelect
from engine.transaction import UnitOfWork

PASSED_OVER = (
    "add_note",
    "add_document",
    "assign",
    "link",
    "overdue",
    "recount",
    "intake_overdue",
    "open",
    "claim",
    "issue_form",
    "send_message",
    "write_message",
)
"""Entries that may lie between the step and its recall, and those that ``opened_at`` tells of."""


class CannotRecall(Conflict):
    """There is no step to recall, or the next holder has opened the dossier already."""

    code = "cannot-recall"
    vi = "Không thể thu hồi: {why_vi}."
    en = "Cannot recall: {why_en}."


def recall(unit: UnitOfWork, code: str, version: int | None = None, reason: str | None = None) -> Case:
    """Returns the dossier to the state before the last step; its clock follows that state. A transfer is taken back.

    Only the person who took the step may do so, while they still have that role, until a person in the next role has
    opened the dossier. A reception cannot be recalled, nor a step that ended the dossier. The time in between counts: a
    pause or a supplement request that the step began is removed, and the results that it took are void. An applicant
    who was told of the step is told that it holds no more. Raises NotFound, Stale, CannotRecall, Forbidden.
    """
    case = lock_case(unit, code, version)
    step = must_recall(case)
    if step["act"] == "transfer":
        return _take_transfer_back(case, step, reason)
    source = step["data"]["from"]
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


def must_recall(case: Case) -> dict[str, Any]:
    """The body of the step or transfer that the actor may take back. Raises CannotRecall, Forbidden, HeldByAnother."""
    step = _last_step(case)
    if step["act"] == "transfer":
        _must_take_transfer_back(case, step)
        return step
    if case.row["opened_at"] is not None:
        raise CannotRecall(why_vi="người nhận đã mở hồ sơ", why_en="the next holder has opened the dossier")
    if case.release.states[case.row["state"]].final:
        raise CannotRecall(why_vi="hồ sơ đã kết thúc", why_en="the dossier has ended")
    _must_be_sender(case, step, *_post_of_step(case, step["data"]))
    if case.release.states[step["data"]["from"]].status is PortalStatus.REGISTERED:
        raise CannotRecall(
            why_vi="hồ sơ đã được tiếp nhận và cấp giấy hẹn", why_en="the dossier was received and a receipt was given"
        )
    return step


def _must_take_transfer_back(case: Case, step: dict[str, Any]) -> None:
    data = step["data"]
    if case.release.states[case.row["state"]].final:
        raise CannotRecall(why_vi="hồ sơ đã kết thúc", why_en="the dossier has ended")
    if case.row["holder_office"] == data["to"] and case.row["opened_at"] is not None:
        raise CannotRecall(why_vi="cơ quan nhận đã mở hồ sơ", why_en="the receiving office has opened the dossier")
    if data["from"] is None:
        raise CannotRecall(why_vi="trước đó chưa có cơ quan", why_en="no office had this part before")
    _must_be_sender(case, step, *_post_of_sender(case, data["from"]))


def _take_transfer_back(case: Case, step: dict[str, Any], reason: str | None) -> Case:
    data = step["data"]
    back = {"recalled": step["number"], **take_back(case, data)}
    record(case, "recall", data=back, private={"reason": reason} if reason else None, events=[("action", "transfer")])
    return case


def _must_be_sender(case: Case, step: dict[str, Any], office: str | None, role: str | None) -> None:
    """Requires the person who took the step, in a role that they still have. Raises Forbidden."""
    mine = step["actor"] == case.unit.actor.label
    must_may(case, "recall", sender=(office, role) if mine and office and role else None)


def _post_of_step(case: Case, data: dict[str, Any]) -> tuple[str | None, str | None]:
    """The office and the role in which a step was taken; the office is that which has the part today."""
    role = case.release.roles.get(data["role"] or "")
    return (case.row["offices"].get(role.unit), data["role"]) if role else (None, None)


def _post_of_sender(case: Case, office: str) -> tuple[str | None, str | None]:
    """An office and a role there in which the actor may have passed the dossier on from ``office``."""
    row = case.row
    posts = [(place, role) for place in (office, row["holder_office"]) for role in (row["holder_role"], LEADER)]
    held = (one for one in posts if one[0] and one[1] in roles_in(case.unit.actor, one[0], case.today))
    return next(held, (None, None))


def _undo_pause(case: Case, changes: dict[str, Any]) -> None:
    """Removes the pause that the step opened, and the supplement request that it counted."""
    pauses = case.row["pauses"]
    if "pauses" in changes and pauses and pauses[-1]["end"] is None:
        case.change(pauses=pauses[:-1])
    if "supplements" in changes:
        case.change(supplements=case.row["supplements"] - 1)
    if "warned_at" in changes:
        case.change(warned_at=None)


def _last_step(case: Case) -> dict[str, Any]:
    """The body of the last entry not in ``PASSED_OVER``. Raises CannotRecall where it is neither a step between states
    nor a transfer."""
    found = _LAST.fetch(case.unit.reader(), {"dossier": case.id, "passed_over": PASSED_OVER})
    if not found:  # its month is detached
        raise CannotRecall(why_vi="nhật ký đã tách ra lưu trữ", why_en="its journal lies in the archive")
    body: dict[str, Any] = orjson.loads(found[0][0])
    if body["act"] == "transfer":
        return body
    if "effect" not in body["data"] or body["data"]["from"] == body["data"]["to"]:
        raise CannotRecall(why_vi="không có bước nào vừa chuyển", why_en="no step was just taken")
    return body


_LAST = PreparedSelect(
    select(journal.c.body)
    .where(journal.c.dossier_id == bindparam("dossier"), journal.c.act.not_in(bindparam("passed_over", expanding=True)))
    .order_by(journal.c.number.desc())
    .limit(1)
)
