"""Giving a dossier its code: consecutive per office and day, without a gap, however many centres receive at once."""

from __future__ import annotations

import datetime as dt

from engine.rules.offices.offices import Office
from engine.store.numbers import Numbers, take_numbers
from engine.transaction import UnitOfWork


def next_code(unit: UnitOfWork, office: Office, day: dt.date, papers: int) -> tuple[str, Numbers]:
    """The next code of ``office`` on ``day`` (civil day in Viet Nam), by the configured template; and the numbers that
    a dossier with so many papers takes.

    The counter rises inside the unit of work: a rolled-back intake gives its number back, and intakes at one office
    queue up behind each other for the rest of their transaction. Circular 01/2018 art. 19: the sequence restarts each
    day at each receiving agency.
    """
    numbers = take_numbers(unit.begin(), office.code, day.isoformat(), papers)
    code = unit.settings.code_template.format(
        agency=office.identifier, yy=f"{day:%y}", mm=f"{day:%m}", dd=f"{day:%d}", sequence=numbers.sequence
    )
    return code, numbers
