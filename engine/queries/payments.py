"""How what is due can be paid from elsewhere, what came in that way, and what goes back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from engine.dossier.case import Case
from engine.dossier.fee_names import fee_name
from engine.dossier.payable import charges_of, is_current, payable, receiving_account
from engine.rules.payments.verdict import OUTCOMES
from engine.rules.payments.vietqr import transfer_text
from engine.store.payments import incoming_payments, refund_orders
from engine.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An open charge: ``text`` is what its QR code says; ``parts`` are the fees that it is for, with their đồng."""

    reference: str
    vnd: int
    bank: str
    account: str
    holder: str
    opened_at: dt.datetime
    parts: Sequence[tuple[Text, int]]
    text: str
    pay_at: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CameIn:
    """A payment that came in from elsewhere."""

    at: dt.datetime
    vnd: int
    outcome: str
    word: Text
    surplus: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GoesBack:
    """An order to pay back at the gateway: ``waiting``, ``done`` or ``refused``."""

    at: dt.datetime
    vnd: int
    status: str
    why: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentView:
    """``due`` is what is due now; ``possible`` says that the office takes transfers; ``asked`` is the open charge."""

    due: int
    possible: bool
    asked: Asked | None
    came_in: Sequence[CameIn]
    goes_back: Sequence[GoesBack]


def payment_of(case: Case) -> PaymentView:
    """How the dossier stands with payments from elsewhere."""
    parts, account = payable(case), receiving_account(case)
    known = charges_of(case.unit.reader(), case.id) if case.unit.runtime.accounts.all else ()
    current = next((one for one in known if account and is_current(one, parts, account)), None)
    asked = None
    if current is not None:
        asked = Asked(
            reference=current.reference,
            vnd=current.vnd,
            bank=current.bank,
            account=current.account,
            holder=current.holder,
            opened_at=current.opened_at,
            parts=tuple((fee_name(case.release, key), vnd) for key, vnd in sorted(current.parts.items())),
            text=transfer_text(current.bin, current.account, current.vnd, current.reference),
            pay_at=current.pay_at,
        )
    return PaymentView(
        due=sum(parts.values()),
        possible=bool(parts) and account is not None,
        asked=asked,
        came_in=_came_in(case) if known else (),
        goes_back=_goes_back(case) if known else (),
    )


def _came_in(case: Case) -> tuple[CameIn, ...]:
    c = incoming_payments.c
    rows = case.unit.reader().execute(select(incoming_payments).where(c.dossier_id == case.id).order_by(c.id)).all()
    return tuple(
        CameIn(at=row.paid_at, vnd=row.vnd, outcome=row.outcome, word=OUTCOMES[row.outcome], surplus=row.surplus)
        for row in rows
    )


def _goes_back(case: Case) -> tuple[GoesBack, ...]:
    c = refund_orders.c
    rows = case.unit.reader().execute(select(refund_orders).where(c.dossier_id == case.id).order_by(c.id)).all()
    return tuple(GoesBack(at=row.ordered_at, vnd=row.vnd, status=row.status, why=row.error) for row in rows)
