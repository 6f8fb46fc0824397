"""Resetting how somebody signs in, by an administrator: a new password, no second factor.

Whoever resets both could sign in as the person. So an administrator, or somebody proposed as one, is reset by the
operator's commands only: else one administrator could act as two, and decide alone (``administrators``).
"""

from __future__ import annotations

from sqlalchemy import and_, exists, select

from engine.acts.staff.administrators import must_say_why
from engine.acts.staff.own_sessions import end_sessions
from engine.acts.staff.people import set_password
from engine.acts.staff.second_factor import remove_second_factor
from engine.errors import Forbidden, NotFound
from engine.store.people import people
from engine.store.staff_journal import admin_proposals, lock_staff
from engine.transaction import UnitOfWork


class OperatorNeeded(Forbidden):
    """The way in of an administrator is reset by the operator of the installation, not by another administrator."""

    code = "operator-needed"
    vi = "Mật khẩu và lớp xác thực của người quản trị, hoặc người đang được đề nghị, chỉ người vận hành đặt lại được."
    en = "Only the operator resets the password or second factor of an administrator, or of whoever is proposed as one."


def reset_password(unit: UnitOfWork, person: int, password: str, reason: str) -> None:
    """Gives a person another password; every session and token of theirs ends.

    Raises Forbidden, OperatorNeeded, NotFound, InvalidInput.
    """
    _must_be_resettable(unit, person, reason)
    set_password(unit, person, password, reason)


def reset_second_factor(unit: UnitOfWork, person: int, reason: str) -> None:
    """Removes a person's second factor, and ends their sessions; they set up another one.

    Raises Forbidden, OperatorNeeded, NotFound, NoFactor, InvalidInput.
    """
    _must_be_resettable(unit, person, reason)
    remove_second_factor(unit, person, reason)
    end_sessions(unit, person)


def _must_be_resettable(unit: UnitOfWork, person: int, reason: str) -> None:
    if not unit.actor.admin:
        raise Forbidden(why_vi="chỉ dành cho người quản trị", why_en="administrators only")
    must_say_why(reason)
    lock_staff(unit.begin())
    admin = unit.begin().execute(select(people.c.admin).where(people.c.id == person)).scalar_one_or_none()
    if admin is None:
        raise NotFound(what=f"person {person}")
    waits = exists().where(and_(admin_proposals.c.person_id == person, admin_proposals.c.status == "waiting"))
    if admin or unit.begin().execute(select(waits)).scalar_one():
        raise OperatorNeeded()
