"""Doors to the acts on fees: collect, waive, pay back, correct, cancel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate

from engine.acts.correct_payment import cancel_payment, correct_payment
from engine.acts.open_charge import open_charge
from engine.acts.refunds import order_refund
from engine.acts.settle_fee import settle_fee
from engine.acts.settle_refund import REFUND_METHODS, settle_refund
from engine.dossier.case import Case
from engine.dossier.fee_names import fee_name
from engine.dossier.payable import payable
from engine.rules.procedure.balance import WAIVED, FeeBalance, LedgerEntry
from engine.rules.procedure.definition import PAYMENT_METHODS
from engine.text import Text
from server.values import Dong, Line, Prose, WholeInQuery
from web.desk.dossier.doors import Door, DoorForm, Input, Option, reason

METHODS: Mapping[str, Text] = {
    "cash": Text("tiền mặt", "cash"),
    "transfer": Text("chuyển khoản", "bank transfer"),
    "card": Text("thẻ", "card"),
    "portal": Text("qua cổng dịch vụ công", "through the portal"),
    "waived": Text("miễn (ghi căn cứ)", "waived (give the ground)"),
}
LEDGER: Mapping[str, Text] = {
    "payment": Text("thu", "payment"),
    "waiver": Text("miễn", "waiver"),
    "refund": Text("hoàn trả", "refund"),
    "reversal": Text("đảo", "reversal"),
    "move": Text("chuyển", "moved"),
}
_AMOUNT = Text("Số tiền (đồng)", "Amount (đồng)")


class _Settle(DoorForm):
    method = fields.String(required=True, validate=validate.OneOf(REFUND_METHODS))
    receipt = Line(100, load_default=None)
    vnd = Dong(load_default=None)


class _Waive(DoorForm):
    receipt = Line(100, required=True)
    vnd = Dong(load_default=None)


class _Correct(DoorForm):
    number = WholeInQuery(1, required=True)
    reason = Prose(required=True)
    method = fields.String(load_default=None, validate=validate.OneOf(PAYMENT_METHODS))
    receipt = Line(100, load_default=None)
    vnd = Dong(load_default=None)


class _Cancel(DoorForm):
    number = WholeInQuery(1, required=True)
    reason = Prose(required=True)


def _methods(known: tuple[str, ...]) -> tuple[Option, ...]:
    return tuple((one, METHODS[one]) for one in known)


def _fee(case: Case, key: str) -> FeeBalance | None:
    return case.money().of(key)


def _about(case: Case, path: Mapping[str, Any]) -> Input:
    """The fee that a form is about, with what is due of it, as its heading."""
    fee, name = _fee(case, path["key"]), fee_name(case.release, path["key"])
    due = fee.due if fee else 0
    heading = Text(f"{name.vi}: còn phải nộp {due:,} đ".replace(",", "."), f"{name.en}: {due:,} đ due")
    return Input(name="about", label=heading, kind="heading")


def _waive(case: Case, path: Mapping[str, Any]) -> tuple[Input, ...]:
    part = Text("để trống: miễn hết số còn phải nộp", "left empty: all that is due")
    return (
        _about(case, path),
        Input(name="receipt", label=Text("Căn cứ pháp lý", "Legal ground"), required=True),
        Input(name="vnd", label=_AMOUNT, kind="amount", hint=part),
    )


def _settle(case: Case, path: Mapping[str, Any]) -> tuple[Input, ...]:
    part = Text("để trống: thu đủ số còn phải nộp", "left empty: all that is due")
    return (
        _about(case, path),
        Input(
            name="method",
            label=Text("Cách nộp", "Method"),
            kind="choice",
            required=True,
            options=_methods(tuple(REFUND_METHODS)),
        ),
        Input(name="receipt", label=Text("Số biên lai", "Receipt number")),
        Input(name="vnd", label=_AMOUNT, kind="amount", hint=part),
    )


def _why_settled(case: Case, path: Mapping[str, Any]) -> Text | None:
    fee = _fee(case, path["key"])
    if fee is not None and fee.due:
        return None
    return Text("không còn khoản nào phải nộp", "nothing of it is due")


def _refund(case: Case, path: Mapping[str, Any]) -> tuple[Input, ...]:
    return (
        Input(name="method", label=Text("Cách hoàn", "Method"), kind="choice", options=_methods(tuple(REFUND_METHODS))),
        Input(name="receipt", label=Text("Số phiếu chi", "Number of the paper")),
        Input(name="vnd", label=_AMOUNT, kind="amount", hint=Text("để trống: hoàn hết", "left empty: all of it")),
    )


def _asked(case: Case) -> Input:
    vnd = sum(payable(case).values())
    heading = Text(f"Yêu cầu chuyển khoản {vnd:,} đ".replace(",", "."), f"Ask for a transfer of {vnd:,} đ")
    return Input(name="about", label=heading, kind="heading")


def _owed_back(case: Case) -> Input:
    vnd = case.money().refund
    heading = Text(f"Phải hoàn trả {vnd:,} đ".replace(",", "."), f"{vnd:,} đ are owed back")
    return Input(name="about", label=heading, kind="heading")


def standing_entries(case: Case) -> tuple[LedgerEntry, ...]:
    """The entries of the ledger that can be corrected or cancelled."""
    money = case.money()
    return tuple(one for one in money.ledger if money.standing(one.number) is not None and one.kind in _CORRECTED)


_CORRECTED = ("payment", "waiver", "refund")


def _entries(case: Case) -> Input:
    told: tuple[Option, ...] = tuple((str(one.number), _entry(case, one)) for one in standing_entries(case))
    return Input(name="number", label=Text("Bút toán", "Entry"), kind="choice", required=True, options=told)


def _entry(case: Case, one: LedgerEntry) -> Text:
    kind, name = LEDGER.get(one.kind, Text(one.kind, one.kind)), fee_name(case.release, one.key)
    vnd = abs(one.vnd)
    return Text(
        f"{one.number}. {kind.vi} {vnd:,} đ – {name.vi}".replace(",", "."),
        f"{one.number}. {kind.en} {vnd:,} đ – {name.en}",
    )


def _why_no_entries(case: Case, path: Mapping[str, Any]) -> Text | None:
    return None if standing_entries(case) else Text("chưa có bút toán nào", "the ledger has no entry")


def _correct(case: Case, path: Mapping[str, Any]) -> tuple[Input, ...]:
    same = Text("để trống: giữ nguyên", "left empty: as it is")
    keep: Option = ("", Text("giữ nguyên", "as it is"))
    return (
        _entries(case),
        Input(
            name="method", label=Text("Cách nộp", "Method"), kind="choice", options=(keep, *_methods(PAYMENT_METHODS))
        ),
        Input(name="receipt", label=Text("Biên lai hoặc căn cứ", "Receipt or ground"), hint=same),
        Input(name="vnd", label=_AMOUNT, kind="amount", hint=same),
        reason(Text("Lý do điều chỉnh", "Why it is corrected")),
    )


def _settled(form: Mapping[str, Any]) -> dict[str, Any]:
    return {name: form[name] for name in ("method", "receipt", "vnd")}


MONEY = (
    Door(
        name="fee",
        noun="fees/<key>",
        tail="/<key>",
        title=Text("Thu phí, lệ phí", "Collect a fee"),
        sign="money",
        guard="settle_fee",
        why=_why_settled,
        schema=_Settle,
        inputs=_settle,
        doing=lambda unit, to: settle_fee(unit, to.code, to.path["key"], version=to.version, **_settled(to.form)),
        done=Text("Đã ghi khoản thu.", "The fee is settled."),
        menu=False,
    ),
    Door(
        name="waive",
        noun="fees/<key>/waiver",
        tail="/<key>",
        title=Text("Miễn phí, lệ phí", "Waive a fee"),
        sign="money",
        guard="waive_fee",
        why=_why_settled,
        schema=_Waive,
        inputs=_waive,
        doing=lambda unit, to: settle_fee(
            unit, to.code, to.path["key"], WAIVED, to.form["receipt"], version=to.version, vnd=to.form["vnd"]
        ),
        done=Text("Đã ghi miễn.", "The fee is waived."),
        menu=False,
        step_up=True,
    ),
    Door(
        name="refund",
        noun="refunds",
        title=Text("Hoàn trả tiền nộp thừa", "Pay back what was paid too much"),
        sign="money",
        guard="settle_refund",
        schema=_Settle,
        inputs=_refund,
        doing=lambda unit, to: settle_refund(unit, to.code, version=to.version, **_settled(to.form)),
        done=Text("Đã ghi khoản hoàn trả.", "The refund is recorded."),
    ),
    Door(
        name="charge",
        noun="charges",
        title=Text("Thông báo nộp phí có mã QR", "Notice of fees with a QR code"),
        sign="money",
        guard="open_charge",
        schema=DoorForm,
        inputs=lambda case, path: (_asked(case),),
        doing=lambda unit, to: open_charge(unit, to.code),
        done=Text("Đã có mã QR để nộp phí.", "Here is the QR code for the fees."),
        onward=lambda case: f"/ho-so/{case.code}/thong-bao-phi",
        loose=True,
    ),
    Door(
        name="refund-online",
        noun="gateway-refunds",
        title=Text("Hoàn tiền qua cổng thanh toán", "Pay back through the payment gateway"),
        sign="money",
        guard="order_refund",
        schema=DoorForm,
        inputs=lambda case, path: (_owed_back(case),),
        doing=lambda unit, to: order_refund(unit, to.code, to.version),
        done=Text("Đã gửi yêu cầu hoàn tiền tới cổng thanh toán.", "The refund is ordered at the gateway."),
    ),
    Door(
        name="correct-fee",
        noun="fee-corrections",
        title=Text("Điều chỉnh khoản đã thu", "Correct a payment"),
        sign="money",
        guard="settle_fee",
        why=_why_no_entries,
        schema=_Correct,
        inputs=_correct,
        doing=lambda unit, to: correct_payment(
            unit, to.code, to.form["number"], to.form["reason"], version=to.version, **_settled(to.form)
        ),
        done=Text("Đã điều chỉnh bằng bút toán mới.", "Corrected by a new entry."),
    ),
    Door(
        name="cancel-fee",
        noun="fee-cancellations",
        title=Text("Hủy bút toán đã ghi", "Cancel a payment, waiver or refund"),
        sign="money",
        guard="settle_fee",
        why=_why_no_entries,
        schema=_Cancel,
        inputs=lambda case, path: (_entries(case), reason(Text("Lý do hủy", "Why it is cancelled"))),
        doing=lambda unit, to: cancel_payment(unit, to.code, to.form["number"], to.form["reason"], version=to.version),
        done=Text("Đã hủy bút toán.", "The entry is cancelled."),
    ),
)
