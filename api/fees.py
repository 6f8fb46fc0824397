"""Operations on the fees of a dossier: what is owed and was paid, settling it, paying back, correcting an entry."""

from __future__ import annotations

from typing import Any

from api import bodies, dossier_json, shapes
from api.answers import answer, etag
from api.dossier_act import STANDS, act
from api.operations import ETAG, Gives, Resource
from api.versions import expected_version
from engine.acts.correct_payment import cancel_payment, correct_payment
from engine.acts.open_charge import open_charge
from engine.acts.refunds import order_refund
from engine.acts.settle_fee import settle_fee
from engine.acts.settle_refund import settle_refund
from engine.dossier.case import read_case
from engine.queries.dossier import fees_of as owed_on
from server.answer import Answer
from server.identity import Access, reading

fees = Resource("fees", __name__, description="Fees, in đồng.")


@fees.operation(
    "GET",
    "/dossiers/<code>/fees",
    access=Access.STAFF,
    gives=Gives(shape=shapes.Fees, headers=ETAG, description="Each fee, the sums, and the ledger of what was paid."),
    refuses=(404,),
)
def fees_of(code: str) -> Answer:
    """List the fees of a dossier"""
    with reading() as uow:
        case = read_case(uow, code, along=("fees", "ledger"))
        items = [dossier_json.fee(owed) for owed in owed_on(case)]
        return answer({"items": items, **dossier_json.money(case.money())}, ETag=etag(case.row["version"]))


@fees.operation(
    "PUT",
    "/dossiers/<code>/fees/<key>",
    access=Access.STAFF,
    body=bodies.SettleFee,
    gives=STANDS,
    refuses=(403, 404, 409),
    if_match=True,
    key="optional",
)
def settle(code: str, key: str, body: dict[str, Any]) -> Answer:
    """Record that a fee was paid, or waived with its legal ground as `receipt`

    `vnd` is the amount that came in; without it, all that is due.
    """
    version = expected_version()
    return act("settle_fee", lambda uow: settle_fee(uow, code, key, version=version, **body))


@fees.operation(
    "POST",
    "/dossiers/<code>/refunds",
    access=Access.STAFF,
    body=bodies.SettleRefund,
    gives=STANDS,
    refuses=(403, 404, 409),
    if_match=True,
    key="optional",
)
def refund(code: str, body: dict[str, Any]) -> Answer:
    """Record that what was paid too much was paid back

    `vnd` is the amount; without it, all that was paid too much.
    """
    version = expected_version()
    return act("settle_refund", lambda uow: settle_refund(uow, code, version=version, **body))


@fees.operation(
    "POST",
    "/dossiers/<code>/fee-corrections",
    access=Access.STAFF,
    body=bodies.CorrectPayment,
    gives=STANDS,
    refuses=(403, 404, 409),
    if_match=True,
    key="optional",
)
def correct(code: str, body: dict[str, Any]) -> Answer:
    """Correct method, receipt number or amount of an entry of the ledger, by a compensating entry"""
    version = expected_version()
    return act("correct_payment", lambda uow: correct_payment(uow, code, version=version, **body))


@fees.operation(
    "POST",
    "/dossiers/<code>/fee-cancellations",
    access=Access.STAFF,
    body=bodies.CancelPayment,
    gives=STANDS,
    refuses=(403, 404, 409),
    if_match=True,
    key="optional",
)
def cancel(code: str, body: dict[str, Any]) -> Answer:
    """Take back a payment, a waiver or a refund that was entered by mistake"""
    version = expected_version()
    return act("cancel_payment", lambda uow: cancel_payment(uow, code, version=version, **body))


@fees.operation(
    "POST",
    "/dossiers/<code>/charges",
    access=Access.STAFF,
    body=bodies.Empty,
    body_optional=True,
    gives=STANDS,
    refuses=(403, 404, 409),
    key="optional",
)
def charge(code: str, body: dict[str, Any]) -> Answer:
    """Ask for all that is due now by transfer, under a reference of its own"""
    return act("open_charge", lambda uow: open_charge(uow, code))


@fees.operation(
    "POST",
    "/dossiers/<code>/gateway-refunds",
    access=Access.STAFF,
    body=bodies.Empty,
    body_optional=True,
    gives=STANDS,
    refuses=(403, 404, 409),
    if_match=True,
    key="optional",
)
def refund_by_gateway(code: str, body: dict[str, Any]) -> Answer:
    """Order at the payment gateway what is owed back and came by it"""
    version = expected_version()
    return act("order_refund", lambda uow: order_refund(uow, code, version))
