"""Memberships follow a reform: a clerk of a closing office gets the same role at its successor."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any, cast

from sqlalchemy import ColumnElement, and_, delete, insert, select, update

from engine.store.people import memberships
from engine.store.rows import MembershipRow
from engine.transaction import UnitOfWork


def join_successor(unit: UnitOfWork, member: Mapping[str, Any], date: dt.date) -> None:
    """Continues a membership (``person``, ``office``, ``role``, ``since``) at the office ``to`` from ``date`` on.

    The old membership lasts until ``leave_predecessor``, so that clerks can reach dossiers that are not moved yet. A
    repeated call, or one for a membership that has ended, changes nothing.
    """
    held = _held(unit, member, date)
    there = _membership(member["person"], member["to"], member["role"], date)
    if held is not None and unit.begin().execute(select(memberships.c.office).where(there)).first() is None:
        fresh = {"person_id": held.person_id, "office": member["to"], "role": held.role}
        unit.begin().execute(insert(memberships), fresh | {"valid_from": date, "valid_to": held.valid_to})


def leave_predecessor(unit: UnitOfWork, member: Mapping[str, Any], date: dt.date) -> None:
    """Ends the old membership on ``date``, after ``join_successor``. A repeated call changes nothing."""
    if _held(unit, member, date) is not None:
        unit.begin().execute(update(memberships).where(_old(member)).values(valid_to=date))


def return_to_office(unit: UnitOfWork, member: Mapping[str, Any], date: dt.date) -> None:
    """Undoes ``join_successor`` and ``leave_predecessor``. Where neither was done, it changes nothing."""
    new = _membership(member["person"], member["to"], member["role"], date)
    followed = unit.begin().execute(select(memberships).where(new)).one_or_none()
    if followed is None:
        return
    unit.begin().execute(delete(memberships).where(new))
    ended = and_(_old(member), memberships.c.valid_to == date)
    unit.begin().execute(update(memberships).where(ended).values(valid_to=followed.valid_to))


def works_at(unit: UnitOfWork, person: int, office: str, role: str, on: dt.date) -> bool:
    """Whether the person has the role at the office on a day."""
    valid = and_(
        memberships.c.person_id == person,
        memberships.c.office == office,
        memberships.c.role == role,
        memberships.c.valid_from <= on,
        memberships.c.valid_to.is_(None) | (memberships.c.valid_to > on),
    )
    return unit.begin().execute(select(memberships.c.office).where(valid)).first() is not None


def who_works(unit: UnitOfWork, people: Collection[int]) -> dict[int, set[tuple[str, str]]]:
    """The (office, role) pairs of these people today, by person id."""
    found: dict[int, set[tuple[str, str]]] = {}
    if not people:
        return found
    today = unit.today
    valid = and_(
        memberships.c.person_id.in_(sorted(people)),
        memberships.c.valid_from <= today,
        memberships.c.valid_to.is_(None) | (memberships.c.valid_to > today),
    )
    for row in unit.begin().execute(select(memberships).where(valid)):
        found.setdefault(row.person_id, set()).add((row.office, row.role))
    return found


def _held(unit: UnitOfWork, member: Mapping[str, Any], date: dt.date) -> MembershipRow | None:
    """The old membership if it lasts beyond the day, else None."""
    found = unit.begin().execute(select(memberships).where(_old(member))).one_or_none()
    held = cast(MembershipRow | None, found)
    return None if held is None or (held.valid_to is not None and held.valid_to <= date) else held


def _old(member: Mapping[str, Any]) -> ColumnElement[bool]:
    return _membership(member["person"], member["office"], member["role"], dt.date.fromisoformat(member["since"]))


def _membership(person: int, office: str, role: str, since: dt.date) -> ColumnElement[bool]:
    return and_(
        memberships.c.person_id == person,
        memberships.c.office == office,
        memberships.c.role == role,
        memberships.c.valid_from == since,
    )
