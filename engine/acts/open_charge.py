"""The act ``open_charge``: asks for what is due now by transfer, under a reference of its own."""

from __future__ import annotations

from sqlalchemy import insert, update

from engine.dossier.case import Case, lock_case
from engine.dossier.payable import charges_of, is_current, payable, receiving_account
from engine.dossier.record import record
from engine.dossier.rights import must_may
from engine.errors import Conflict
from engine.rules.payments.accounts import Account
from engine.rules.payments.reference import MOST_CHARGES, reference_of
from engine.store.payments import charges
from engine.transaction import UnitOfWork


class NothingToPay(Conflict):
    """Nothing is due now."""

    code = "nothing-to-pay"
    vi = "Hồ sơ {dossier} hiện không có khoản nào phải nộp."
    en = "Dossier {dossier} has nothing to pay now."


class NoAccount(Conflict):
    """The office names no account that receives transfers today."""

    code = "no-account"
    vi = "Cơ quan {office} chưa nhận chuyển khoản: chưa khai báo tài khoản. Hãy nộp tại quầy."
    en = "The office {office} takes no transfers: it has no account on record. Pay at the counter."


class TooManyCharges(Conflict):
    """A dossier has as many charges as references can tell apart."""

    code = "too-many-charges"
    vi = "Hồ sơ {dossier} đã có {most} yêu cầu nộp tiền. Hãy nộp tại quầy."
    en = "Dossier {dossier} has {most} charges already. Pay at the counter."


def open_charge(unit: UnitOfWork, code: str) -> Case:
    """Opens a charge of all that is due now; one that asks for the same already stays, and nothing is written.

    An open charge that asks for something else is replaced; money that names it still finds the dossier. Raises
    NotFound, Forbidden, Ended, NothingToPay, NoAccount, TooManyCharges.
    """
    case = lock_case(unit, code)
    if unit.actor.kind != "citizen":  # whose link opens this dossier only
        must_may(case, "settle_fee")
    parts, account = must_be_payable(case)
    known = charges_of(unit.begin(), case.id)
    if any(is_current(one, parts, account) for one in known):
        return case
    number = len(known) + 1
    if number > MOST_CHARGES:
        raise TooManyCharges(dossier=case.code, most=MOST_CHARGES)
    vnd, asked = sum(parts.values()), unit.runtime.gateway is not None
    row = {
        "dossier_id": case.id,
        "number": number,
        "reference": reference_of(case.id, number),
        "office": case.counter,
        "vnd": vnd,
        "parts": parts,
        "bin": account.bin,
        "account": account.number,
        "holder": account.holder,
        "bank": account.bank,
        "opened_at": unit.now,
        "opened_by": unit.actor.person_id,
        "status": "open",
        "gateway": "waiting" if asked else "none",
        "attempts": 0,
        "next_at": unit.now if asked else None,
    }
    mine = charges.c.dossier_id == case.id
    unit.begin().execute(update(charges).where(mine, charges.c.status == "open").values(status="replaced"))
    unit.begin().execute(insert(charges).values(row))
    record(case, "open_charge", data={"charge": number, "vnd": vnd, "fees": parts})
    return case


def must_be_payable(case: Case) -> tuple[dict[str, int], Account]:
    """What is due now, đồng by fee, and the account that receives it. Raises NothingToPay, NoAccount."""
    parts, account = payable(case), receiving_account(case)
    if not parts:
        raise NothingToPay(dossier=case.code)
    if account is None:
        raise NoAccount(office=case.counter)
    return parts, account
