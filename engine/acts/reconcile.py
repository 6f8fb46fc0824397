"""The acts of reconciliation with the bank: reads a file, settles what it proves, places or closes the rest."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import replace

from sqlalchemy import select, update

from engine.acts.receive_payment import Received, receive_payment, settle_charge
from engine.acts.staff.record import record_staff
from engine.clock import midnight
from engine.dossier.bank_findings import accounts_to_reconcile, findings_about
from engine.dossier.case import lock_case_told_of
from engine.errors import Conflict, NotFound, wrong
from engine.rules.payments.matching import Finding
from engine.rules.payments.reference import numbers_of, references_in
from engine.rules.payments.statement import Statement
from engine.rules.payments.wire import Paid
from engine.store.dossiers import dossiers
from engine.store.payments import bank_files, bank_lines, charges, incoming_payments
from engine.store.sql.insert_once import insert_once
from engine.text import Text
from engine.transaction import UnitOfWork

_PORTION = 500


class NotSettled(Conflict):
    """A line of the bank is not what one click may settle, or is not so any more."""

    code = "line-not-settled"
    vi = "Dòng {key} của ngân hàng không còn là khoản chưa ghi; hãy tải lại trang đối soát."
    en = "The bank's line {key} is no payment that is missing here any more; reload the page."


def without_contradictions(unit: UnitOfWork, statement: Statement) -> Statement:
    """The statement, in which a line is a fault whose number an earlier file gave with another day, amount or
    reference: keeping it would lose one of the two, since a number is kept once."""
    c, wanted = bank_lines.c, {(one.account, one.key): one for one in statement.lines}
    keys, other = sorted({one.key for one in statement.lines}), dict[tuple[str, str], Text]()
    for at in range(0, len(keys), _PORTION):
        told = select(c.account, c.key, c.day, c.vnd, c.reference).where(c.key.in_(keys[at : at + _PORTION]))
        for row in unit.reader().execute(told):
            one = wanted.get((row.account, row.key))
            if one is not None and (one.day, one.vnd, one.reference) != (row.day, row.vnd, row.reference):
                day, vnd = f"{row.day:%d/%m/%Y}", f"{row.vnd:,}".replace(",", ".")
                vi = (
                    f"số tham chiếu đã có trong tệp trước với nội dung khác (ngày {day}, {vnd} đồng); hãy hỏi ngân hàng"
                )
                en = f"an earlier file gave the reference with other content ({day}, {vnd} đồng); ask the bank"
                other[row.account, row.key] = Text(vi, en)
    if not other:
        return statement
    faults = [(one.line, other[one.account, one.key]) for one in statement.lines if (one.account, one.key) in other]
    kept = [one for one in statement.lines if (one.account, one.key) not in other]
    return replace(statement, lines=kept, faults=[*statement.faults, *faults])


def keep_statement(unit: UnitOfWork, name: str, content: bytes, statement: Statement) -> int:
    """Keeps the lines of a file; returns how many are new. The same file, or one that overlaps, adds nothing twice.

    Raises Forbidden, InvalidInput where the file is of an account that the actor may not reconcile.
    """
    accounts, connection = accounts_to_reconcile(unit), unit.begin()
    digest, fresh = hashlib.sha256(content).hexdigest(), 0
    own = sorted({one.account for one in statement.lines})
    if foreign := sorted(set(own) - accounts):
        which = ", ".join(foreign)[:100]
        raise wrong(
            "file", f"tài khoản {which} không phải của cơ quan", f"holds the account {which}, which is not yours"
        )
    if not own and not statement.faults:
        raise wrong("file", "không có giao dịch nào", "holds no transaction")
    for account in own:
        lines = [one for one in statement.lines if one.account == account]
        sheet = digest if len(own) == 1 else hashlib.sha256(f"{digest}:{account}".encode()).hexdigest()
        days = {"first": min(one.day for one in lines), "last": max(one.day for one in lines)}
        about = {"sha256": sheet, "name": name[:200], "account": account, "lines": len(lines)}
        insert_once(connection, bank_files, about | days | {"read_at": unit.now, "read_by": unit.actor.person_id})
        for one in lines:
            row = {
                field: getattr(one, field) for field in ("account", "key", "day", "vnd", "reference", "text", "line")
            }
            fresh += insert_once(connection, bank_lines, row | {"file": sheet})
    if fresh:
        record_staff(unit, "read-statement", None, [], f"{name[:100]}: {fresh}")
    return fresh


def settle_line(unit: UnitOfWork, account: str, key: str) -> Received:
    """Enters a payment that the bank booked and nobody told: its reference proves whose it is.

    Raises Forbidden, NotFound, NotSettled.
    """
    accounts = accounts_to_reconcile(unit)
    finding = _finding(unit, accounts, account, key)
    reference = finding.booked.reference if finding.booked else None
    numbers = numbers_of(reference or "")
    if numbers is None:
        raise NotSettled(key=key)
    lock_case_told_of(unit, numbers[0])  # a callback may tell of it at this moment
    finding = _finding(unit, accounts, account, key)
    if not finding.safe or finding.booked is None:
        raise NotSettled(key=key)
    return receive_payment(unit, "bank", _paid(finding, reference or ""))


def place_line(unit: UnitOfWork, account: str, key: str, dossier: str, reason: str) -> Received:
    """Enters a payment without a known reference for the newest charge of a dossier that somebody found.

    Raises Forbidden, NotFound, NotSettled, InvalidInput.
    """
    accounts = accounts_to_reconcile(unit)
    finding = _finding(unit, accounts, account, key)
    if finding.kind != "unknown" or finding.booked is None:
        raise NotSettled(key=key)
    reference = _newest_charge(unit, dossier, accounts)
    record_staff(unit, "place-payment", None, [], f"{key}: {dossier}: {_said(reason)}")
    return receive_payment(unit, "bank", _paid(finding, reference))


def place_payment(unit: UnitOfWork, payment: int, dossier: str, reason: str) -> Received:
    """Enters a payment of the queue for the newest charge of a dossier that somebody found.

    Raises Forbidden, NotFound, NotSettled, InvalidInput.
    """
    numbers = numbers_of(_newest_charge(unit, dossier, accounts_to_reconcile(unit)))
    if numbers is None:
        raise NotFound(what=dossier)
    case = lock_case_told_of(unit, numbers[0])
    connection, c = unit.begin(), incoming_payments.c
    row = connection.execute(select(incoming_payments).where(c.id == payment)).mappings().one_or_none()
    if row is None or row["dossier_id"] is not None:
        raise NotSettled(key=str(payment))
    mine = (charges.c.dossier_id == numbers[0], charges.c.number == numbers[1])
    charge = connection.execute(select(charges).where(*mine)).one()
    record_staff(unit, "place-payment", None, [], f"{payment}: {dossier}: {_said(reason)}")
    return settle_charge(case, charge, {str(key): value for key, value in row.items()}, payment_id=payment)


def close_line(unit: UnitOfWork, account: str, key: str, reason: str) -> None:
    """Notes why nothing is to be done about a line of the bank. Raises Forbidden, NotFound, InvalidInput."""
    finding = _finding(unit, accounts_to_reconcile(unit), account, key)
    if finding.kind not in ("unknown", "outgoing", "double"):
        raise NotSettled(key=key)
    c, said = bank_lines.c, _said(reason)
    closed = {"closed_at": unit.now, "closed_by": unit.actor.person_id, "closed_why": said}
    unit.begin().execute(update(bank_lines).where(c.account == account, c.key == key).values(closed))
    record_staff(unit, "close-line", None, [], f"{key}: {said}")


def _finding(unit: UnitOfWork, accounts: frozenset[str], account: str, key: str) -> Finding:
    found = findings_about(unit.begin(), accounts, account, key)
    if found is None:
        raise NotFound(what=key[:60])
    return found


def _paid(finding: Finding, reference: str) -> Paid:
    """The payment of a line; a bank's day is told by its noon, which is the same day everywhere."""
    line = finding.booked
    if line is None:
        raise LookupError(reference)
    noon = midnight(line.day) + dt.timedelta(hours=12)
    return Paid(key=f"{line.account}:{line.key}", reference=reference, vnd=line.vnd, at=noon)


def _newest_charge(unit: UnitOfWork, dossier: str, accounts: frozenset[str]) -> str:
    """The reference of the newest charge to these accounts of a dossier, which its code or a reference names.

    Raises InvalidInput.
    """
    c, named = charges.c, references_in(dossier)
    of_these = select(c.reference).join(dossiers, dossiers.c.id == c.dossier_id).where(c.account.in_(sorted(accounts)))
    wanted = c.reference == named[0] if named else dossiers.c.code == dossier.strip()
    found = unit.begin().execute(of_these.where(wanted).order_by(c.number.desc()).limit(1)).scalar()
    if found is None:
        raise wrong(
            "dossier",
            "không có yêu cầu chuyển khoản nào của hồ sơ này; hãy thu trong trang hồ sơ",
            "has no charge; settle the fee on the page of the dossier",
        )
    return str(found)


def _said(reason: str) -> str:
    if not reason.strip():
        raise wrong("reason", "phải ghi lý do", "say why")
    return reason.strip()[:500]
