"""Switching a person off and on again."""

from __future__ import annotations

from sqlalchemy import select, update

from engine.acts.staff.administrators import must_not_be_the_last, must_say_why
from engine.acts.staff.people import revoke_all
from engine.acts.staff.record import record_staff
from engine.errors import NotFound
from engine.store.people import people
from engine.store.staff_journal import lock_staff, person_change
from engine.transaction import UnitOfWork


def switch_off(unit: UnitOfWork, person: int, reason: str) -> None:
    """Ends everything that lets a person in: sessions, tokens, password sign-in, and the rights of deputies.

    An administrator loses that as well: to give it back takes two persons. A repeated call changes nothing. Raises
    NotFound, LastAdministrator, InvalidInput.
    """
    active, admin = _state(unit, person, reason)
    if not active:
        return
    if admin:
        must_not_be_the_last(unit, person)
    unit.begin().execute(update(people).where(people.c.id == person).values(active=0, admin=0))
    changes = [person_change(person, active=0, admin=0), *revoke_all(unit, person)]
    record_staff(unit, "switch-off", person, changes, reason)


def switch_on(unit: UnitOfWork, person: int, reason: str) -> None:
    """Lets a person in again, by password or by a new token; memberships are as they were. Raises NotFound."""
    active, _ = _state(unit, person, reason)
    if active:
        return
    unit.begin().execute(update(people).where(people.c.id == person).values(active=1))
    record_staff(unit, "switch-on", person, [person_change(person, active=1)], reason)


def _state(unit: UnitOfWork, person: int, reason: str) -> tuple[bool, bool]:
    """Whether the person is active, and an administrator, while no other change of staff can come in between."""
    must_say_why(reason)
    lock_staff(unit.begin())
    found = unit.begin().execute(select(people.c.active, people.c.admin).where(people.c.id == person)).one_or_none()
    if found is None:
        raise NotFound(what=f"person {person}")
    return bool(found.active), bool(found.admin)
