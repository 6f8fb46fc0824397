"""Which office of today a filing is for: by the unit it names, as that unit was on the day of the filing.

A closed or renamed unit is followed along the territory's successions. A divided one leaves several offices possible;
then a person chooses.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from engine.rules.filings.form import FilingForm
from engine.rules.offices.index import served_units
from engine.rules.offices.offices import Office
from engine.rules.territory.territory import Territory


def intake_offices(
    form: FilingForm, unit: str, filed_on: dt.date, today: dt.date, offices: Mapping[str, Office], territory: Territory
) -> tuple[Office, ...]:
    """The offices that may receive today what was filed for a unit on a day: the default successor first.

    Empty where no office had that code. ``unit`` is a code of the form, the identifier of an office, or its code.
    """
    named = _named(form, unit, filed_on, offices)
    if named is None:
        return ()
    if named.valid(filed_on) and named.valid(today):
        return (named,)
    there = _unit_then(named, filed_on, territory)
    receiving = [one for one in offices.values() if one.receives and one.valid(today)]
    units = [one.unit.id for one in territory.successors(there, max(today, territory.unit(there).valid_from))]
    return _in_units(units, receiving, named.body)


def communes_of(code: str, filed_on: dt.date, today: dt.date, territory: Territory) -> tuple[str, ...]:
    """The codes that a commune, named by its code on the day of filing, has today: several where it was divided.

    The code is read as of that day, since codes were used again with another meaning. Empty where no commune had it.
    """
    day = max(filed_on, territory.first)
    unit = territory.find(code, "commune", day) or territory.find(code, "commune", today)
    if unit is None:
        return ()
    return tuple(one.unit.code for one in territory.successors(unit.id, max(today, unit.valid_from)))


def _named(form: FilingForm, unit: str, on: dt.date, offices: Mapping[str, Office]) -> Office | None:
    """The receiving office that had the code on a day; else the one that had it on another day."""
    code = form.unit(unit, on)
    if code is not None:
        return offices.get(code)
    bearing = [one for one in offices.values() if one.receives and unit in (one.identifier, one.code)]
    then = [one for one in bearing if one.valid(on)]
    return max(then or bearing, key=lambda one: (one.valid_from, one.code), default=None)


def _unit_then(office: Office, on: dt.date, territory: Territory) -> str:
    """The id of the unit that an office's code meant on a day: the office's own, or an earlier one of the same code."""
    own = territory.unit(office.unit_id)
    if office.valid(on):
        return own.id
    earlier = territory.find(own.code, own.level, max(on, territory.first))
    return earlier.id if earlier is not None else own.id


def _in_units(units: Sequence[str], receiving: Sequence[Office], body: str) -> tuple[Office, ...]:
    """The receiving offices of the units, one a unit: of the same body where there is one."""
    found: list[Office] = []
    for unit in units:
        here = [one for one in receiving if unit in served_units(one)]
        here.sort(key=lambda one: (one.body != body, one.code))
        found += here[:1]
    return tuple(dict.fromkeys(found))
