"""The acts that take back what was published about the working time of one office: a closure, hours of its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from sqlalchemy import Table, and_, delete, select, update

from engine.acts.publish import must_administer, raise_version
from engine.acts.recount import ask_recount
from engine.errors import NotFound
from engine.rules.deadlines.office_bounds import ended, reopened
from engine.rules.deadlines.office_hours import Closure
from engine.rules.deadlines.own_hours import OwnHours
from engine.store.clocks import closures, office_hours
from engine.transaction import UnitOfWork


def reopen(unit: UnitOfWork, office: str, first: dt.date, on: dt.date | None = None) -> Closure | None:
    """Takes back a closure that began on ``first``, or ends it so that the office is open again from ``on``.

    Returns what is left of it. A day that has begun stays as it was. Raises NotFound, Forbidden, InvalidInput.
    """
    must_administer(unit)
    left = reopened(Closure.from_data(_known(unit, closures, office, first)), on, unit.today)
    why = {"what": "reopened", "office": office, "first": first.isoformat(), "vi": "cơ quan làm việc trở lại",
           "en": "the office is open again"}  # fmt: skip
    _leave(unit, closures, office, first, left.to_data() if left else None, why)
    return left


def end_hours(unit: UnitOfWork, office: str, first: dt.date, on: dt.date | None = None) -> OwnHours | None:
    """Takes back the own hours that begin on ``first``, or ends them so that the country's hold again from ``on``.

    Returns what is left of them. Raises NotFound, Forbidden, InvalidInput.
    """
    must_administer(unit)
    left = ended(OwnHours.from_data(_known(unit, office_hours, office, first)), on, unit.today)
    why = {"what": "hours_ended", "office": office, "first": first.isoformat(), "vi": "cơ quan đổi giờ làm việc",
           "en": "the office keeps other hours"}  # fmt: skip
    _leave(unit, office_hours, office, first, left.to_data() if left else None, why)
    return left


def _known(unit: UnitOfWork, table: Table, office: str, first: dt.date) -> dict[str, object]:
    unit.catalogue.office(office)
    raise_version(unit, "calendars", by=0)  # one publisher at a time
    same = and_(table.c.office == office, table.c.first == first.isoformat())
    found = unit.begin().execute(select(table.c.document).where(same)).scalar()
    if found is None:
        raise NotFound(what=f"{office} {first}")
    return dict(found)


def _leave(
    unit: UnitOfWork,
    table: Table,
    office: str,
    first: dt.date,
    left: Mapping[str, object] | None,
    why: Mapping[str, object],
) -> None:
    same = and_(table.c.office == office, table.c.first == first.isoformat())
    change = delete(table).where(same) if left is None else update(table).where(same).values(document=left)
    unit.begin().execute(change)
    raise_version(unit, "calendars")
    ask_recount(unit, why, office=office)
