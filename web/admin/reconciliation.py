"""Reconciliation with the bank: its file is read, differences stand by kind, what is proven is settled by a click."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Response, request

from engine.acts.receive_payment import Received
from engine.acts.reconcile import (
    close_line,
    keep_statement,
    place_line,
    place_payment,
    settle_line,
    without_contradictions,
)
from engine.dossier.bank_findings import accounts_to_reconcile
from engine.errors import NotFound, wrong
from engine.queries.reconciliation import reconciliation
from engine.rules.payments.statement import MOST_BYTES, Statement, read_statement
from engine.rules.payments.verdict import OUTCOMES
from engine.rules.values.written_day import read_day
from engine.text import Text
from engine.transaction import UnitOfWork
from server.context import runtime
from server.identity import Access, reading
from server.values import Body, Line, WholeInQuery
from web.once import once
from web.pages import Pages
from web.render import render

reconciling = Pages("reconciliation", audience="desk")
HERE = "/quan-tri/doi-soat"
_BACK = dt.timedelta(days=31)


class Booking(Body):
    """Which transaction of the bank is meant."""

    account = Line(30, required=True)
    line = Line(120, required=True)


class Placing(Booking):
    """The dossier that a transaction belongs to."""

    dossier = Line(64, required=True)
    reason = Line(500, required=True)


class Closing(Booking):
    """Why nothing is to be done."""

    reason = Line(500, required=True)


class PlacingWaiting(Body):
    """The dossier that a payment of the queue belongs to."""

    payment = WholeInQuery(1, required=True)
    dossier = Line(64, required=True)
    reason = Line(500, required=True)


@reconciling.page(HERE, access=Access.STAFF)
def show() -> str:
    """Reconciliation with the bank"""
    with reading() as unit:
        last = _day("den", unit.today)
        first = _day("tu", last - _BACK)
        found = reconciliation(unit, min(first, last), last)
    return render("admin/reconciliation.html", found=found)


@reconciling.post(HERE, access=Access.STAFF, again=show)
def read_file() -> Response:
    """Read a file of the bank"""
    chosen = request.files.get("file")
    if chosen is None or not chosen.filename:
        raise wrong("file", "hãy chọn tệp CSV của ngân hàng", "choose the CSV file of the bank")
    content, name = chosen.stream.read(MOST_BYTES + 1), chosen.filename
    told: list[Statement] = []

    def doing(unit: UnitOfWork) -> int:
        statement = without_contradictions(unit, _understood(unit, content))
        told[:] = [statement]
        return keep_statement(unit, name, content, statement)

    return once("keep_statement", doing, to=HERE, done=lambda fresh: _read(fresh, told[0]))


@reconciling.post(f"{HERE}/ghi-thu", access=Access.STAFF, form=Booking, again=show)
def settle(form: dict[str, Any]) -> Response:
    """Settle a payment that the bank booked"""
    return once("settle_line", lambda unit: settle_line(unit, form["account"], form["line"]), to=HERE, done=_taken)


@reconciling.page(f"{HERE}/dong", access=Access.STAFF)
def show_line() -> str:
    """A transaction that nobody could place"""
    with reading() as unit:
        accounts_to_reconcile(unit)
    account, key = request.args.get("tk", ""), request.args.get("so", "")
    if not 1 <= len(key) <= 120 or len(account) > 30:
        raise NotFound(what=key[:60])
    return render("admin/bank_line.html", account=account, key=key, payment="")


def _again() -> str:
    """The form that was refused, with what was typed."""
    form = request.form
    account, key, payment = form.get("account", ""), form.get("line", ""), form.get("payment", "")
    return render("admin/bank_line.html", account=account, key=key, payment=payment)


@reconciling.post(f"{HERE}/dong/xep", access=Access.STAFF, form=Placing, again=_again)
def place(form: dict[str, Any]) -> Response:
    """Place a transaction of the bank"""
    return once(
        "place_line",
        lambda unit: place_line(unit, *_booked(form), form["dossier"], form["reason"]),
        to=HERE,
        done=_taken,
    )


@reconciling.post(f"{HERE}/dong/dong-lai", access=Access.STAFF, form=Closing, again=_again)
def close(form: dict[str, Any]) -> Response:
    """Close a transaction of the bank"""
    done = Text("Đã đóng giao dịch.", "The transaction is closed.")
    return once("close_line", lambda unit: close_line(unit, *_booked(form), form["reason"]), to=HERE, done=done)


@reconciling.page(f"{HERE}/cho/<payment>", access=Access.STAFF)
def show_waiting(payment: str) -> str:
    """A payment that nobody could place"""
    with reading() as unit:
        accounts_to_reconcile(unit)
    if not payment.isascii() or not payment.isdigit() or len(payment) > 15:
        raise NotFound(what=payment[:60])
    return render("admin/bank_line.html", account="", key="", payment=payment)


@reconciling.post(f"{HERE}/cho", access=Access.STAFF, form=PlacingWaiting, again=_again)
def place_waiting(form: dict[str, Any]) -> Response:
    """Place a payment of the queue"""
    return once("place_payment", lambda unit: place_payment(unit, **form), to=HERE, done=_taken)


def _booked(form: dict[str, Any]) -> tuple[str, str]:
    return form["account"], form["line"]


def _understood(unit: UnitOfWork, content: bytes) -> Statement:
    wire, accounts = runtime().wire, accounts_to_reconcile(unit)
    if wire is None:
        raise wrong("file", "chưa khai báo tài khoản nào", "no account is on record")
    return read_statement(content, wire.statement, min(accounts) if len(accounts) == 1 else None)


def _day(name: str, usual: dt.date) -> dt.date:
    return read_day(request.args.get(name, "")) or usual


def _read(fresh: int, statement: Statement) -> Text:
    faults, doubled = len(statement.faults), len(statement.doubled)
    first = f" Dòng {statement.faults[0][0]}: {statement.faults[0][1].vi}." if faults else ""
    first_en = f" Line {statement.faults[0][0]}: {statement.faults[0][1].en}." if faults else ""
    return Text(
        f"Đã đọc: {fresh} giao dịch mới, {doubled} dòng lặp, {faults} dòng không hiểu.{first}",
        f"Read: {fresh} new transactions, {doubled} repeated lines, {faults} not understood.{first_en}",
    )


def _taken(got: Received) -> Text:
    word = OUTCOMES[got.outcome]
    return Text(f"Đã ghi khoản thu: {word.vi}.", f"The payment is entered: {word.en}.")
