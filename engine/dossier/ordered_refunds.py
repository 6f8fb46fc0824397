"""What of a dossier's refund is ordered at the gateway, and which of its payments can go back there."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from engine.dossier.case import Case
from engine.store.payments import incoming_payments, refund_orders


@dataclass(frozen=True, slots=True, kw_only=True)
class Refundable:
    """A payment by the gateway, and the đồng of it that no order takes back yet."""

    id: int
    vnd: int
    surplus: int


def ordered_vnd(case: Case) -> int:
    """The đồng that wait at the gateway to be paid back."""
    waiting = (refund_orders.c.dossier_id == case.id, refund_orders.c.status == "waiting")
    total = select(func.coalesce(func.sum(refund_orders.c.vnd), 0)).where(*waiting)
    return int(case.unit.reader().execute(total).scalar_one())


def refundable(case: Case) -> list[Refundable]:
    """The payments of the dossier by the gateway that can go back, those that nobody owed first."""
    taken = (
        select(refund_orders.c.payment_id, func.sum(refund_orders.c.vnd).label("vnd"))
        .where(refund_orders.c.dossier_id == case.id, refund_orders.c.status != "refused")
        .group_by(refund_orders.c.payment_id)
        .subquery()
    )
    c = incoming_payments.c
    left = c.vnd - func.coalesce(taken.c.vnd, 0)
    found = (
        select(c.id, left.label("vnd"), c.surplus)
        .join(taken, taken.c.payment_id == c.id, isouter=True)
        .where(c.dossier_id == case.id, c.source == "gateway")
        .order_by(c.surplus.desc(), c.id.desc())
    )
    rows = case.unit.reader().execute(found).all()
    return [Refundable(id=row.id, vnd=int(row.vnd), surplus=row.surplus) for row in rows if row.vnd > 0]
