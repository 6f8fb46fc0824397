"""Keyset paging in domain types: ``Page``, and ``After`` for where the next page begins.

Callers of queries encode ``After`` in their own way (``server.paging`` for addresses) and pass it to the next query.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

Line = TypeVar("Line")


@dataclass(frozen=True, slots=True, kw_only=True)
class After:
    """The key of a page's last line: its id and, in a list ordered by a moment, that moment (None sorts last)."""

    id: int
    moment: dt.datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[Line]):
    """A page of lines in order; ``after`` is None on the last page."""

    lines: tuple[Line, ...]
    after: After | None


def page_of(rows: Sequence[Any], limit: int, line: Callable[[Any], Line], after: Callable[[Any], After]) -> Page[Line]:
    """The page of the first ``limit`` of ``rows``. Pass ``limit + 1`` rows: one more row means that a page follows.

    ``line`` turns a row into a line, ``after`` a row into its key.

    >>> page_of([1, 2, 3], 2, str, lambda row: After(id=row))
    Page(lines=('1', '2'), after=After(id=2, moment=None))
    """
    following = after(rows[limit - 1]) if len(rows) > limit else None
    return Page(lines=tuple(line(row) for row in rows[:limit]), after=following)
