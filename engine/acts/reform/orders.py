"""Orders about a plan: one administrator puts it up, another approves it by its digest, and it is begun on the day.

The same two steps precede a revert. A worker carries out what has begun (``engine.jobs.reforms``).
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import insert, select, update

from engine.acts.reform.apply import TooEarly
from engine.acts.reform.load import NotApplicable
from engine.errors import Conflict, Forbidden, NotFound, wrong
from engine.reform.document import PlanFile
from engine.reform.flow import flow_of_lines
from engine.rules.reform.policy import Reform
from engine.store.plans import reforms
from engine.store.reform_orders import order_in_turn, orders_of, reform_file, reform_files, reform_orders
from engine.store.reform_rows import ReformOrderRow
from engine.store.sql.bulk import insert_rows
from engine.transaction import UnitOfWork

DIGITS = 8
"""How many first characters of a plan's digest whoever approves it types, as they stand on the paper."""


class SecondPersonApproves(Conflict):
    """The person who put a plan up, or asked for the way back, does not approve it."""

    code = "second-person-approves"
    status = 403
    vi = "Cần người quản trị thứ hai phê duyệt: người trình không tự phê duyệt."
    en = "A second administrator has to approve: whoever put it up does not."


class OrderNotOpen(Conflict):
    """The order is not in the state that this step needs."""

    code = "reform-order-not-open"
    vi = "Kế hoạch không ở bước này: {why_vi}."
    en = "The plan is not at this step: {why_en}."


def put_up(unit: UnitOfWork, plan: PlanFile) -> str:
    """Keeps a plan file and asks to apply it; returns its digest. A plan that was put up already is not put up again.

    Raises Forbidden, NotApplicable, OrderNotOpen.
    """
    person = _administrator(unit)
    _must_have_offices(plan.summary)
    keep_file(unit, plan, person)
    _ask(unit, plan.digest, "apply", person, None)
    return plan.digest


def put_up_kept(unit: UnitOfWork, digest: str) -> None:
    """Asks to apply a plan that is kept already. Raises Forbidden, NotFound, NotApplicable, OrderNotOpen."""
    person = _administrator(unit)
    file = reform_file(unit.begin(), digest)
    if file is None:
        raise NotFound(what=f"reform plan {digest[:12]}")
    _must_have_offices(file.summary)
    _ask(unit, digest, "apply", person, None)


def keep_file(unit: UnitOfWork, plan: PlanFile, person: int) -> None:
    """Keeps a plan's file in the name of a person. One that is kept already stays as it is."""
    if reform_file(unit.begin(), plan.digest) is None:
        row = {
            "digest": plan.digest,
            "document": msgspec.to_builtins(plan.reform),
            "summary": plan.summary,
            "flow": [msgspec.to_builtins(one) for one in flow_of_lines(plan.items(), plan.groups)],
            "content": zlib.compress(Path(plan.path).read_bytes(), 6),
            "added_by": person,
            "added_at": unit.now,
        }
        insert_rows(unit.begin(), reform_files, [row], new_only=True)


def ask_revert(unit: UnitOfWork, digest: str, reason: str) -> None:
    """Asks to take an applied plan back. Raises Forbidden, NotFound, InvalidInput, OrderNotOpen."""
    person = _administrator(unit)
    if not reason.strip():
        raise wrong("reason", "phải ghi lý do", "is missing")
    state = unit.begin().execute(select(reforms.c.state).where(reforms.c.digest == digest)).scalar_one_or_none()
    if state is None:
        raise NotFound(what=f"reform plan {digest[:12]}")
    if state not in ("applying", "applied", "reverting"):
        raise OrderNotOpen(why_vi="chưa có gì được áp dụng", why_en="nothing of it was applied")
    _ask(unit, digest, "revert", person, reason)


def approve(unit: UnitOfWork, digest: str, typed: str) -> None:
    """Approves the open order about a plan, as an administrator who did not ask for it; a revert begins at once.

    ``typed`` are the first characters of the digest, which the person read on the approved paper. Raises Forbidden,
    SecondPersonApproves, InvalidInput, OrderNotOpen.
    """
    person = _administrator(unit)
    order = _open_order(unit, digest)
    if order.approved_at is not None:
        raise OrderNotOpen(why_vi="đã được phê duyệt", why_en="it was approved already")
    if order.asked_by == person:
        raise SecondPersonApproves()
    if typed.strip().lower().replace(" ", "") != digest[:DIGITS]:
        raise wrong("typed", "không phải mã của kế hoạch này", "is not the number of this plan")
    values: dict[str, Any] = {"approved_by": person, "approved_at": unit.now}
    if order.kind == "revert":
        values |= {"begun_by": person, "begun_at": unit.now}
    _write(unit, order, values)


def begin(unit: UnitOfWork, digest: str) -> None:
    """Begins to apply an approved plan; a worker does it. Raises Forbidden, TooEarly, OrderNotOpen."""
    person = _administrator(unit)
    order = _open_order(unit, digest)
    if order.approved_at is None:
        raise OrderNotOpen(why_vi="chưa được phê duyệt", why_en="it was not approved yet")
    if order.begun_at is not None:
        raise OrderNotOpen(why_vi="đang được thực hiện", why_en="it is being carried out")
    file = reform_file(unit.begin(), digest)
    if file is not None and unit.today < (date := msgspec.convert(file.document, Reform).date):
        raise TooEarly(date=date.isoformat(), today=unit.today.isoformat())
    _write(unit, order, {"begun_by": person, "begun_at": unit.now})


def withdraw(unit: UnitOfWork, digest: str) -> None:
    """Withdraws the open order about a plan, before anything was begun. Raises Forbidden, OrderNotOpen."""
    _administrator(unit)
    order = _open_order(unit, digest)
    if order.begun_at is not None:
        raise OrderNotOpen(why_vi="đang được thực hiện", why_en="it is being carried out")
    _write(unit, order, {"ended_at": unit.now, "outcome": "withdrawn"})


def _must_have_offices(summary: Mapping[str, Any]) -> None:
    """Requires that every dossier of a plan has somewhere to go. Raises NotApplicable."""
    if left := summary["dossiers"]["without"]:
        raise NotApplicable(count=left, example=summary["without"][0]["code"])


def _administrator(unit: UnitOfWork) -> int:
    if not unit.actor.admin or unit.actor.person_id is None:
        raise Forbidden(why_vi="chỉ dành cho người quản trị", why_en="administrators only")
    return unit.actor.person_id


def _ask(unit: UnitOfWork, digest: str, kind: str, person: int, reason: str | None) -> None:
    order_in_turn(unit.begin(), digest)
    earlier = orders_of(unit.begin(), digest)
    if earlier and earlier[0].ended_at is None:
        raise OrderNotOpen(
            why_vi="đã có đề nghị chưa xong về kế hoạch này", why_en="an order about it has not ended yet"
        )
    if kind == "apply" and earlier and (earlier[0].kind, earlier[0].outcome) == ("apply", "done"):
        raise OrderNotOpen(why_vi="đã được áp dụng", why_en="it was applied")
    row = {"digest": digest, "kind": kind, "reason": reason, "asked_by": person, "asked_at": unit.now}
    unit.begin().execute(insert(reform_orders), row)


def _open_order(unit: UnitOfWork, digest: str) -> ReformOrderRow:
    locked = select(reform_orders.c.id).where(reform_orders.c.digest == digest).with_for_update()
    unit.begin().execute(locked)
    orders = orders_of(unit.begin(), digest)
    if not orders or orders[0].ended_at is not None:
        raise OrderNotOpen(why_vi="không có đề nghị nào đang mở", why_en="no order about it is open")
    return orders[0]


def _write(unit: UnitOfWork, order: ReformOrderRow, values: dict[str, Any]) -> None:
    unit.begin().execute(update(reform_orders).where(reform_orders.c.id == order.id).values(values))
