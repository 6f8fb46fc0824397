"""Order statistics of durations: the median, the time within which nine of ten were through, and the longest.

Both are nearest-rank values: each is the duration of a real dossier, and none lies between two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spread:
    """How long something took, over ``count`` times, in working minutes."""

    count: int
    median: int
    p90: int
    longest: int


def spread_of(minutes: Sequence[int]) -> Spread | None:
    """The spread of some durations; None if there are none.

    >>> spread_of([480, 60, 120, 2400])
    Spread(count=4, median=120, p90=2400, longest=2400)
    >>> spread_of([]) is None
    True
    """
    if not minutes:
        return None
    ordered = sorted(minutes)
    return Spread(len(ordered), _rank(ordered, 50), _rank(ordered, 90), ordered[-1])


def _rank(ordered: Sequence[int], percent: int) -> int:
    """The least value that at least ``percent`` of a hundred do not exceed."""
    return ordered[-(-len(ordered) * percent // 100) - 1]
