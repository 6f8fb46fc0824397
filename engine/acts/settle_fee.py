"""The act ``settle_fee``: records that a fee was paid or waived, whole or in part."""

from __future__ import annotations

from engine.dossier.case import Case, lock_case, read_case
from engine.dossier.charge import enter
from engine.dossier.fee_names import fee_name
from engine.dossier.receipts import numbered
from engine.dossier.record import record
from engine.dossier.rights import must_may
from engine.errors import Conflict, NotFound, wrong
from engine.rules.procedure.balance import WAIVED, EntryKind, NewEntry
from engine.rules.procedure.definition import PAYMENT_METHODS
from engine.transaction import UnitOfWork


class FeeSettled(Conflict):
    """Nothing of the fee is due: it is paid or waived already."""

    code = "fee-settled"
    vi = "Khoản “{fee_vi}” đã được nộp lúc {when}."
    en = "“{fee_en}” was settled at {when}."


def settle_fee(
    unit: UnitOfWork,
    code: str,
    key: str,
    method: str,
    receipt: str | None = None,
    version: int | None = None,
    vnd: int | None = None,
) -> Case:
    """Records that what is due of a fee was paid, or waived (with the legal ground as ``receipt``).

    ``vnd`` is a part of what is due, in đồng. A payment without a number of its own gets one from the office's book,
    where the installation numbers receipts. Raises NotFound, Stale, Forbidden, InvalidInput, FeeSettled.
    """
    case = _opened(unit, code, version, receipt)
    must_may(case, "waive_fee" if method == "waived" else "settle_fee")
    if method not in PAYMENT_METHODS:
        raise wrong(
            "method", f"phải là một trong: {', '.join(PAYMENT_METHODS)}", f"must be one of {', '.join(PAYMENT_METHODS)}"
        )
    if method == WAIVED and not (receipt or "").strip():
        raise wrong("receipt", "miễn phí, lệ phí phải ghi căn cứ pháp lý", "waiving a fee needs its legal ground")
    fee = case.money().of(key)
    if fee is None:
        raise NotFound(what=f"fee {key}")
    if fee.settled_at is not None:
        name = fee_name(case.release, key)
        raise FeeSettled(fee_vi=name.vi, fee_en=name.en, when=fee.settled_at)
    amount = fee.due if vnd is None else vnd
    if not min(fee.due, 1) <= amount <= fee.due:
        most = fee.due
        raise wrong("vnd", f"phải từ 1 đến {most} đồng còn phải nộp", f"must be 1 to {most}, what is due in đồng")
    kind: EntryKind = "waiver" if method == WAIVED else "payment"
    if kind == "payment":
        receipt = numbered(case, receipt, amount)
    enter(case, [NewEntry(key=key, kind=kind, vnd=amount, method=method, receipt=receipt)])
    record(case, "settle_fee", data={"fee": key, "vnd": amount, "method": method, "receipt": receipt})
    case.forget()
    return case


def _opened(unit: UnitOfWork, code: str, version: int | None, receipt: str | None) -> Case:
    """The dossier; locked where a number of the book will be taken, as everybody takes these two in this order."""
    if unit.settings.payments.receipt_numbers and not (receipt or "").strip():
        return lock_case(unit, code, version)
    return read_case(unit, code, version, along=("fees", "ledger"))
