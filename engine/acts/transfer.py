"""The act ``transfer``: a person passes a dossier to another office, with a reason and where needed a legal ground.

``take_back`` undoes it for the sender until the receiving office has opened the dossier (``recall``).
"""

from __future__ import annotations

from typing import Any

from engine.dossier.case import Case, lock_case
from engine.dossier.eligible_offices import why_not
from engine.dossier.joint import role_asked
from engine.dossier.record import record
from engine.dossier.rights import must_be_open, must_may, verdict_on
from engine.errors import Forbidden, wrong
from engine.rules.deadlines import timing
from engine.transaction import UnitOfWork


class NeedsLegalGround(Forbidden):
    """The rules do not give this office the role: only a leader passes the dossier there, on a legal ground."""

    code = "needs-legal-ground"
    vi = "{office} không phải cơ quan được giao vai trò này: {reason_vi}. Chỉ lãnh đạo được chuyển, ghi căn cứ pháp lý."
    en = "{office} is not given this role: {reason_en}. Only a leader may pass the dossier there, with a legal ground."


def transfer(
    unit: UnitOfWork,
    code: str,
    office: str,
    reason: str,
    legal: str | None = None,
    key: str = "handler",
    version: int | None = None,
) -> Case:
    """Makes ``office`` the dossier's office for routing key ``key``; state, clock and code stay.

    The due moment moves only where the new office has other closures. Persons who may act on the dossier now may do so,
    and leaders of its office. The new office must be one that can hold the role and where people have it; a leader may
    choose any other on a legal ground. Raises NotFound, Stale, Forbidden, HeldByAnother, InvalidInput, Ended,
    NeedsLegalGround.
    """
    case = lock_case(unit, code, version)
    must_be_open(case)
    must_may(case, "transfer")
    if key not in case.release.routing or key == "intake":
        keys = ", ".join(one for one in case.release.routing if one != "intake")
        raise wrong("key", f"phải là một trong: {keys}", f"must be one of {keys}")
    before = case.row["offices"].get(key)
    found = unit.catalogue.offices.get(office)
    if found is None or not found.valid(case.today):
        raise wrong("office", "hôm nay không có cơ quan nào mang mã này", "no office has this code today")
    if not reason.strip():
        raise wrong("reason", "phải ghi lý do chuyển cơ quan", "say why the dossier passes to another office")
    if office == before:
        raise wrong("office", "hồ sơ đã ở cơ quan này", "the dossier is at this office already")
    _must_be_founded(case, key, office, legal)
    data = {"key": key, "from": before, "to": office, "legal": legal}
    _pass_on(case, key, office)
    record(case, "transfer", data=data, private={"reason": reason}, events=[("action", "transfer")])
    return case


def take_back(case: Case, told: dict[str, Any]) -> dict[str, Any]:
    """Undoes the transfer with the entry data ``told`` on the row; returns the data of the entry that takes it back.

    The caller has checked who sent it and that nobody has opened it, and records the change.
    """
    key, office = told["key"], told["from"]
    _pass_on(case, key, office)
    row = case.row
    sender = case.unit.actor.person_id
    if row["holder_office"] == office and verdict_on(case, "claim").allowed:
        case.change(holder_id=sender, opened_at=case.unit.now)
    return {"key": key, "from": told["to"], "to": office}


def _must_be_founded(case: Case, key: str, office: str, legal: str | None) -> None:
    """Requires an office that can hold the role, or a leader with a legal ground. Raises NeedsLegalGround."""
    why = None if case.unit.actor.kind == "system" else why_not(case, key, office)
    if why is not None and not (verdict_on(case, "transfer_elsewhere").allowed and (legal or "").strip()):
        raise NeedsLegalGround(office=office, reason_vi=why.vi, reason_en=why.en)


def _pass_on(case: Case, key: str, office: str | None) -> None:
    """Sets the office for ``key``. If the state belongs to ``key``, that office must act, and no person holds it."""
    offices = {name: code for name, code in case.row["offices"].items() if name != key}
    case.change(offices=offices | ({key: office} if office is not None else {}))
    if key == "handler" and office is not None:
        case.change(handler_office=office)
        case.change(**timing.due_columns(case.row, case.release, case.calendar))
    role = role_asked(case.unit.reader(), case.id, case.release, case.row["state"])
    if role is not None and case.release.roles[role].unit == key:
        case.change(holder_office=office, holder_role=role, holder_id=None, opened_at=None)
