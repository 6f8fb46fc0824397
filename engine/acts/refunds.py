"""The acts ``order_refund`` and ``conclude_refund``: what is owed back goes back by the gateway that it came by.

The ledger knows of a refund when the gateway has done it. Until then the order keeps its đồng from being paid back by
hand, too.
"""

from __future__ import annotations

from sqlalchemy import insert, select, update

from engine.acts.settle_refund import NothingToRefund, refund_parts
from engine.connection_ports import RefundAnswer
from engine.dossier.case import Case, lock_case, lock_case_told_of
from engine.dossier.charge import enter
from engine.dossier.ordered_refunds import Refundable, ordered_vnd, refundable
from engine.dossier.record import record
from engine.dossier.rights import must_may
from engine.errors import Conflict
from engine.rules.procedure.balance import NewEntry
from engine.store.payments import refund_orders
from engine.transaction import UnitOfWork


class NotByGateway(Conflict):
    """Nothing of what is owed back came by the gateway, or no gateway is connected."""

    code = "not-by-gateway"
    vi = "Hồ sơ {dossier}: không có khoản nào nộp qua cổng thanh toán để hoàn qua cổng. Hãy hoàn trả trực tiếp."
    en = "Dossier {dossier}: nothing that could go back came by the payment gateway. Pay it back by hand."


def order_refund(unit: UnitOfWork, code: str, version: int | None = None) -> Case:
    """Orders at the gateway all that is owed back and came by it. Raises NotFound, Stale, Forbidden, NothingToRefund,
    NotByGateway."""
    case = lock_case(unit, code, version)
    must_may(case, "settle_fee")
    money = case.money()
    left = money.refund - ordered_vnd(case)
    if left <= 0:
        raise NothingToRefund(dossier=case.code, owed=money.owed, paid=money.paid)
    orders: list[dict[str, int]] = []
    for payment in must_go_back_by_gateway(case):
        if part := min(left, payment.vnd):
            orders.append({"payment_id": payment.id, "vnd": part})
            left -= part
    same = {"dossier_id": case.id, "status": "waiting", "ordered_at": unit.now, "attempts": 0, "next_at": unit.now}
    same |= {"ordered_by": unit.actor.person_id}
    unit.begin().execute(insert(refund_orders), [same | one for one in orders])
    record(case, "order_refund", data={"vnd": sum(one["vnd"] for one in orders), "orders": orders})
    return case


def must_go_back_by_gateway(case: Case) -> list[Refundable]:
    """The payments that can go back by the gateway. Raises NotByGateway where there are none."""
    found = refundable(case) if case.unit.runtime.gateway is not None else []
    if not found:
        raise NotByGateway(dossier=case.code)
    return found


def conclude_refund(unit: UnitOfWork, order_id: int, answer: RefundAnswer) -> str:
    """Notes what the gateway did with an order; returns the order's status. Doing it again changes nothing."""
    this = refund_orders.c.id == order_id
    dossier = unit.begin().execute(select(refund_orders.c.dossier_id).where(this)).scalar_one()
    case = lock_case_told_of(unit, dossier)
    order = unit.begin().execute(select(refund_orders).where(this)).one()
    if order.status != "waiting" or answer.outcome == "waiting":
        return str(order.status)
    told = {"order": order_id, "vnd": order.vnd, "outcome": answer.outcome, "key": answer.key}
    if answer.outcome == "done":
        told["fees"] = _enter(case, order.vnd, answer.key)
    result = {"status": answer.outcome, "next_at": None, "key": answer.key, "error": answer.why or None}
    unit.begin().execute(update(refund_orders).where(this).values(result))
    record(case, "conclude_refund", data=told)
    case.forget()
    return answer.outcome


def _enter(case: Case, vnd: int, key: str) -> dict[str, int]:
    """Enters what went back, taken from what is overpaid; what the facts ask for again meanwhile is due again."""
    money = case.money()
    parts = refund_parts(money, vnd)
    for fee in money.fees:
        more = min(vnd - sum(parts.values()), fee.paid - parts.get(fee.key, 0))
        if more > 0:
            parts[fee.key] = parts.get(fee.key, 0) + more
    entries = [NewEntry(key=one, kind="refund", vnd=-part, method="portal", receipt=key) for one, part in parts.items()]
    enter(case, entries)
    return parts
