"""The acts on payments from elsewhere, ready to be killed in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from engine.acts.open_charge import open_charge
from engine.acts.receive_payment import receive_payment
from engine.acts.reconcile import close_line, keep_statement, place_line, place_payment, settle_line
from engine.acts.refunds import conclude_refund, order_refund
from engine.acts.settle_refund import NothingToRefund
from engine.acts.work_payments import work_payments
from engine.connection_ports import Ordered, RefundAnswer
from engine.rules.payments.reference import reference_of
from engine.rules.payments.statement import BankLine, Statement
from engine.rules.payments.wire import Paid
from engine.store.payments import bank_lines, charges, incoming_payments, refund_orders
from engine.store.staff_journal import staff_journal
from engine.transaction import in_transaction
from tests.faults.crash_stage import Deed, Errand, Stage, Story
from tests.installation.payments import NUMBER, taking_payments
from tests.installation.world import LONG_KHANH

AT = dt.datetime(2026, 3, 2, 5, tzinfo=dt.UTC)
WHY = "Đã hỏi người nộp."


def _line(key: str, reference: str | None = None) -> BankLine:
    text = None if reference else "ủng hộ"
    return BankLine(line=2, account=NUMBER, key=key, day=AT.date(), vnd=54_000, reference=reference, text=text)


class _Gateway:
    """A gateway that is connected and not asked."""

    def __getattr__(self, name: str) -> object:
        raise AssertionError(name)


def _ready(stage: Stage) -> None:
    for one in (stage.world, stage.doomed):
        one.runtime = taking_payments(one.runtime, LONG_KHANH, gateway=_Gateway())  # type: ignore[arg-type]  # a stand-in


def _charged(stage: Stage) -> tuple[str, str]:
    _ready(stage)
    code = stage.world.land_at("accepted")
    stage.world.try_act("counter", open_charge, code)
    return code, reference_of(stage.world.row(code)["id"], 1)


def _opened(stage: Stage) -> Deed:
    _ready(stage)
    code = stage.world.land_at("accepted")
    return Deed(stage.direct(open_charge, code, who=stage.world.actor("counter")), stage.rows(charges))


def _came(stage: Stage) -> Deed:
    _, reference = _charged(stage)
    paid = Paid(key="came", reference=reference, vnd=54_000, at=AT)
    return Deed(stage.direct(receive_payment, "gateway", paid), stage.rows(incoming_payments))


def _owed_back(stage: Stage) -> str:
    code, reference = _charged(stage)
    for key in (f"{code}-1", f"{code}-2"):
        paid = Paid(key=key, reference=reference, vnd=54_000, at=AT)
        stage.world.try_act("system", receive_payment, "gateway", paid)
    return code


def _ordered(stage: Stage) -> Deed:
    code = _owed_back(stage)
    version = stage.world.row(code)["version"]
    run = stage.direct(order_refund, code, version, who=stage.world.actor("counter"))
    return Deed(run, stage.rows(refund_orders))


def _concluded(stage: Stage) -> Deed:
    code = _owed_back(stage)
    stage.world.try_act("counter", order_refund, code)
    with stage.world.reading() as connection:
        order = connection.execute(select(func.max(refund_orders.c.id))).scalar_one()
    run = stage.direct(conclude_refund, order, RefundAnswer("done", "RF1"))
    return Deed(run, stage.entries(code, "conclude_refund"))


def _statement(*lines: BankLine) -> Statement:
    return Statement(lines=lines, doubled=(), faults=())


def _kept(stage: Stage) -> Deed:
    _ready(stage)
    run = stage.direct(keep_statement, "a.csv", b"a", _statement(_line("kept")), who=stage.world.actor("admin"))
    return Deed(run, stage.rows(bank_lines))


def _with_line(stage: Stage, line: BankLine) -> None:
    stage.world.try_act("admin", keep_statement, "a.csv", line.key.encode(), _statement(line))


def _settled(stage: Stage) -> Deed:
    _, reference = _charged(stage)
    _with_line(stage, _line("settled", reference))
    run = stage.direct(settle_line, NUMBER, "settled", who=stage.world.actor("admin"))
    return Deed(run, stage.rows(incoming_payments))


def _placed(stage: Stage) -> Deed:
    code, _ = _charged(stage)
    _with_line(stage, _line("placed"))
    run = stage.direct(place_line, NUMBER, "placed", code, WHY, who=stage.world.actor("admin"))
    return Deed(run, stage.rows(incoming_payments))


def _placed_from_queue(stage: Stage) -> Deed:
    code, _ = _charged(stage)
    got = stage.world.try_act(
        "system", receive_payment, "gateway", Paid(key="queued", reference="x", vnd=54_000, at=AT)
    )
    run = stage.direct(place_payment, got.id, code, WHY, who=stage.world.actor("admin"))
    return Deed(run, stage.entries(code, "receive_payment"))


def _closed(stage: Stage) -> Deed:
    _ready(stage)
    _with_line(stage, _line("closed"))
    run = stage.direct(close_line, NUMBER, "closed", WHY, who=stage.world.actor("admin"))
    return Deed(run, stage.rows(staff_journal, act="close-line"))


def _story(act: str, prepare: Callable[[Stage], Deed], *more: str) -> Story:
    return Story({act, *more}, prepare)


STORIES_OF_PAYMENTS: Mapping[str, Story] = {
    "asking for a transfer": _story("open_charge.open_charge", _opened),
    "a transfer that comes": _story("receive_payment.receive_payment", _came),
    "ordering a refund": _story("refunds.order_refund", _ordered),
    "the outcome of a refund": _story("refunds.conclude_refund", _concluded),
    "keeping a bank file": _story("reconcile.keep_statement", _kept),
    "settling a line of the bank": _story("reconcile.settle_line", _settled),
    "placing a line of the bank": _story("reconcile.place_line", _placed),
    "placing a payment of the queue": _story(
        "reconcile.place_payment", _placed_from_queue, "receive_payment.settle_charge"
    ),
    "closing a line of the bank": _story("reconcile.close_line", _closed),
}


class _KeptGateway:
    """A gateway that remembers in files, since whoever asks it is killed: each key is done once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "gateway"

    def create(self, reference: str, vnd: int, about: str) -> Ordered:
        self._note(f"charge-{reference}-{vnd}")
        return Ordered(reference, "")

    def transactions(self, key: str) -> list[Any]:
        told = {"merchantReference": key, "amount": 54_000, "currency": "VND", "paidAt": AT.isoformat()}
        return [told | {"transactionId": f"{key}-{number}", "status": "PAID"} for number in (1, 2)]

    def refund(self, key: str, transaction: str, vnd: int) -> RefundAnswer:
        self._note(f"{key}-{vnd}")
        return RefundAnswer("done", key)

    def known(self) -> int:
        return len(list(self._folder.iterdir()))

    def _note(self, name: str) -> None:
        self._folder.mkdir(exist_ok=True)
        (self._folder / name).touch()


def _worked(stage: Stage) -> Errand:
    """A charge is announced, paid twice, and what was too much goes back."""
    gateway = _KeptGateway(stage.folder)
    for one in (stage.world, stage.doomed):
        one.runtime = taking_payments(one.runtime, LONG_KHANH, gateway=gateway)
    code, begin = stage.world.land_at("accepted"), stage.world.now
    stage.world.try_act("counter", open_charge, code)
    counter = stage.world.actor("counter")

    def work(*minutes: int) -> None:
        for one in minutes:
            stage.doomed.now = begin + dt.timedelta(minutes=one)
            work_payments(stage.doomed.runtime, 20.0)

    def order() -> None:
        with suppress(NothingToRefund):
            in_transaction(stage.doomed.runtime, counter, lambda unit: order_refund(unit, code))

    def run() -> None:
        work(0, 3)
        order()
        work(4)

    def resume() -> None:
        work(30, 60)
        order()
        work(90)

    def whole() -> None:
        assert stage.number(charges, status="paid", gateway="created") == 1
        assert (stage.number(incoming_payments), gateway.known()) == (2, 2)
        assert stage.number(refund_orders, status="done") == stage.number(refund_orders) == 1
        acts = [one["act"] for one in stage.world.entries(code)]
        assert (acts.count("receive_payment"), acts.count("conclude_refund")) == (2, 1)

    return Errand(run, resume, whole)


ERRANDS_OF_PAYMENTS: Mapping[str, tuple[set[str], Callable[[Stage], Errand]]] = {
    "work at the payment gateway": ({"work_payments.work_payments"}, _worked),
}
