"""The act ``receive_payment``: money came in, told by the gateway or a bank file. It is taken once, whoever tells it.

Whatever the verdict (``engine.rules.payments.verdict``), the money is written down: in the ledger of its dossier, where
what nobody owes is owed back at once, or in the queue of those that nobody can place yet.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import Row, func, insert, select, update

from engine.dossier.case import Case, lock_case_told_of
from engine.dossier.charge import enter
from engine.dossier.notices import payment_rows
from engine.dossier.payable import ended_without_result
from engine.dossier.receipts import take_receipt
from engine.dossier.record import record, send
from engine.errors import Conflict
from engine.rules.payments.reference import numbers_of, references_in
from engine.rules.payments.verdict import Outcome, Verdict, judged
from engine.rules.payments.wire import Paid
from engine.rules.procedure.balance import SURPLUS, NewEntry
from engine.rules.procedure.portal_status import PortalStatus
from engine.store.payments import charges, incoming_payments
from engine.store.sql.insert_once import insert_once
from engine.transaction import UnitOfWork

log = structlog.get_logger("motcua.payments")
METHODS: Mapping[str, str] = {"gateway": "portal", "bank": "transfer"}
"""How the ledger calls money from each source."""
_Charge = Row[*tuple[Any, ...]]


class PaymentDiffers(Conflict):
    """A payment that was taken already is told again with another amount or reference."""

    code = "payment-differs"
    vi = "Giao dịch {key} đã được ghi với {before} đồng; thông báo mới nói {vnd} đồng. Không ghi lại; hãy đối soát."
    en = "Payment {key} is on record with {before} đồng; the new message says {vnd}. Nothing was changed; reconcile it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What became of a payment; ``again``: it was taken before, and nothing was written now."""

    id: int
    outcome: Outcome
    dossier_id: int | None
    again: bool


def receive_payment(unit: UnitOfWork, source: str, paid: Paid) -> Received:
    """Takes money of a ``source`` (``gateway``, ``bank``). Raises PaymentDiffers."""
    if (known := _known(unit, source, paid)) is not None:
        return known
    named = references_in(paid.reference)
    numbers = numbers_of(named[0]) if len(named) == 1 else None
    charge = _charge(unit, *numbers) if numbers else None
    if charge is None:
        return _queued(unit, source, paid, "unknown")
    case = lock_case_told_of(unit, charge.dossier_id)
    if (known := _known(unit, source, paid)) is not None:  # told twice at once: the first one held the lock
        return known
    if case.row["source"] is not None:
        return _queued(unit, source, paid, "elsewhere")
    row = _row(unit, source, paid) | {"reference": charge.reference}
    return settle_charge(case, charge, row)


def settle_charge(case: Case, charge: _Charge, row: Mapping[str, Any], *, payment_id: int | None = None) -> Received:
    """Enters a payment for a charge of a locked dossier. ``payment_id``: it waited in the queue under this id."""
    connection = case.unit.begin()
    mine = (incoming_payments.c.dossier_id == case.id, incoming_payments.c.charge == charge.number)
    before = int(
        connection.execute(select(func.coalesce(func.sum(incoming_payments.c.vnd), 0)).where(*mine)).scalar_one()
    )
    verdict = _verdict(case, charge, row["vnd"], before)
    receipt = str(take_receipt(case, row["vnd"]))
    method = METHODS[row["source"]]
    parts = dict(verdict.parts) | ({SURPLUS: verdict.surplus} if verdict.surplus else {})
    enter(
        case, [NewEntry(key=key, kind="payment", vnd=vnd, method=method, receipt=receipt) for key, vnd in parts.items()]
    )
    told = {"source": row["source"], "key": row["key"], "charge": charge.number, "vnd": row["vnd"], "fees": parts}
    journal = record(case, "receive_payment", data=told | {"outcome": verdict.outcome, "receipt": receipt})
    send(case.unit, payment_rows(case, journal, row["vnd"], receipt))
    case.forget()
    if before + row["vnd"] >= charge.vnd:
        this = (charges.c.dossier_id == case.id, charges.c.number == charge.number)
        case.unit.begin().execute(update(charges).where(*this).values(status="paid"))
    entered = {
        "outcome": verdict.outcome,
        "dossier_id": case.id,
        "charge": charge.number,
        "journal": journal,
        "surplus": verdict.surplus,
        "text": None,
    }
    connection = case.unit.begin()
    if payment_id is None:
        found = connection.execute(
            insert(incoming_payments).values(dict(row) | entered).returning(incoming_payments.c.id)
        )
        payment_id = int(found.scalar_one())
    else:
        connection.execute(update(incoming_payments).where(incoming_payments.c.id == payment_id).values(entered))
    return Received(id=payment_id, outcome=verdict.outcome, dossier_id=case.id, again=False)


def _verdict(case: Case, charge: _Charge, vnd: int, before: int) -> Verdict:
    """What the payment is. What was asked for after the dossier had ended is not late."""
    money = case.money()
    due = {key: fee.due if (fee := money.of(key)) else 0 for key in charge.parts}
    ended = ended_without_result(case) and charge.opened_at <= case.row["entered_at"]
    returned = PortalStatus(case.row["portal"]) is PortalStatus.RETURNED and not sum(due.values())
    return judged(vnd, charge.vnd, before, due, ended=ended or returned or bool(case.row.get("cancelled_at")))


def _known(unit: UnitOfWork, source: str, paid: Paid) -> Received | None:
    c = incoming_payments.c
    row = unit.begin().execute(select(incoming_payments).where(c.source == source, c.key == paid.key)).one_or_none()
    if row is None:
        return None
    if row.vnd != paid.vnd:
        raise PaymentDiffers(key=paid.key[:60], before=row.vnd, vnd=paid.vnd)
    return Received(id=row.id, outcome=row.outcome, dossier_id=row.dossier_id, again=True)


def _charge(unit: UnitOfWork, dossier_id: int, number: int) -> _Charge | None:
    mine = (charges.c.dossier_id == dossier_id, charges.c.number == number)
    return unit.begin().execute(select(charges).where(*mine)).one_or_none()


def _row(unit: UnitOfWork, source: str, paid: Paid) -> dict[str, Any]:
    at: dt.datetime = paid.at
    return {"source": source, "key": paid.key, "vnd": paid.vnd, "paid_at": at, "received_at": unit.now}


def _queued(unit: UnitOfWork, source: str, paid: Paid, outcome: Outcome) -> Received:
    """Keeps a payment that nobody can place yet, with the payer's words. Of two tellers at once one writes it."""
    row = _row(unit, source, paid) | {"outcome": outcome, "text": paid.reference[:200], "surplus": 0}
    if insert_once(unit.begin(), incoming_payments, row):
        unit.after_commit.append(lambda: log.warning("payment-not-placed", source=source, outcome=outcome))
    known = _known(unit, source, paid)
    if known is None:
        raise LookupError(paid.key)
    return known
