"""The books of receipts: what they hold, and the proof that no number is missing, used twice or without its money."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from engine.rules.procedure.balance import LedgerEntry, standing
from engine.store.dossiers import dossiers
from engine.store.fees import fee_entries, ledger_of
from engine.store.receipts import ReceiptNumber, receipt_counters, receipt_number, receipts
from engine.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """The receipts of an office in a year."""

    office: str
    year: int
    last: int
    given: int
    cancelled: int
    vnd: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something about a receipt that must not be."""

    receipt: str
    dossier: str | None
    why: Text


def books(connection: Connection, office: str | None = None, year: int | None = None) -> tuple[Book, ...]:
    """The books, by office and year; ``vnd`` are the đồng of the receipts that hold."""
    c, counters = receipts.c, receipt_counters.c
    cancelled = func.count(c.cancelled_at)
    holds = func.coalesce(func.sum(c.vnd).filter(c.cancelled_at.is_(None)), 0)
    join = receipt_counters.outerjoin(receipts, (c.office == counters.office) & (c.year == counters.year))
    found = (
        select(counters.office, counters.year, counters.last, func.count(c.number).label("given"), cancelled, holds)
        .select_from(join)
        .group_by(counters.office, counters.year, counters.last)
        .order_by(counters.office, counters.year)
    )
    found = found.where(counters.office == office) if office else found
    found = found.where(counters.year == year) if year else found
    return tuple(
        Book(office=row[0], year=row[1], last=row[2], given=row[3], cancelled=row[4], vnd=int(row[5]))
        for row in connection.execute(found)
    )


def faults(connection: Connection, office: str | None = None, year: int | None = None) -> Iterator[Fault]:
    """What is wrong with the books: a number missing, beyond the last, or one whose money is not in the ledger."""
    for book in books(connection, office, year):
        yield from _gaps(connection, book)
        yield from _without_money(connection, book)
    yield from _unknown(connection, office, year)


def _gaps(connection: Connection, book: Book) -> Iterator[Fault]:
    mine = (receipts.c.office == book.office, receipts.c.year == book.year)
    expected = 1
    for number in connection.execute(select(receipts.c.number).where(*mine).order_by(receipts.c.number)).scalars():
        while expected < number and expected <= book.last:
            yield _fault(book, expected, "thiếu số này", "the number is missing")
            expected += 1
        if number > book.last:
            yield _fault(book, number, f"lớn hơn số cuối {book.last}", f"is above the last number {book.last}")
        expected = number + 1
    for number in range(expected, book.last + 1):
        yield _fault(book, number, "thiếu số này", "the number is missing")


def _without_money(connection: Connection, book: Book) -> Iterator[Fault]:
    """Receipts that differ from the ledgers of their dossiers, read dossier by dossier."""
    c = receipts.c
    mine = (c.office == book.office, c.year == book.year)
    rows = select(receipts, dossiers.c.code).join(dossiers, dossiers.c.id == c.dossier_id).where(*mine)
    kept, ledger = 0, list[LedgerEntry]()
    for row in connection.execute(rows.order_by(c.dossier_id, c.number)).all():
        if row.dossier_id != kept:
            kept, ledger = row.dossier_id, _ledger(connection, row.dossier_id)
        mark = str(ReceiptNumber(row.office, row.year, row.number))
        holds = sum(one.vnd for one in standing(ledger) if one.receipt == mark and one.kind == "payment")
        if row.cancelled_at is None and holds != row.vnd:
            vi, en = f"ghi {row.vnd} đồng, sổ cái có {holds}", f"says {row.vnd} đồng, the ledger has {holds}"
            yield Fault(receipt=mark, dossier=row.code, why=Text(vi, en))
        elif row.cancelled_at is not None and holds:
            vi, en = f"đã hủy mà sổ cái còn {holds} đồng", f"is cancelled, and the ledger still has {holds} đồng"
            yield Fault(receipt=mark, dossier=row.code, why=Text(vi, en))


def _unknown(connection: Connection, office: str | None, year: int | None) -> Iterator[Fault]:
    """Entries of ledgers that bear a number which no book has given."""
    c = fee_entries.c
    marked = select(c.receipt, dossiers.c.code).join(dossiers, dossiers.c.id == c.dossier_id)
    for row in connection.execute(marked.where(c.receipt.like("%/%/%"), c.kind == "payment").distinct()).all():
        number = receipt_number(row.receipt)
        if number is None or (office and number.office != office) or (year and number.year != year):
            continue
        given = select(receipts.c.number).where(
            *(receipts.c[name] == value for name, value in number._asdict().items())
        )
        if connection.execute(given).first() is None:
            why = Text("sổ cái có mà sổ biên lai không", "stands in the ledger and in no book")
            yield Fault(receipt=row.receipt, dossier=row.code, why=why)


def _ledger(connection: Connection, dossier_id: int) -> list[LedgerEntry]:
    rows = select(fee_entries).where(fee_entries.c.dossier_id == dossier_id).order_by(fee_entries.c.number)
    return ledger_of([dict(row) for row in connection.execute(rows).mappings()], ())  # type: ignore[misc]  # whole rows


def _fault(book: Book, number: int, vi: str, en: str) -> Fault:
    mark = str(ReceiptNumber(book.office, book.year, number))
    return Fault(receipt=mark, dossier=None, why=Text(vi, en))
