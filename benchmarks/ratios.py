"""Two sides that took turns: the ratio of each round, as Markdown."""

from __future__ import annotations

import statistics

Series = dict[str, dict[str, list[float]]]
"""Figures of the rounds, by what was measured and by side."""


def table(series: Series, *, digits: int) -> str:
    """In Markdown: the median of each side, and of the rounds' own ratios."""
    lines = ["| | before | after | after / before |", "|---|---|---|---|"]
    for name, by_side in series.items():
        before, after = (statistics.median(by_side[label]) for label in ("before", "after"))
        lines.append(f"| {name} | {before:.{digits}f} | {after:.{digits}f} | {spread(ratios(by_side))} |")
    return "\n".join(lines)


def overall(series: Series) -> str:
    """The geometric mean of all kinds in each round."""
    means = [statistics.geometric_mean(one) for one in zip(*(ratios(one) for one in series.values()), strict=True)]
    return f"All kinds together: {spread(means)} times before."


def spread(figures: list[float]) -> str:
    """Their median, middle half, least and most."""
    lower, middle, upper = statistics.quantiles(figures * 2 if len(figures) == 1 else figures, n=4, method="inclusive")
    return f"{middle:.2f} ({lower:.2f}–{upper:.2f}; {min(figures):.2f}–{max(figures):.2f})"


def ratios(by_side: dict[str, list[float]]) -> list[float]:
    """After to before, round by round."""
    return [after / before for before, after in zip(by_side["before"], by_side["after"], strict=True)]
