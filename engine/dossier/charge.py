"""Writes what a dossier owes and what was paid: the rows of ``fees`` follow the facts, the ledger only grows."""

from __future__ import annotations

from collections.abc import Sequence

from engine.dossier.case import Case
from engine.rules.procedure.balance import LedgerEntry, NewEntry
from engine.store.fees import entry_row, fee_entries, fees


def charge(case: Case) -> None:
    """Adds to the pending writes what the rows of ``fees`` must become on the present facts and the ledger."""
    writes = case.unit.writes
    if writes.waits(fees, {"dossier_id": case.id}):
        case.unit.begin()  # flushes: one statement cannot write a row twice
    before = {row["key"]: row for row in case.fee_rows()}
    now = {row["key"]: row for row in case.fees()}
    for key, row in now.items():
        if key in before and row != before[key]:
            changed = dict(row.items() - before[key].items())
            writes.update(fees, changed, {"dossier_id": case.id, "key": key})
    for key in before.keys() - now.keys():
        writes.delete(fees, {"dossier_id": case.id, "key": key})
    writes.insert(fees, [row for key, row in now.items() if key not in before])
    case.bring("fees", list(now.values()))


def enter(case: Case, entries: Sequence[NewEntry]) -> None:
    """Adds entries to the ledger, and charges the dossier again.

    Call it before the act is recorded: the entries carry the number of its journal entry. What an earlier version of
    the program settled without an entry gets its own first.
    """
    stored = case.ledger_rows()
    known = case.money().ledger
    added = list(known[len(stored) :])
    for number, given in enumerate(entries, len(known) + 1):
        added.append(
            LedgerEntry(
                number=number,
                key=given.key,
                kind=given.kind,
                vnd=given.vnd,
                method=given.method,
                receipt=given.receipt,
                corrects=given.corrects,
                at=case.unit.now,
                by=case.unit.actor.person_id,
                journal=case.row["version"] + 1,
            )
        )
    rows = [entry_row(case.id, entry) for entry in added]
    case.unit.writes.insert(fee_entries, rows)
    case.bring("ledger", [*stored, *rows])
    charge(case)
