"""The books of receipts: one for each office and year, whose numbers run from 1 without a gap.

A number is taken in the transaction that enters the payment, so it exists exactly if the payment does. A receipt that
was taken back keeps its number and is marked as cancelled by the journal entry that says why.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from sqlalchemy import CheckConstraint, Column, Connection, ForeignKey, Index, Integer, String, Table, text

from engine.store.sql.schema import BigId, Moment, metadata

receipt_counters = Table(
    "receipt_counters",
    metadata,
    Column("office", String(40), primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("last", Integer, nullable=False),
)

receipts = Table(
    "receipts",
    metadata,
    Column("office", String(40), primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("dossier_id", BigId, ForeignKey("dossiers.id"), nullable=False),
    Column("entry", Integer, nullable=False),  # the first entry of the ledger that bears it
    Column("vnd", BigId, nullable=False),
    Column("at", Moment, nullable=False),
    Column("cancelled_at", Moment),
    Column("cancelled_journal", Integer),  # the entry of the journal that cancelled it, with the reason
    CheckConstraint("number >= 1", name="number"),
    Index("ix_receipts_dossier_id", "dossier_id"),
)


class ReceiptNumber(NamedTuple):
    """A number in the book of an office and a year."""

    office: str
    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.office}/{self.year}/{self.number:07d}"


def receipt_number(mark: str | None) -> ReceiptNumber | None:
    """The number that a receipt bears (``TT-26080/2026/0000012``); None for one of a book on paper.

    >>> receipt_number("TT-26080/2026/0000012")
    ReceiptNumber(office='TT-26080', year=2026, number=12)
    """
    found = _MARK.fullmatch(mark or "")
    return ReceiptNumber(found[1], int(found[2]), int(found[3])) if found else None


def take_receipt_number(connection: Connection, office: str, year: int) -> ReceiptNumber:
    """The next number of the book. The book stays locked until the transaction ends, so a rollback leaves no gap."""
    number = connection.execute(_NEXT, {"office": office, "year": year}).scalar_one()
    return ReceiptNumber(office, year, int(number))


_MARK = re.compile(r"([^/\s]{1,40})/(\d{4})/(\d{7,9})")
_NEXT = text(
    "INSERT INTO receipt_counters (office, year, last) VALUES (:office, :year, 1) "
    "ON CONFLICT (office, year) DO UPDATE SET last = receipt_counters.last + 1 RETURNING last"
)
