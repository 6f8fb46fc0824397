"""The acts ``correct_payment`` and ``cancel_payment``: compensating entries in the ledger of a dossier's fees.

An entry is never changed. A correction takes it back by a reversal and enters what is right; a cancellation only takes
it back: a payment that never came in, a waiver without ground, a refund that was not paid out.
"""

from __future__ import annotations

from typing import Any

from engine.dossier.case import Case, read_case
from engine.dossier.charge import enter
from engine.dossier.receipts import cancel_receipt, must_be_of_paper, take_receipt
from engine.dossier.record import record
from engine.dossier.rights import must_may
from engine.errors import Conflict, NotFound, wrong
from engine.rules.procedure.balance import WAIVED, LedgerEntry, NewEntry
from engine.rules.procedure.definition import PAYMENT_METHODS
from engine.store.receipts import receipt_number
from engine.transaction import UnitOfWork

MOST_VND = 10_000_000_000


class AlreadyTakenBack(Conflict):
    """The entry is a reversal, or one takes it back already."""

    code = "entry-taken-back"
    vi = "Bút toán {number} đã được điều chỉnh hoặc hủy. Hãy dùng bút toán mới nhất."
    en = "Entry {number} was corrected or cancelled already. Use the entry that replaced it."


class RefundedAlready(Conflict):
    """More was paid back than would have been paid."""

    code = "refunded-already"
    vi = "Đã hoàn trả {refunded} đồng: hãy hủy khoản hoàn trả trước khi giảm số đã nộp."
    en = "{refunded} đồng were paid back: cancel the refund before the payment is lowered."


def correct_payment(
    unit: UnitOfWork,
    code: str,
    number: int,
    reason: str,
    *,
    method: str | None = None,
    receipt: str | None = None,
    vnd: int | None = None,
    version: int | None = None,
) -> Case:
    """Corrects the method, the receipt number or the amount (đồng) of the ledger's entry ``number``; None keeps it.

    Of a waiver only the legal ground can be corrected, of a refund not the amount: cancel it instead. Raises NotFound,
    Stale, Forbidden, InvalidInput, AlreadyTakenBack, RefundedAlready.
    """
    case, entry = _opened(unit, code, number, reason, version)
    _check(entry, method, receipt, vnd)
    new = NewEntry(
        key=entry.key,
        kind=entry.kind,
        vnd=vnd or entry.vnd,
        method=method or entry.method,
        receipt=_receipt(case, entry, receipt, vnd or entry.vnd),
        corrects=entry.number,
    )
    before, after = _told(entry), _told(new)
    if before == after:
        raise wrong("receipt", "không có gì thay đổi", "nothing would change")
    _enter(case, entry, [new])
    data = {"corrects": number, "fee": entry.key, "from": before, "to": after}
    record(case, "correct_payment", data=data, private={"reason": reason})
    case.forget()
    return case


def cancel_payment(unit: UnitOfWork, code: str, number: int, reason: str, version: int | None = None) -> Case:
    """Takes back the ledger's entry ``number``: a payment, a waiver or a refund. What it settled is due again.

    Raises NotFound, Stale, Forbidden, InvalidInput, AlreadyTakenBack, RefundedAlready.
    """
    case, entry = _opened(unit, code, number, reason, version)
    cancel_receipt(case, entry.receipt)
    _enter(case, entry, [])
    data = {"cancels": number, "fee": entry.key, "kind": entry.kind, "vnd": entry.vnd, "method": entry.method}
    record(case, "cancel_payment", data=data, private={"reason": reason})
    case.forget()
    return case


def _opened(unit: UnitOfWork, code: str, number: int, reason: str, version: int | None) -> tuple[Case, LedgerEntry]:
    case = read_case(unit, code, version, along=("fees", "ledger"))
    must_may(case, "settle_fee")
    if not reason.strip():
        raise wrong("reason", "phải ghi lý do điều chỉnh", "say why this is corrected")
    enter(case, [])  # what an earlier version of the program settled gets its number
    money = case.money()
    if not any(entry.number == number for entry in money.ledger):
        raise NotFound(what=f"ledger entry {number}")
    entry = money.standing(number)
    if entry is None:
        raise AlreadyTakenBack(number=number)
    return case, entry


def _receipt(case: Case, entry: LedgerEntry, given: str | None, vnd: int) -> str | None:
    """The number of the receipt after the correction. One of the book that says another amount now is cancelled, and
    the next number takes its place."""
    if given is not None:
        must_be_of_paper(given)
    if receipt_number(entry.receipt) is None or (given is None and vnd == entry.vnd):
        return given or entry.receipt
    cancel_receipt(case, entry.receipt)
    return given or str(take_receipt(case, vnd, place=2))


def _check(entry: LedgerEntry, method: str | None, receipt: str | None, vnd: int | None) -> None:
    methods = [WAIVED] if entry.kind == "waiver" else [one for one in PAYMENT_METHODS if one != WAIVED]
    if method is not None and method not in methods:
        raise wrong("method", f"phải là một trong: {', '.join(methods)}", f"must be one of {', '.join(methods)}")
    if vnd is not None and entry.kind != "payment":
        raise wrong(
            "vnd",
            "chỉ sửa được số tiền đã nộp; hãy hủy bút toán rồi ghi lại",
            "only the amount of a payment can be corrected; cancel the entry and enter it again",
        )
    if vnd is not None and not 1 <= vnd <= MOST_VND:
        raise wrong("vnd", f"phải từ 1 đến {MOST_VND} đồng", f"must be 1 to {MOST_VND} đồng")
    if receipt is not None and not receipt.strip():
        raise wrong("receipt", "phải ghi số biên lai hoặc căn cứ", "give the receipt number or the legal ground")


def _told(entry: LedgerEntry | NewEntry) -> dict[str, Any]:
    return {"vnd": entry.vnd, "method": entry.method, "receipt": entry.receipt}


def _enter(case: Case, entry: LedgerEntry, instead: list[NewEntry]) -> None:
    """Enters the reversal of ``entry`` and what replaces it. Raises RefundedAlready."""
    back = NewEntry(
        key=entry.key,
        kind="reversal",
        vnd=-entry.vnd,
        method=entry.method,
        receipt=entry.receipt,
        corrects=entry.number,
    )
    enter(case, [back, *instead])
    money = case.money()
    if money.paid < 0:
        refunded = -sum(one.vnd for one in money.ledger if one.kind == "refund" and money.standing(one.number))
        raise RefundedAlready(refunded=refunded)
