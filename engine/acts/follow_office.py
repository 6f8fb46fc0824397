"""Clerks whose office closes: from the day of a reform on they have the same role at the office that succeeds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import and_, delete, insert, select, update

from engine.case import LOCAL
from engine.store.people import memberships
from engine.transaction import UnitOfWork


def follow_office(unit: UnitOfWork, member: Mapping[str, Any], date: dt.date) -> None:
    """Ends a membership (``person``, ``office``, ``role``, ``since``) on the day and begins it at the office ``to``.

    Nothing happens when that was done before, or the membership has ended by itself.
    """
    mine = _membership(member["person"], member["office"], member["role"], dt.date.fromisoformat(member["since"]))
    held = unit.connection.execute(select(memberships).where(mine)).one_or_none()
    if held is None or (held.valid_to is not None and held.valid_to <= date):
        return
    unit.connection.execute(update(memberships).where(mine).values(valid_to=date))
    fresh = {
        "person_id": held.person_id,
        "office": member["to"],
        "role": held.role,
        "valid_from": date,
        "valid_to": held.valid_to,
    }
    there = _membership(held.person_id, member["to"], held.role, date)
    if unit.connection.execute(select(memberships.c.office).where(there)).first() is None:
        unit.connection.execute(insert(memberships), fresh)


def return_to_office(unit: UnitOfWork, member: Mapping[str, Any], date: dt.date) -> None:
    """Undoes ``follow_office``. Nothing happens when it was not done, or undone before."""
    old = _membership(member["person"], member["office"], member["role"], dt.date.fromisoformat(member["since"]))
    new = _membership(member["person"], member["to"], member["role"], date)
    followed = unit.connection.execute(select(memberships).where(new)).one_or_none()
    if followed is None:
        return
    unit.connection.execute(delete(memberships).where(new))
    unit.connection.execute(
        update(memberships).where(old, memberships.c.valid_to == date).values(valid_to=followed.valid_to)
    )


def works_at(unit: UnitOfWork, person: int, office: str, role: str, on: dt.date) -> bool:
    """Whether the person has the role at the office on a day."""
    valid = and_(
        memberships.c.person_id == person,
        memberships.c.office == office,
        memberships.c.role == role,
        memberships.c.valid_from <= on,
        memberships.c.valid_to.is_(None) | (memberships.c.valid_to > on),
    )
    return unit.connection.execute(select(memberships.c.office).where(valid)).first() is not None


def who_works(unit: UnitOfWork, people: Collection[int]) -> dict[int, set[tuple[str, str]]]:
    """Where these people work today: (office, role) by person."""
    found: dict[int, set[tuple[str, str]]] = {}
    if not people:
        return found
    today = unit.now.astimezone(LOCAL).date()
    valid = and_(
        memberships.c.person_id.in_(sorted(people)),
        memberships.c.valid_from <= today,
        memberships.c.valid_to.is_(None) | (memberships.c.valid_to > today),
    )
    for row in unit.connection.execute(select(memberships).where(valid)):
        found.setdefault(row.person_id, set()).add((row.office, row.role))
    return found


def _membership(person: int, office: str, role: str, since: dt.date) -> Any:
    return and_(
        memberships.c.person_id == person,
        memberships.c.office == office,
        memberships.c.role == role,
        memberships.c.valid_from == since,
    )
