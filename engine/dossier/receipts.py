"""Receipts of a dossier's payments: takes numbers from the office's book, and cancels them there."""

from __future__ import annotations

from sqlalchemy import insert, update

from engine.clock import civil_day
from engine.dossier.case import Case
from engine.errors import wrong
from engine.store.receipts import ReceiptNumber, receipt_number, receipts, take_receipt_number


def numbered(case: Case, receipt: str | None, vnd: int) -> str | None:
    """The receipt as given, or the next number of the book where none is given and the installation numbers them.

    Raises InvalidInput for a number that only the book gives.
    """
    must_be_of_paper(receipt)
    if (receipt or "").strip() or not case.unit.settings.payments.receipt_numbers:
        return receipt
    return str(take_receipt(case, vnd))


def must_be_of_paper(receipt: str | None) -> None:
    """Requires that a number that somebody typed does not look like one of the book. Raises InvalidInput."""
    if receipt_number((receipt or "").strip()) is not None:
        raise wrong(
            "receipt",
            "số này do hệ thống cấp; để trống nếu không có biên lai giấy",
            "such a number is given by the system; leave it empty where there is no receipt on paper",
        )


def take_receipt(case: Case, vnd: int, *, place: int = 1) -> ReceiptNumber:
    """The next number of the book of the applicant's office, for the entry at a ``place`` behind the ledger's last.

    The dossier must be locked, or its version compared, by the caller: a number that no entry bears would be a gap.
    """
    connection = case.unit.begin()
    taken = take_receipt_number(connection, case.counter, civil_day(case.unit.now).year)
    row = taken._asdict() | {
        "dossier_id": case.id,
        "entry": len(case.money().ledger) + place,
        "vnd": vnd,
        "at": case.unit.now,
    }
    connection.execute(insert(receipts).values(row))
    return taken


def cancel_receipt(case: Case, receipt: str | None) -> None:
    """Marks a number of the book as cancelled by the journal entry that the act will write; others are left alone."""
    number = receipt_number(receipt)
    if number is None:
        return
    c = receipts.c
    mine = (c.office == number.office, c.year == number.year, c.number == number.number, c.dossier_id == case.id)
    cancelled = {"cancelled_at": case.unit.now, "cancelled_journal": case.row["version"] + 1}
    case.unit.begin().execute(update(receipts).where(*mine, c.cancelled_at.is_(None)).values(cancelled))
