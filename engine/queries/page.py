"""One page of a list, and where the next one begins: keyset paging, in domain types.

The callers of queries make their own key of ``After`` (``server.paging`` for addresses) and give it back with the next
question.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

Line = TypeVar("Line")


@dataclass(frozen=True, slots=True, kw_only=True)
class After:
    """The last line of a page: its id and, where the list is in order of a moment, this moment."""

    id: int
    moment: dt.datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[Line]):
    """Some lines in order; ``after`` is None on the last page."""

    lines: tuple[Line, ...]
    after: After | None


def page_of(rows: Sequence[Any], limit: int, line: Callable[[Any], Line], after: Callable[[Any], After]) -> Page[Line]:
    """The first ``limit`` of ``rows`` as lines. The caller read one row more, which says whether a page follows."""
    following = after(rows[limit - 1]) if len(rows) > limit else None
    return Page(lines=tuple(line(row) for row in rows[:limit]), after=following)
