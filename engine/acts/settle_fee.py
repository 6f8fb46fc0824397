"""The act ``settle_fee``: records that a fee was paid or waived."""

from __future__ import annotations

from engine.dossier.case import Case, read_case
from engine.dossier.record import record
from engine.dossier.rights import must_may
from engine.errors import Conflict, NotFound, wrong
from engine.rules.procedure.definition import PAYMENT_METHODS
from engine.store.fees import fees
from engine.transaction import UnitOfWork


class FeeSettled(Conflict):
    """The fee is paid or waived already."""

    code = "fee-settled"
    vi = "Khoản “{fee_vi}” đã được nộp lúc {when}."
    en = "“{fee_en}” was settled at {when}."


def settle_fee(
    unit: UnitOfWork, code: str, key: str, method: str, receipt: str | None = None, version: int | None = None
) -> Case:
    """Records that a fee was paid, or waived (with the legal ground as ``receipt``).

    Raises NotFound, Stale, Forbidden, InvalidInput, FeeSettled.
    """
    case = read_case(unit, code, version, along=("fees",))
    must_may(case, "waive_fee" if method == "waived" else "settle_fee")
    if method not in PAYMENT_METHODS:
        raise wrong(
            "method", f"phải là một trong: {', '.join(PAYMENT_METHODS)}", f"must be one of {', '.join(PAYMENT_METHODS)}"
        )
    if method == "waived" and not (receipt or "").strip():
        raise wrong("receipt", "miễn phí, lệ phí phải ghi căn cứ pháp lý", "waiving a fee needs its legal ground")
    row = next((row for row in case.fees() if row["key"] == key), None)
    if row is None:
        raise NotFound(what=f"fee {key}")
    if row["settled_at"] is not None:
        name = case.release.fees[key].name
        raise FeeSettled(fee_vi=name.vi, fee_en=name.en, when=row["settled_at"])
    settled = {"settled_at": unit.now, "settled_by": unit.actor.person_id, "method": method, "receipt": receipt}
    unit.writes.update(fees, settled, {"dossier_id": case.id, "key": key})
    record(case, "settle_fee", data={"fee": key, "vnd": row["vnd"], "method": method, "receipt": receipt})
    case.forget()
    return case
