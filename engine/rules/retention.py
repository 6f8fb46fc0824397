"""Terms of retention: how long a finished dossier is kept, by procedure, each with its legal reference.

The years count from the year after the one in which the dossier ended, as terms of archives do: a dossier of 2026 with
ten years may go from 1 January 2037 on. Without a term a dossier is kept.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

ANY = "*"
MOST_YEARS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionTerm:
    """``years`` is None for what is kept for ever. ``procedures`` are codes, or ``*`` for those without a term."""

    procedures: tuple[str, ...]
    years: int | None
    legal: str

    def in_words(self) -> str:
        """The term as minutes and packages name it."""
        kept = "vĩnh viễn" if self.years is None else f"{self.years} năm"
        return f"{kept} ({self.legal})"


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionSchedule:
    """``digest`` is the SHA-256 of the file that the terms were read from."""

    terms: tuple[RetentionTerm, ...]
    digest: str

    def term_of(self, procedure: str) -> RetentionTerm | None:
        """The term of a procedure: its own, else that of all others; None where there is none."""
        own = next((one for one in self.terms if procedure in one.procedures), None)
        return own or next((one for one in self.terms if ANY in one.procedures), None)


def destroyable_from(term: RetentionTerm | None, ended: dt.date) -> dt.date | None:
    """The first day on which a dossier that ended on this day may be destroyed; None: never.

    >>> ten = RetentionTerm(procedures=("*",), years=10, legal="QĐ 1")
    >>> destroyable_from(ten, dt.date(2026, 3, 2)).isoformat()
    '2037-01-01'
    """
    if term is None or term.years is None:
        return None
    return dt.date(ended.year + term.years + 1, 1, 1)
