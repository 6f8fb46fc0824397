"""The act ``return_result``: hands the result over, says who took it, and takes the step that ends the dossier."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from engine.acts.parties import NothingToHandOver, enter_hand_over
from engine.acts.perform_action import take
from engine.acts.withdraw_at_counter import counter_role
from engine.dossier.case import Case, lock_case
from engine.errors import wrong
from engine.rules.procedure.portal_status import PortalStatus
from engine.store.parties import parties_of
from engine.transaction import UnitOfWork

TAKERS: Final = ("applicant", "representative", "other", "post")
_OWN_PAPER: Final = "chính chủ hồ sơ, đã đối chiếu giấy tờ tùy thân"


def return_result(
    unit: UnitOfWork, code: str, taker: str, given: Mapping[str, Any], version: int | None = None
) -> Case:
    """Records who took the result and returns it. ``taker`` is one of ``TAKERS``.

    ``given`` describes somebody else (name, identity_number or authority) or a consignment (tracking). The applicant
    and a representative are known; their identity paper was compared at the counter. Raises NotFound, Stale, Forbidden,
    NothingToHandOver, InvalidInput, and the refusals of ``perform_action``.
    """
    case = lock_case(unit, code, version)
    counter_role(case)
    action = returning(case)
    if PortalStatus(case.row["portal"]) is not PortalStatus.READY or action is None:
        raise NothingToHandOver(dossier=case.code)
    enter_hand_over(case, _described(case, taker, given))
    return take(case, action)


def returning(case: Case) -> str | None:
    """The action that returns the result from the present state, or None."""
    here = case.row["state"]
    actions = case.release.actions.items()
    return next((key for key, one in actions if one.effect == "return" and here in one.sources), None)


def _described(case: Case, taker: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Who took it, as ``hand_over`` wants it. Raises InvalidInput."""
    if taker not in TAKERS:
        raise wrong("taker", f"phải là một trong: {', '.join(TAKERS)}", f"must be one of {', '.join(TAKERS)}")
    if taker == "post":
        if not (given.get("tracking") or "").strip():
            raise wrong("tracking", "phải ghi số hiệu bưu gửi", "give the number of the consignment")
        return {"tracking": given["tracking"]}
    if taker == "applicant":
        return {"name": case.applicant["name"], "identity_number": _identity(case), "authority": _OWN_PAPER}
    if taker == "representative":
        known = [row for row in parties_of(case.unit.begin(), case.id) if row["kind"] == taker and not row["until"]]
        if not known:
            raise wrong("taker", "hồ sơ không có người đại diện", "the dossier has no representative")
        return {name: known[-1][name] for name in ("name", "identity_number", "phone", "authority")}
    return {name: given.get(name) for name in ("name", "identity_number", "authority")}


def _identity(case: Case) -> str | None:
    return case.applicant["identity_number"]
