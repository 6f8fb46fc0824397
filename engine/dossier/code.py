"""Dossier codes: consecutive per office and day, without gaps, however many offices receive at once."""

from __future__ import annotations

import datetime as dt

from engine.rules.offices.offices import Office
from engine.store.numbers import Numbers, take_numbers
from engine.transaction import UnitOfWork


def next_code(unit: UnitOfWork, office: Office, day: dt.date, papers: int) -> tuple[str, Numbers]:
    """The next code of ``office`` on ``day`` (civil day in Viet Nam), by the configured template, with the numbers for
    a dossier that has ``papers`` papers.

    The counter rises inside the unit of work: a rolled-back intake gives its number back, and intakes at one office
    wait for each other until their transactions end. Circular 01/2018 art. 19: the sequence restarts each day at each
    receiving agency.
    """
    numbers = take_numbers(unit.begin(), office.code, day.isoformat(), papers)
    code = unit.settings.code_template.format(
        agency=office.identifier, yy=f"{day:%y}", mm=f"{day:%m}", dd=f"{day:%d}", sequence=numbers.sequence
    )
    return code, numbers
