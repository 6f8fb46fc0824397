"""The indicators of Decision 766/QĐ-TTg that count dossiers: each is two conditions, told by the traits of a dossier.

Each function gives a ``Share``: which dossiers count, and which of them count as achieved. The figures and both lists
of dossiers follow from the same two conditions. [M] marks a formula that was reconstructed from the descriptions of the
national portal, since the decision's own text gives none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_

from engine.store.indicator_traits import Traits


class Share(NamedTuple):
    """``of``: which dossiers count. ``part``: which of them count as achieved; NULL counts as not."""

    of: ColumnElement[bool]
    part: ColumnElement[bool]


def on_time(one: Traits) -> Share:
    """Dossiers on time ÷ dossiers received in the period. Decision 766, group *progress*, indicator 2.1 [M]."""
    return Share(one.received, one.in_time)


def synchronised(one: Traits) -> Share:
    """Dossiers that the national portal knows as they are here, and learned of on time ÷ dossiers received in the
    period whose truth is here. Group *publicity* [M].

    The index divides by the greater of both sides' numbers; what the portal alone has is no dossier here, and the page
    of synchronisation tells it. Without a connection nothing counts.
    """
    return Share(and_(one.received, one.told_from_here), one.known_there)


def filed_online(one: Traits) -> Share:
    """Dossiers filed over the portal ÷ all dossiers filed in the period. Group *online service*, C [M]."""
    return Share(one.filed, one.online)


def paid_online(one: Traits) -> Share:
    """Dossiers whose fee was paid over the portal ÷ dossiers received in the period that owe a fee. Indicator 3.6,
    group *online payment*, C [M].

    A payment that was taken back does not count.
    """
    return Share(and_(one.received, one.owes), one.paid_online)


def online_with_electronic_result(one: Traits) -> Share:
    """Dossiers filed online with an electronic result ÷ dossiers filed online whose result was ready in the period.
    Indicator 3.3 [M]."""
    return Share(and_(one.resulted, one.online), one.signed)


def electronic_result(one: Traits) -> Share:
    """Dossiers with an electronic result ÷ dossiers whose result was ready in the period. Group *digitisation* [M].

    An electronic result is a file with a digital signature (Decree 45/2020/NĐ-CP, art. 3).
    """
    return Share(one.resulted, one.signed)


def result_with_file(one: Traits) -> Share:
    """Dossiers with a file of the result ÷ dossiers whose result was ready in the period. Indicator 4.1 [M]."""
    return Share(one.resulted, one.result_file)


def digitised(one: Traits) -> Share:
    """Dossiers with a file of a paper and a file of the result ÷ dossiers whose result was ready in the period.
    Indicator 4.2, group *digitisation* [M]."""
    return Share(one.resulted, and_(one.result_file, one.paper_file))


def reused(one: Traits) -> Share:
    """Dossiers with a paper taken over from an earlier dossier ÷ dossiers received in the period. Indicator 4.3 [M]."""
    return Share(one.received, one.reused)


def satisfied(one: Traits) -> Share:
    """Ratings of 4 or 5 (of five) ÷ ratings given in the period. Group *satisfaction* [M].

    One mark is asked for the whole service; receiving and handling are not rated apart.
    """
    return Share(one.rated, one.satisfied)


RULES: Mapping[str, Callable[[Traits], Share]] = {
    rule.__name__: rule
    for rule in (
        synchronised,
        on_time,
        filed_online,
        paid_online,
        electronic_result,
        online_with_electronic_result,
        result_with_file,
        digitised,
        reused,
        satisfied,
    )
}
"""Each indicator over dossiers by its key."""


COUNTED = (*RULES, "mean_time")
"""What one reading of the dossiers counts: the indicators over them, and the mean time."""


def timed(one: Traits) -> ColumnElement[bool]:
    """The dossiers of the mean time from reception to result: those whose result was ready in the period. Indicator 2.2
    [M]."""
    return one.resulted
