"""What goes to the payment gateway and is asked of it: charges announced, callbacks that never came, refunds.

Each piece of work is leased in a transaction, done at the gateway outside of any, and its outcome is written in another
one. A process that dies between the two leaves a lease that runs out, and the gateway is told the same key again.
"""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import structlog
from sqlalchemy import ColumnElement, Row, Table, and_, case, select, update

from engine.acts.notices.deliver import backoff
from engine.acts.receive_payment import receive_payment
from engine.acts.refunds import conclude_refund
from engine.connection_ports import Gateway, GatewayFailed, RefundAnswer
from engine.errors import Refusal
from engine.rules.payments.wire import Paid, paid_in
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.store.payments import charges, incoming_payments, refund_orders
from engine.transaction import Runtime, UnitOfWork, in_transaction

LEASE = dt.timedelta(seconds=60)
ASKED_FOR = dt.timedelta(days=7)
"""How long after its opening a charge is asked after; later money is found by the bank's file."""
BATCH = 100
log = structlog.get_logger("motcua.payments")
_Row = Row[*tuple[Any, ...]]
Work = Callable[[Runtime, Gateway, _Row], str]


def work_payments(runtime: Runtime, seconds: float) -> Counter[str]:
    """Does what is due at the gateway; begins nothing after ``seconds``. Counts what was done by kind and outcome."""
    done: Counter[str] = Counter()
    gateway = runtime.gateway
    if gateway is None:
        return done
    latest = time.monotonic() + seconds
    open_ = charges.c.status != "paid"
    kinds: tuple[tuple[str, Table, ColumnElement[bool], Work], ...] = (
        ("announced", charges, and_(charges.c.gateway == "waiting", open_), _announce),
        ("asked", charges, charges.c.gateway == "created", _ask),
        ("refund", refund_orders, refund_orders.c.status == "waiting", _pay_back),
    )
    for name, table, wanted, work in kinds:
        for row in _leased(runtime, table, wanted):
            if time.monotonic() > latest:
                break
            try:
                done[f"{name}:{work(runtime, gateway, row)}"] += 1
            except GatewayFailed as failed:
                _failed(runtime, table, row, failed)
                done[f"{name}:failed"] += 1
    return done


def _announce(runtime: Runtime, gateway: Gateway, row: _Row) -> str:
    ordered = gateway.create(row.reference, row.vnd, row.reference)
    made = {"gateway": "created", "gateway_key": ordered.key, "pay_at": ordered.pay_at or None, "attempts": 0}
    _write(runtime, charges, row, made | {"next_at": runtime.now() + dt.timedelta(minutes=1), "error": None})
    return "done"


def _ask(runtime: Runtime, gateway: Gateway, row: _Row) -> str:
    """Takes the payments that the gateway knows of a charge; most were told by a callback before. A charge is asked
    after once more when it is paid, since a second payment may have come, or a death between two of them."""
    wire, taken = runtime.wire, 0
    if wire is None:
        return "none"
    for told in gateway.transactions(row.gateway_key):
        try:
            paid = paid_in(wire.transaction, told)
            if paid is not None:
                taken += not _received(runtime, paid)
        except Refusal as refusal:
            raise GatewayFailed(why=refusal.sentence("en")[:300]) from refusal
    since = runtime.now() - row.opened_at
    later = dt.timedelta(minutes=2) if since < dt.timedelta(hours=2) else dt.timedelta(hours=1)
    again = runtime.now() + later if since < ASKED_FOR else None
    next_at = case((charges.c.status == "paid", None), else_=again)
    noted = update(charges).where(_this(charges, row)).values(next_at=next_at, error=None)
    in_transaction(runtime, SYSTEM_ACTOR, lambda unit: unit.begin().execute(noted).rowcount)
    return "taken" if taken else "nothing"


def _received(runtime: Runtime, paid: Paid) -> bool:
    return in_transaction(runtime, SYSTEM_ACTOR, lambda unit: receive_payment(unit, "gateway", paid)).again


def _pay_back(runtime: Runtime, gateway: Gateway, row: _Row) -> str:
    with runtime.database.connect().execution_options(motcua_read_only=True) as connection:
        key = connection.execute(select(incoming_payments.c.key).where(incoming_payments.c.id == row.payment_id))
        transaction = str(key.scalar_one())
    try:
        answer = gateway.refund(f"refund-{row.id}", transaction, row.vnd)
    except GatewayFailed as failed:
        if not failed.permanent:
            raise
        answer = RefundAnswer("refused", "", failed.sentence("en")[:300])
    outcome = in_transaction(runtime, SYSTEM_ACTOR, lambda unit: conclude_refund(unit, row.id, answer))
    if outcome == "waiting":
        _write(runtime, refund_orders, row, {"next_at": runtime.now() + dt.timedelta(minutes=5), "error": None})
    return outcome


def _leased(runtime: Runtime, table: Table, wanted: ColumnElement[bool]) -> list[_Row]:
    def lease(unit: UnitOfWork) -> list[_Row]:
        c, connection = table.c, unit.begin()
        due = connection.execute(select(table).where(wanted, c.next_at <= unit.now).order_by(c.next_at).limit(BATCH))
        taken = []
        for row in due.all():
            still = and_(_this(table, row), c.next_at == row.next_at)
            until = {"next_at": unit.now + LEASE, "attempts": row.attempts + 1}
            if connection.execute(update(table).where(still).values(until)).rowcount:
                taken.append(row)
        return taken

    return in_transaction(runtime, SYSTEM_ACTOR, lease)


def _failed(runtime: Runtime, table: Table, row: _Row, failed: GatewayFailed) -> None:
    later = runtime.now() + backoff(row.attempts + 1)
    values: dict[str, Any] = {"next_at": later, "error": failed.sentence("en")[:500]}
    if failed.permanent and table is charges and row.gateway == "waiting":
        values |= {"next_at": None, "gateway": "failed"}
    _write(runtime, table, row, values)
    log.warning("gateway-failed", table=table.name, permanent=failed.permanent, why=failed.sentence("en")[:300])


def _write(runtime: Runtime, table: Table, row: _Row, values: dict[str, Any]) -> None:
    """Writes the outcome, unless the row is done meanwhile."""
    still = table.c.status != "paid" if table is charges else table.c.status == "waiting"
    written = update(table).where(_this(table, row), still).values(values)
    in_transaction(runtime, SYSTEM_ACTOR, lambda unit: unit.begin().execute(written).rowcount)


def _this(table: Table, row: _Row) -> ColumnElement[bool]:
    return and_(*(column == getattr(row, column.name) for column in table.primary_key))
