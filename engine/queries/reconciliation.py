"""What the bank and the gateway say beside what is known here, for the page and the command of reconciliation."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass

from sqlalchemy import Connection, select

from engine.dossier.bank_findings import accounts_to_reconcile, findings
from engine.rules.payments.matching import KINDS, Booked, Finding, Kind
from engine.rules.payments.statement import Statement
from engine.rules.payments.verdict import OUTCOMES
from engine.store.dossiers import dossiers
from engine.store.payments import bank_files, charges, incoming_payments, refund_orders
from engine.text import Text
from engine.transaction import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A finding with the code of the dossier that it is about, where that is known."""

    finding: Finding
    dossier: str | None

    @property
    def day(self) -> dt.date:
        one = self.finding.booked or self.finding.known
        return one.day if one else dt.date.min


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The findings of one kind: what it is, and what to do about it."""

    kind: Kind
    name: Text
    advice: Text
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A payment that nobody could place yet."""

    id: int
    source: str
    key: str
    vnd: int
    at: dt.datetime
    text: str | None
    why: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class ToPayBack:
    """A refund that the gateway refused: it is to be made by hand."""

    dossier: str
    vnd: int
    why: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFile:
    """A file of the bank that was read."""

    name: str
    account: str
    first: dt.date
    last: dt.date
    lines: int
    read_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """Everything about the days ``first`` to ``last``; ``matched`` counts the transactions that both sides know."""

    first: dt.date
    last: dt.date
    matched: int
    groups: Sequence[Group]
    queue: Sequence[Waiting]
    to_pay_back: Sequence[ToPayBack]
    files: Sequence[ReadFile]

    def counts(self) -> dict[str, int]:
        """The numbers of findings by kind."""
        told = Counter({group.kind: len(group.lines) for group in self.groups})
        return {"matched": self.matched} | {kind: told[kind] for kind in KINDS if kind != "matched"}


def reconciliation(unit: UnitOfWork, first: dt.date, last: dt.date, tried: Statement | None = None) -> Reconciliation:
    """The state of reconciliation; ``tried`` are lines of a file that is not kept. Raises Forbidden."""
    accounts, connection = accounts_to_reconcile(unit), unit.reader()
    more, covered = _of_file(tried)
    found = findings(connection, accounts, first, last, more, covered)
    codes = _codes(connection, found)
    lines = [Line(finding=one, dossier=codes.get(_reference(one) or "")) for one in found]
    return Reconciliation(
        first=first,
        last=last,
        matched=sum(one.kind == "matched" for one in found),
        groups=[_group(kind, lines) for kind in KINDS if kind != "matched" and any(_is(one, kind) for one in lines)],
        queue=_queue(connection) if _sees_queue(unit, accounts) else (),
        to_pay_back=_to_pay_back(connection, accounts),
        files=_files(connection, accounts),
    )


def _of_file(tried: Statement | None) -> tuple[list[Booked], list[tuple[str, dt.date, dt.date]]]:
    if tried is None:
        return [], []
    named = ("account", "key", "day", "vnd", "reference", "text")
    booked = [Booked(**{name: getattr(one, name) for name in named}) for one in tried.lines]
    days: dict[str, list[dt.date]] = {}
    for one in booked:
        days.setdefault(one.account, []).append(one.day)
    return booked, [(account, min(found), max(found)) for account, found in days.items()]


def _is(line: Line, kind: Kind) -> bool:
    return line.finding.kind == kind


def _group(kind: Kind, lines: Iterable[Line]) -> Group:
    name, advice = KINDS[kind]
    mine = sorted((one for one in lines if _is(one, kind)), key=lambda one: one.day)
    return Group(kind=kind, name=name, advice=advice, lines=mine)


def _reference(one: Finding) -> str | None:
    return (one.booked and one.booked.reference) or (one.known and one.known.reference) or None


def _codes(connection: Connection, found: Sequence[Finding]) -> dict[str, str]:
    named = sorted({name for one in found if one.kind != "matched" and (name := _reference(one))})
    codes: dict[str, str] = {}
    for start in range(0, len(named), 500):
        c = charges.c
        joined = select(c.reference, dossiers.c.code).join(dossiers, dossiers.c.id == c.dossier_id)
        some = joined.where(c.reference.in_(named[start : start + 500]))
        codes |= {row.reference: row.code for row in connection.execute(some)}
    return codes


def _sees_queue(unit: UnitOfWork, accounts: Set[str]) -> bool:
    """Whether the actor sees money without a place: it may be any office's, so it is shown to who sees all accounts."""
    return accounts >= {one.number for one in unit.runtime.accounts.all}


def _queue(connection: Connection) -> list[Waiting]:
    c = incoming_payments.c
    rows = connection.execute(select(incoming_payments).where(c.dossier_id.is_(None)).order_by(c.id).limit(200)).all()
    return [
        Waiting(
            id=row.id,
            source=row.source,
            key=row.key,
            vnd=row.vnd,
            at=row.paid_at,
            text=row.text,
            why=OUTCOMES[row.outcome],
        )
        for row in rows
    ]


def _to_pay_back(connection: Connection, accounts: Iterable[str]) -> list[ToPayBack]:
    r, p, c = refund_orders.c, incoming_payments.c, charges.c
    joined = (
        select(dossiers.c.code, r.vnd, r.error)
        .join(dossiers, dossiers.c.id == r.dossier_id)
        .join(incoming_payments, p.id == r.payment_id)
        .join(charges, (c.dossier_id == p.dossier_id) & (c.number == p.charge))
        .where(r.status == "refused", c.account.in_(sorted(accounts)))
    )
    rows = connection.execute(joined.order_by(r.id.desc()).limit(200)).all()
    return [ToPayBack(dossier=row.code, vnd=row.vnd, why=row.error) for row in rows]


def _files(connection: Connection, accounts: Iterable[str]) -> list[ReadFile]:
    c = bank_files.c
    mine = select(bank_files).where(c.account.in_(sorted(accounts))).order_by(c.read_at.desc()).limit(10)
    return [
        ReadFile(
            name=row.name, account=row.account, first=row.first, last=row.last, lines=row.lines, read_at=row.read_at
        )
        for row in connection.execute(mine)
    ]
