"""The tables of a dossier's fees, in đồng: what is owed and when it was settled, and the ledger of what was paid.

``fee_entries`` is append-only. ``fees`` follows from the facts and the ledger and is written again with each of them:
an earlier version of the program reads it, and what such a version settles counts (``ledger_of``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import cast

from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, String, Table, Text

from engine.rules.part_rows import FeeEntryRow, FeeRow
from engine.rules.procedure.balance import WAIVED, EntryKind, FeeBalance, LedgerEntry
from engine.store.sql.schema import BigId, Moment, metadata

fees = Table(
    "fees",
    metadata,
    Column("dossier_id", BigId, ForeignKey("dossiers.id"), primary_key=True, autoincrement=False),
    Column("key", String(40), primary_key=True),
    Column("vnd", BigId, nullable=False),
    Column("settled_at", Moment),
    Column("settled_by", BigId, ForeignKey("people.id")),
    Column("method", String(20)),  # cash, transfer, card, portal, waived
    Column("receipt", Text),
    CheckConstraint("vnd >= 0", name="vnd"),
)

fee_entries = Table(
    "fee_entries",
    metadata,
    Column("dossier_id", BigId, ForeignKey("dossiers.id"), primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("key", String(40), nullable=False),
    Column("kind", String(20), nullable=False),  # payment, waiver, refund, reversal
    Column("vnd", BigId, nullable=False),
    Column("method", String(20)),
    Column("receipt", Text),
    Column("corrects", Integer),
    Column("at", Moment, nullable=False),
    Column("by", BigId, ForeignKey("people.id")),
    Column("journal", Integer),
    CheckConstraint("number >= 1", name="number"),
)


def ledger_of(entries: Iterable[FeeEntryRow], rows: Iterable[FeeRow]) -> list[LedgerEntry]:
    """The ledger of a dossier in order: its rows of ``fee_entries``, and what ``rows`` of ``fees`` tell beside them.

    A fee that is settled later than its last entry was settled by an earlier version of the program, which wrote no
    entry. It counts with the rest of its amount.
    """
    known = [_entry(row) for row in entries]
    for row in sorted(rows, key=lambda row: row["key"]):
        own = [entry for entry in known if entry.key == row["key"]]
        settled_at = row["settled_at"]
        if settled_at is not None and not any(entry.at >= settled_at for entry in own):
            known.append(_settled(len(known) + 1, row, settled_at, sum(entry.vnd for entry in own)))
    return known


def entry_row(dossier_id: int, entry: LedgerEntry) -> FeeEntryRow:
    """The columns of ``fee_entries`` for an entry of a dossier."""
    return {
        "dossier_id": dossier_id,
        "number": entry.number,
        "key": entry.key,
        "kind": entry.kind,
        "vnd": entry.vnd,
        "method": entry.method,
        "receipt": entry.receipt,
        "corrects": entry.corrects,
        "at": entry.at,
        "by": entry.by,
        "journal": entry.journal,
    }


def fee_row(dossier_id: int, fee: FeeBalance) -> FeeRow:
    """The columns of ``fees`` for the balance of one fee of a dossier.

    A fee that another one's overpayment covers has no payment of its own, so it does not count as settled there.
    """
    last = fee.last
    return {
        "dossier_id": dossier_id,
        "key": fee.key,
        "vnd": fee.owed,
        "settled_at": last.at if last else None,
        "settled_by": last.by if last else None,
        "method": last.method if last else None,
        "receipt": last.receipt if last else None,
    }


def _entry(row: FeeEntryRow) -> LedgerEntry:
    return LedgerEntry(
        number=row["number"],
        key=row["key"],
        kind=cast(EntryKind, row["kind"]),
        vnd=row["vnd"],
        method=row["method"],
        receipt=row["receipt"],
        corrects=row["corrects"],
        at=row["at"],
        by=row["by"],
        journal=row["journal"],
    )


def _settled(number: int, row: FeeRow, at: dt.datetime, known: int) -> LedgerEntry:
    """The entry that an earlier version of the program did not write; ``known`` is the sum of those before it."""
    return LedgerEntry(
        number=number,
        key=row["key"],
        kind="waiver" if row["method"] == WAIVED else "payment",
        vnd=max(row["vnd"] - known, 0),
        method=row["method"],
        receipt=row["receipt"],
        at=at,
        by=row["settled_by"],
    )
