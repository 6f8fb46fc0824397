"""What becomes of running linked dossiers (liên thông) when their parent ends without a result.

Whoever ends the parent says so: the children are withdrawn with it, or they continue on their own. A timer lets them
continue. Either way the parent's journal entry names them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.dossier.case import Case, child_case
from engine.dossier.how import How
from engine.dossier.stand_in import StandIn
from engine.errors import Conflict, wrong
from engine.rules.procedure.definition import APPLICANT
from engine.rules.procedure.portal_status import PortalStatus
from engine.store.children import children_of

CHOICES = ("withdraw", "continue")
_WITHOUT_RESULT = (PortalStatus.REFUSED, PortalStatus.WITHDRAWN, PortalStatus.STOPPED)


class ChildrenUndecided(Conflict):
    """The step ends a dossier whose linked dossiers still run, and does not say what becomes of them."""

    code = "children-undecided"
    vi = "Hồ sơ còn hồ sơ liên thông đang giải quyết: {children}. Phải chọn rút (withdraw) hay tiếp tục (continue)."
    en = "Linked dossiers still run: {children}. Say whether they are withdrawn (withdraw) or go on (continue)."


class ChildInTheWay(Conflict):
    """A linked dossier is in a state from which it cannot be withdrawn any more."""

    code = "child-in-the-way"
    vi = "Hồ sơ liên thông {child} không còn rút được nữa (“{state_vi}”). Hãy chọn tiếp tục (continue)."
    en = "The linked dossier {child} cannot be withdrawn any more (“{state_en}”). Let it go on (continue)."


def decide_children(case: Case, action: str, choice: str | None, take: Callable[..., Case]) -> dict[str, Any]:
    """Ends or keeps the running children of a dossier that moves to an end without a result.

    Call it before the step is recorded. Returns what the parent's entry says of them. Raises InvalidInput,
    ChildrenUndecided, ChildInTheWay.
    """
    ends = case.release.states[case.row["state"]].status in _WITHOUT_RESULT
    if choice is not None and choice not in CHOICES:
        raise wrong("children", f"phải là một trong: {', '.join(CHOICES)}", f"must be one of {', '.join(CHOICES)}")
    running = [child for child in children_of(case.unit.reader(), case.id) if not child.ended] if ends else []
    if not running:
        return {}
    if choice is None and case.unit.actor.kind != "system":
        raise ChildrenUndecided(children=[child.code for child in running])
    choice = choice or "continue"
    if choice == "withdraw":
        for child in running:
            _withdraw(child_case(case, child.id, lock=True), take)
    return {"children": {"choice": choice, "codes": [child.code for child in running]}}


def _withdraw(child: Case, take: Callable[..., Case]) -> None:
    here = child.row["state"]
    actions = child.release.actions.items()
    key = next((key for key, one in actions if one.effect == "withdraw" and here in one.sources), None)
    if key is None:
        name = child.release.states[here].name
        raise ChildInTheWay(child=child.code, state_vi=name.vi, state_en=name.en)
    take(
        child,
        key,
        reason="Hồ sơ liên thông chính đã kết thúc.",
        how=How(children="withdraw", stand_in=StandIn(APPLICANT)),
    )
