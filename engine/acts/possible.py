"""Which of the acts that every procedure has are possible on a dossier now, and why the others are not.

The answer comes from the guards that the acts themselves pass first, so a page never offers what would be refused. What
depends on the values of a form is left to the act.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from engine.acts.extend_deadline import must_extend
from engine.acts.open_charge import must_be_payable
from engine.acts.parties import must_hand_over
from engine.acts.recall import must_recall
from engine.acts.refile import end_without_result
from engine.acts.refunds import must_go_back_by_gateway
from engine.acts.reopen_dossier import must_reopen
from engine.acts.settle_refund import NothingToRefund
from engine.acts.withdraw_at_counter import counter_role, withdrawing_action
from engine.dossier.case import Case
from engine.dossier.receivers import must_receive
from engine.dossier.rights import must_be_open, must_may
from engine.errors import Conflict, Forbidden, Refusal
from engine.text import Text

Guard = Callable[[Case], object]


class NobodyHolds(Conflict):
    """Nobody has claimed the dossier, so there is no claim to give back or to free."""

    code = "nobody-holds"
    vi = "Chưa ai nhận xử lý hồ sơ này."
    en = "Nobody has claimed the dossier."


class HeldByYou(Conflict):
    """The actor has claimed the dossier already."""

    code = "held-by-you"
    vi = "Anh/chị đang giữ hồ sơ này."
    en = "You have claimed the dossier already."


def why_not(case: Case, act: str) -> Text | None:
    """Why the actor cannot do a built-in act (a key of ``GUARDS``) on the dossier now; None where they can."""
    try:
        for guard in GUARDS[act]:
            guard(case)
    except Forbidden as refusal:
        facts = refusal.facts
        if "why_vi" in facts:
            return Text(str(facts["why_vi"]), str(facts["why_en"]))
        return Text(refusal.sentence("vi"), refusal.sentence("en"))
    except Refusal as refusal:
        return Text(refusal.sentence("vi"), refusal.sentence("en"))
    return None


def _may(act: str) -> Guard:
    return partial(_must_may, act=act)


def _must_may(case: Case, act: str) -> None:
    must_may(case, act)


def _is_held(case: Case) -> None:
    if case.row["holder_id"] is None:
        raise NobodyHolds()


def _is_not_mine(case: Case) -> None:
    if case.row["holder_id"] is not None and case.row["holder_id"] == case.unit.actor.person_id:
        raise HeldByYou()


def _overpaid(case: Case) -> None:
    money = case.money()
    if not money.refund:
        raise NothingToRefund(dossier=case.code, owed=money.owed, paid=money.paid)


GUARDS: Mapping[str, tuple[Guard, ...]] = {
    "claim": (must_be_open, _is_not_mine, _may("claim")),
    "release_claim": (_is_held, _may("release_claim")),
    "free_claim": (_is_held, _is_not_mine, _may("free_claim")),
    "assign": (must_be_open, _may("assign")),
    "open": (_may("open"),),
    "recall": (must_recall,),
    "add_document": (must_be_open, _may("add_document")),
    "late_document": (_may("add_document"),),
    "check_document": (must_be_open, _may("check_document")),
    "remove_document": (must_be_open, _may("remove_document")),
    "settle_fee": (_may("settle_fee"),),
    "waive_fee": (_may("waive_fee"),),
    "settle_refund": (_may("settle_fee"), _overpaid),
    "open_charge": (_may("settle_fee"), must_be_payable),
    "order_refund": (_may("settle_fee"), _overpaid, must_go_back_by_gateway),
    "add_note": (_may("add_note"),),
    "link": (_may("link"),),
    "rectify": (_may("rectify"),),
    "extend_deadline": (must_extend,),
    "transfer": (must_be_open, _may("transfer")),
    "ask_verification": (must_be_open, _may("ask_verification")),
    "read_personal_data": (_may("read_personal_data"),),
    "print_form": (_may("print_form"),),
    "withdraw": (counter_role, must_be_open, withdrawing_action),
    "reopen": (must_reopen,),
    "refile": (counter_role, must_be_open, end_without_result),
    "add_party": (must_be_open, _may("rectify")),
    "end_party": (_may("rectify"),),
    "hand_over": (must_hand_over,),
    "succeed_applicant": (counter_role, must_be_open),
    "renew_link": (must_receive,),
}
"""The guards of each act, in the order in which the act passes them."""
