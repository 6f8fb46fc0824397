"""The bank accounts of offices: which one receives the fees of an office on a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account of an office from a first day on, until the day before ``valid_to``. ``holder`` is the name on it."""

    office: str
    bin: str
    number: str
    holder: str
    bank: str
    valid_from: dt.date
    valid_to: dt.date | None = None

    def valid(self, on: dt.date) -> bool:
        """Whether it receives on this day."""
        return self.valid_from <= on and (self.valid_to is None or on < self.valid_to)


@dataclass(frozen=True, slots=True)
class Accounts:
    """Every account that was ever named; of one office never two on the same day (``clash``)."""

    all: tuple[Account, ...] = field(default=())

    def of(self, office: str, on: dt.date) -> Account | None:
        """The account that receives the fees of an office on a day; None where it has none."""
        return next((one for one in self.all if one.office == office and one.valid(on)), None)


def clash(accounts: Sequence[Account], fresh: Account) -> Account | None:
    """An account of the same office on a day of ``fresh``."""
    last = dt.date.max
    for one in accounts:
        begins = max(one.valid_from, fresh.valid_from)
        if one.office == fresh.office and begins < min(one.valid_to or last, fresh.valid_to or last):
            return one
    return None
