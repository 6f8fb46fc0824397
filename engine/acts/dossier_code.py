"""Giving a dossier its code: consecutive per office and day, without a gap, however many centres receive at once."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.dialects import postgresql, sqlite

from engine.rules.offices import Office
from engine.store.dossiers import code_counters
from engine.transaction import UnitOfWork


def next_code(unit: UnitOfWork, office: Office, day: dt.date) -> str:
    """The next code of ``office`` on ``day`` (civil day in Viet Nam), by the configured template.

    The counter rises inside the unit of work: a rolled-back intake gives its number back, and intakes at one office
    queue up behind each other for the rest of their transaction. Circular 01/2018 art. 19: the sequence restarts each
    day at each receiving agency.
    """
    insert_into = postgresql.insert if unit.connection.dialect.name == "postgresql" else sqlite.insert
    statement = (
        insert_into(code_counters)
        .values(office=office.code, day=day.isoformat(), last=1)
        .on_conflict_do_update(index_elements=["office", "day"], set_={"last": code_counters.c.last + 1})
        .returning(code_counters.c.last)
    )
    sequence = unit.connection.execute(statement).scalar_one()
    return unit.settings.code_template.format(
        agency=office.identifier, yy=f"{day:%y}", mm=f"{day:%m}", dd=f"{day:%d}", sequence=sequence
    )
