"""How sure a share is that was counted over few: the interval around it, and what chance alone explains."""

from __future__ import annotations

from math import sqrt

NINETY = 1.645
"""So many standard errors to each side hold nine of ten."""


def interval(share: float, count: int) -> tuple[float, float]:
    """Between what the true share lies, nine times in ten, when ``count`` were looked at (Wilson's score interval).

    >>> [round(one, 3) for one in interval(0.9, 20)]
    [0.738, 0.966]
    >>> interval(1.0, 0)
    (0.0, 1.0)
    """
    if count <= 0:
        return 0.0, 1.0
    square = NINETY**2
    middle = (share + square / (2 * count)) / (1 + square / count)
    half = NINETY * sqrt(share * (1 - share) / count + square / (4 * count**2)) / (1 + square / count)
    return max(0.0, middle - half), min(1.0, middle + half)


def chance(share: float, learned: int, seen: int) -> float:
    """By how much two shares, counted over so many each, differ nine times in ten although nothing differs.

    ``share`` is that of both together. With one added on each side, since a share of 0 or 1 is not certain either.

    >>> round(chance(0.8, 20, 20), 2)
    0.21
    """
    both = learned + seen
    mild = (share * both + 1) / (both + 2)
    return NINETY * sqrt(mild * (1 - mild) * (1 / learned + 1 / seen))
