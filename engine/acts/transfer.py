"""The act ``transfer``: a person passes a dossier to another office, with a reason and an optional legal reference."""

from __future__ import annotations

from engine.dossier.case import Case, lock_case
from engine.dossier.record import record
from engine.dossier.rights import must_be_open, must_hold, must_lead
from engine.errors import Forbidden, wrong
from engine.rules.deadlines import timing
from engine.transaction import UnitOfWork


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
    and leaders of its present office. Raises NotFound, Stale, Forbidden, HeldByAnother, InvalidInput, Ended.
    """
    case = lock_case(unit, code, version)
    must_be_open(case)
    if key not in case.release.routing or key == "intake":
        keys = ", ".join(one for one in case.release.routing if one != "intake")
        raise wrong("key", f"phải là một trong: {keys}", f"must be one of {keys}")
    before = case.row["offices"].get(key)
    _must_hold_or_lead(case, before or case.row["handler_office"])
    found = unit.catalogue.offices.get(office)
    if found is None or not found.valid(case.today):
        raise wrong("office", "hôm nay không có cơ quan nào mang mã này", "no office has this code today")
    if not reason.strip():
        raise wrong("reason", "phải ghi lý do chuyển cơ quan", "say why the dossier passes to another office")
    if office == before:
        raise wrong("office", "hồ sơ đã ở cơ quan này", "the dossier is at this office already")
    _pass_on(case, key, office)
    data = {"key": key, "from": before, "to": office, "legal": legal}
    record(case, "transfer", data=data, private={"reason": reason}, events=[("action", "transfer")])
    return case


def _must_hold_or_lead(case: Case, office: str) -> None:
    """Checks that the actor may act on the dossier now, or leads ``office``. Raises Forbidden, HeldByAnother."""
    try:
        must_hold(case)
    except Forbidden:
        must_lead(case, office)


def _pass_on(case: Case, key: str, office: str) -> None:
    """Sets the office for ``key``. If the state belongs to ``key``, that office must act, and no person holds it."""
    case.change(offices={**case.row["offices"], key: office})
    if key == "handler":
        case.change(handler_office=office)
        case.change(**timing.due_columns(case.row, case.release, case.calendar))
    role = case.release.states[case.row["state"]].role
    if role is not None and case.release.roles[role].unit == key:
        case.change(holder_office=office, holder_role=role, holder_id=None, opened_at=None)
