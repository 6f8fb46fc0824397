"""The account of a dossier's fees: what is owed on the present facts, what the ledger says was paid, and the rest.

What is owed is computed again at every change of facts. What was paid is a ledger to which entries are only added: a
payment, a waiver, a refund, or a reversal that takes one of these back. What was paid for one fee beyond what is owed
for it counts for the others of the same dossier; what then remains is a refund to settle. A waiver is never refunded.
Money under ``SURPLUS`` never counts for a fee.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

EntryKind = Literal["payment", "waiver", "refund", "reversal"]
WAIVED = "waived"
SURPLUS = "_surplus"
"""The key of money that nobody owed when it came: too much, twice, or too late. It counts for no fee and is owed back.
No fee of a workflow file can have this key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEntry:
    """What an act enters into the ledger; see ``LedgerEntry``."""

    key: str
    kind: EntryKind
    vnd: int
    method: str | None
    receipt: str | None
    corrects: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """One entry in đồng: above 0 what came in or was waived, below 0 what was paid back or taken back.

    ``corrects`` is the number of the entry that a reversal takes back, or that a further payment replaces. ``journal``
    is the number of the journal entry.
    """

    number: int
    key: str
    kind: EntryKind
    vnd: int
    method: str | None
    receipt: str | None
    at: dt.datetime
    by: int | None = None
    corrects: int | None = None
    journal: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeBalance:
    """One fee in đồng: ``due`` is ``owed - waived - paid - moved``, never below 0.

    ``moved`` is what other fees of the dossier were overpaid by and that counts for this one; below 0 what this one
    gave away. ``refund`` is what remains to be paid back. ``last`` is the payment or waiver that settled it, and
    ``settled_at`` the moment from which nothing was due. Both are None while something is due, and where nothing was
    ever recorded.
    """

    key: str
    owed: int
    paid: int
    waived: int
    moved: int
    due: int
    refund: int
    last: LedgerEntry | None
    settled_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Balance:
    """The fees of a dossier in order of their keys, and the ledger, oldest entry first."""

    fees: tuple[FeeBalance, ...]
    ledger: tuple[LedgerEntry, ...] = field(default=())

    @property
    def owed(self) -> int:
        return sum(fee.owed for fee in self.fees)

    @property
    def paid(self) -> int:
        return sum(fee.paid for fee in self.fees)

    @property
    def waived(self) -> int:
        return sum(fee.waived for fee in self.fees)

    @property
    def due(self) -> int:
        return sum(fee.due for fee in self.fees)

    @property
    def refund(self) -> int:
        return sum(fee.refund for fee in self.fees)

    def of(self, key: str) -> FeeBalance | None:
        """The balance of one fee; None where nothing is owed or recorded under the key."""
        return next((fee for fee in self.fees if fee.key == key), None)

    def standing(self, number: int) -> LedgerEntry | None:
        """The entry with this number, unless it is a reversal or was taken back."""
        return next((entry for entry in standing(self.ledger) if entry.number == number), None)


def balance(owed: Mapping[str, int], ledger: Sequence[LedgerEntry]) -> Balance:
    """The balance of ``owed`` (đồng by fee key) and the ledger, oldest entry first.

    >>> paid = LedgerEntry(number=1, key="house", kind="payment", vnd=75, method="cash", receipt=None,
    ...                    at=dt.datetime(2026, 3, 2, tzinfo=dt.UTC))
    >>> account = balance({"works": 150}, [paid])
    >>> account.owed, account.paid, account.due, account.refund
    (150, 75, 75, 0)
    """
    keys = sorted({*owed, *(entry.key for entry in ledger)})
    money = {key: _sum(entry for entry in ledger if entry.key == key and entry.method != WAIVED) for key in keys}
    waived = {key: _sum(entry for entry in ledger if entry.key == key and entry.method == WAIVED) for key in keys}
    needed = {key: max(owed.get(key, 0) - waived[key], 0) for key in keys}
    moved = _moved({key: needed[key] - money[key] for key in keys if key != SURPLUS}) | {SURPLUS: 0}
    fees = []
    for key in keys:
        rest = needed[key] - money[key] - moved[key]
        due, standing_here = max(rest, 0), [entry for entry in standing(ledger) if entry.key == key]
        last = next((one for one in reversed(standing_here) if one.kind != "refund"), None) if not due else None
        covered = last or (next(reversed(ledger), None) if moved[key] > 0 and not due else None)
        fees.append(
            FeeBalance(
                key=key,
                owed=owed.get(key, 0),
                paid=money[key],
                waived=waived[key],
                moved=moved[key],
                due=due,
                refund=max(-rest, 0),
                last=last,
                settled_at=covered.at if covered else None,
            )
        )
    return Balance(tuple(fees), tuple(ledger))


def standing(ledger: Sequence[LedgerEntry]) -> list[LedgerEntry]:
    """The entries that hold: neither reversals nor what one of them takes back."""
    back = {entry.corrects for entry in ledger if entry.kind == "reversal"}
    return [entry for entry in ledger if entry.kind != "reversal" and entry.number not in back]


def _moved(rests: Mapping[str, int]) -> dict[str, int]:
    """What moves between fees; ``rests`` are above 0 where something is lacking, below 0 where too much was paid."""
    spare = {key: -rest for key, rest in rests.items() if rest < 0}
    moved = dict.fromkeys(rests, 0)
    for key, lack in rests.items():
        for source in list(spare) if lack > 0 else ():
            part = min(lack - moved[key], spare[source])
            moved[key] += part
            moved[source] -= part
            spare[source] -= part
    return moved


def _sum(entries: Iterable[LedgerEntry]) -> int:
    return sum(entry.vnd for entry in entries)
