"""The act ``settle_refund``: records that what was paid beyond what is owed was paid back."""

from __future__ import annotations

from engine.dossier.case import Case, read_case
from engine.dossier.charge import enter
from engine.dossier.ordered_refunds import ordered_vnd
from engine.dossier.record import record
from engine.dossier.rights import must_may
from engine.errors import Conflict, wrong
from engine.rules.procedure.balance import WAIVED, Balance, NewEntry
from engine.rules.procedure.definition import PAYMENT_METHODS
from engine.transaction import UnitOfWork

REFUND_METHODS = tuple(method for method in PAYMENT_METHODS if method != WAIVED)


class NothingToRefund(Conflict):
    """No more was paid than is owed."""

    code = "nothing-to-refund"
    vi = "Hồ sơ {dossier} không có khoản nộp thừa: phải nộp {owed} đồng, đã nộp {paid} đồng."
    en = "Dossier {dossier} has nothing to pay back: {owed} đồng are owed and {paid} đồng were paid."


def settle_refund(
    unit: UnitOfWork,
    code: str,
    method: str,
    receipt: str | None = None,
    vnd: int | None = None,
    version: int | None = None,
) -> Case:
    """Records that ``vnd`` đồng (default: all that was paid too much and is not ordered at the
    gateway) were paid back to the applicant.

    ``receipt`` is the number of the paper that shows it. Raises NotFound, Stale, Forbidden, InvalidInput,
    NothingToRefund.
    """
    case = read_case(unit, code, version, along=("fees", "ledger"))
    must_may(case, "settle_fee")
    if method not in REFUND_METHODS:
        raise wrong(
            "method", f"phải là một trong: {', '.join(REFUND_METHODS)}", f"must be one of {', '.join(REFUND_METHODS)}"
        )
    money = case.money()
    open_ = money.refund - ordered_vnd(case)
    if open_ <= 0:
        raise NothingToRefund(dossier=case.code, owed=money.owed, paid=money.paid)
    amount = open_ if vnd is None else vnd
    if not 1 <= amount <= open_:
        most = open_
        raise wrong("vnd", f"phải từ 1 đến {most} đồng nộp thừa", f"must be 1 to {most}, the đồng paid too much")
    parts = refund_parts(money, amount)
    told = [NewEntry(key=key, kind="refund", vnd=-part, method=method, receipt=receipt) for key, part in parts.items()]
    enter(case, told)
    record(case, "settle_refund", data={"vnd": amount, "fees": parts, "method": method, "receipt": receipt})
    case.forget()
    return case


def refund_parts(money: Balance, amount: int) -> dict[str, int]:
    """How a refund is taken from the fees that were overpaid, in order of their keys."""
    parts: dict[str, int] = {}
    for fee in money.fees:
        part = min(fee.refund, amount - sum(parts.values()))
        if part:
            parts[fee.key] = part
    return parts
