"""What the bank's files say beside what is known here, for the accounts that somebody may reconcile."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, select

from engine.clock import civil_day, midnight
from engine.errors import Forbidden
from engine.rules.payments.matching import Booked, Finding, Known, matched
from engine.store.payments import bank_files, bank_lines, charges, incoming_payments, refund_orders
from engine.transaction import UnitOfWork

_SLACK = dt.timedelta(days=31)
"""How far apart the two sides may date one payment."""


def accounts_to_reconcile(unit: UnitOfWork) -> frozenset[str]:
    """The accounts whose files the actor may read: all for administrators, else those of offices where they work.

    Raises Forbidden where there is none.
    """
    every = unit.runtime.accounts.all
    if unit.actor.kind in ("admin", "system"):
        return frozenset(one.number for one in every)
    offices = unit.actor.offices(unit.today) if unit.actor.kind == "staff" else frozenset()
    found = frozenset(one.number for one in every if one.office in offices)
    if not found:
        raise Forbidden(
            why_vi="chỉ dành cho người quản trị và cơ quan có tài khoản nhận phí",
            why_en="for administrators and offices with an account that receives fees",
        )
    return found


def findings(
    connection: Connection,
    accounts: Collection[str],
    first: dt.date,
    last: dt.date,
    more: Iterable[Booked] = (),
    covered: Iterable[tuple[str, dt.date, dt.date]] = (),
) -> list[Finding]:
    """The findings about days ``first`` to ``last``; ``more`` and ``covered`` are of a file that is only tried."""
    c = bank_lines.c
    booked = {(one.account, one.key): one for one in more}
    wanted = and_(c.account.in_(sorted(accounts)), c.day >= first - _SLACK, c.day <= last + _SLACK)
    booked |= {(one.account, one.key): one for one in _booked(connection, wanted)}
    files = select(bank_files.c.account, bank_files.c.first, bank_files.c.last)
    files = files.where(bank_files.c.account.in_(sorted(accounts)))
    days = [(row[0], row[1], row[2]) for row in connection.execute(files)] + list(covered)
    known = _known(connection, accounts, first - _SLACK, last + _SLACK)
    found = matched(list(booked.values()), known, _states(connection, booked.values()), days)
    return [one for one in found if first <= _day(one) <= last]


def findings_about(connection: Connection, accounts: Collection[str], account: str, key: str) -> Finding | None:
    """What a line of the bank is now, among all that its reference is about; None where it is not known, or closed."""
    line = next(iter(_booked(connection, and_(bank_lines.c.account == account, bank_lines.c.key == key))), None)
    if line is None or account not in accounts:
        return None
    same = [line]
    if line.reference:
        same = _booked(connection, and_(bank_lines.c.account == account, bank_lines.c.reference == line.reference))
    known = _known(connection, {account}, line.day - _SLACK, line.day + _SLACK)
    found = matched(same, known, _states(connection, same), ())
    return next((one for one in found if one.booked == line), None)


def _day(finding: Finding) -> dt.date:
    one = finding.booked or finding.known
    return one.day if one else dt.date.min


def _booked(connection: Connection, wanted: ColumnElement[bool]) -> list[Booked]:
    rows = connection.execute(select(bank_lines).where(wanted).order_by(bank_lines.c.day, bank_lines.c.key)).all()
    return [
        Booked(
            account=row.account,
            key=row.key,
            day=row.day,
            vnd=row.vnd,
            reference=row.reference,
            text=row.text,
            closed=row.closed_at is not None,
        )
        for row in rows
    ]


def _known(connection: Connection, accounts: Collection[str], first: dt.date, last: dt.date) -> list[Known]:
    """What came in and what went back through the gateway, of charges to these accounts and of files of them."""
    p, c, r = incoming_payments.c, charges.c, refund_orders.c
    of_charge = and_(c.dossier_id == p.dossier_id, c.number == p.charge)
    days = (p.paid_at >= midnight(first), p.paid_at < midnight(last + dt.timedelta(days=1)))
    joined = select(p.id, p.source, p.key, p.vnd, p.paid_at, c.reference, c.account)
    rows = connection.execute(joined.join(charges, of_charge, isouter=True).where(*days).order_by(p.id)).all()
    found = [one for row in rows if (one := _payment(row)) is not None and one.account in accounts]
    paid_back = select(r.id, r.vnd, r.ordered_at, c.reference, c.account).join(incoming_payments, p.id == r.payment_id)
    done = paid_back.join(charges, of_charge).where(r.status == "done", r.ordered_at >= midnight(first))
    for row in connection.execute(done.order_by(r.id)).all():
        day = civil_day(row.ordered_at)
        if row.account in accounts and day <= last:
            ours = {"account": row.account, "day": day, "vnd": -row.vnd, "reference": row.reference}
            found.append(Known(id=-row.id, bank_key=None, **ours))
    return found


def _payment(row: Row[*tuple[Any, ...]]) -> Known | None:
    """A payment; one of a bank file says by its key which line it is, one of the gateway needs its charge."""
    account, key = row.account, None
    if row.source == "bank":
        account, _, key = row.key.partition(":")
    if account is None:
        return None
    day = civil_day(row.paid_at)
    return Known(id=row.id, account=account, day=day, vnd=row.vnd, reference=row.reference, bank_key=key)


def _states(connection: Connection, lines: Iterable[Booked]) -> dict[str, str]:
    named = sorted({one.reference for one in lines if one.reference})
    found: dict[str, str] = {}
    for start in range(0, len(named), 500):
        c = charges.c
        some = select(c.reference, c.status).where(c.reference.in_(named[start : start + 500]))
        found |= {row.reference: row.status for row in connection.execute(some)}
    return found
