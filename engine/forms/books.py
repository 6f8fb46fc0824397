"""The book of an office: its register of one year, in which each dossier that it received has a line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from engine.clock import civil_day, midnight
from engine.store.form_numbers import register_lines
from engine.transaction import UnitOfWork


def lines_in_books(
    unit: UnitOfWork, office: str, received: Iterable[tuple[int, dt.datetime]]
) -> dict[int, tuple[int, int]]:
    """The book (its year) and the line of dossiers that ``office`` received, by row id.

    ``received`` are (row id, moment of reception).
    """
    years: dict[int, list[int]] = {}
    for dossier, moment in received:
        years.setdefault(civil_day(moment).year, []).append(dossier)
    places: dict[int, tuple[int, int]] = {}
    for year, ids in years.items():
        start, end = midnight(dt.date(year, 1, 1)), midnight(dt.date(year + 1, 1, 1))
        found = register_lines(unit.begin(), office, start, end, ids)
        places |= {dossier: (year, line) for dossier, line in found.items()}
    return places
