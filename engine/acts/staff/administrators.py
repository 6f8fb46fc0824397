"""Making administrators and taking that away: one person proposes, another administrator decides.

The first administrator of an installation is the exception: there is nobody yet who could decide.
"""

from __future__ import annotations

import datetime as dt
from typing import cast

from sqlalchemy import and_, func, insert, select, update

from engine.acts.staff.record import record_staff
from engine.errors import Conflict, Forbidden, NotFound, wrong
from engine.rules.journal.staff_entries import Change
from engine.store.people import people
from engine.store.rows import PersonRow, ProposalRow
from engine.store.staff_journal import admin_proposals, lock_staff, person_change
from engine.transaction import UnitOfWork

LASTS = dt.timedelta(days=7)
"""A proposal that nobody decided in this time has lapsed."""


class LastAdministrator(Conflict):
    """This person is the only administrator; without one nobody could approve another."""

    code = "last-administrator"
    vi = "Đây là người quản trị duy nhất; hãy duyệt một người quản trị khác trước."
    en = "This is the only administrator; approve another one first."


class AlreadyAdministrator(Conflict):
    """The person is an administrator, or is proposed as one already."""

    code = "already-administrator"
    vi = "Người này đã là người quản trị, hoặc đã được đề nghị và đang chờ duyệt."
    en = "This person is an administrator, or is proposed as one and waits for the decision."


class ProposalClosed(Conflict):
    """The proposal was decided, has lapsed, or whoever made it is no administrator any more."""

    code = "proposal-closed"
    vi = "Đề nghị này đã được quyết định, đã hết hạn, hoặc người đề nghị không còn là người quản trị."
    en = "This proposal was decided, has lapsed, or whoever made it is no administrator any more."


class SecondPersonNeeded(Forbidden):
    """Whoever proposed an administrator, or is proposed, does not decide on the proposal."""

    code = "second-person-needed"
    vi = "Cần người quản trị thứ hai: người đề nghị và người được đề nghị không được duyệt."
    en = "A second administrator is needed: neither who proposed nor who is proposed decides."


def is_first_administrator(unit: UnitOfWork) -> bool:
    """Whether the installation has no active administrator. Other changes of staff wait until the transaction ends."""
    lock_staff(unit.begin())
    return _administrators(unit) == 0


def propose_administrator(unit: UnitOfWork, person: int, reason: str) -> int:
    """Proposes an active person as an administrator; returns the number of the proposal.

    The proposer is an administrator, or the operator by command. Raises Forbidden, NotFound, InvalidInput,
    AlreadyAdministrator.
    """
    if unit.actor.kind not in ("admin", "system"):
        raise Forbidden(why_vi="chỉ dành cho người quản trị", why_en="administrators only")
    must_say_why(reason)
    lock_staff(unit.begin())
    found = _person(unit, person)
    _lapse(unit)
    waits = and_(admin_proposals.c.person_id == person, admin_proposals.c.status == "waiting")
    if found.admin or unit.begin().execute(select(admin_proposals.c.id).where(waits)).first():
        raise AlreadyAdministrator()
    if not found.active:
        raise wrong("person", "người này đã bị ngừng hoạt động", "this person is switched off")
    row = {
        "person_id": person,
        "proposed_by": unit.actor.person_id,
        "proposed_at": unit.now,
        "reason": reason,
        "status": "waiting",
    }
    number = int(unit.begin().execute(insert(admin_proposals).returning(admin_proposals.c.id), row).scalar_one())
    record_staff(unit, "propose-admin", person, [_proposal(number, "waiting")], reason)
    return number


def decide_administrator(unit: UnitOfWork, number: int, approve: bool, reason: str) -> int:
    """Approves or refuses a proposal, as an administrator who neither made it nor is meant; returns the person's id.

    Raises Forbidden, SecondPersonNeeded, NotFound, ProposalClosed, InvalidInput.
    """
    if not unit.actor.admin or unit.actor.person_id is None:
        raise Forbidden(why_vi="chỉ dành cho người quản trị", why_en="administrators only")
    must_say_why(reason)
    lock_staff(unit.begin())
    found = unit.begin().execute(select(admin_proposals).where(admin_proposals.c.id == number)).one_or_none()
    if found is None:
        raise NotFound(what=f"proposal {number}")
    if unit.actor.person_id in (found.proposed_by, found.person_id):
        raise SecondPersonNeeded()
    if (
        found.status != "waiting"
        or found.proposed_at + LASTS <= unit.now
        or not _may_still(unit, cast(ProposalRow, found))
    ):
        raise ProposalClosed()
    status = "approved" if approve else "refused"
    decided = {"status": status, "decided_by": unit.actor.person_id, "decided_at": unit.now, "decision_reason": reason}
    unit.begin().execute(update(admin_proposals).where(admin_proposals.c.id == number).values(decided))
    changes = [_proposal(number, status)]
    if approve:
        unit.begin().execute(update(people).where(people.c.id == found.person_id).values(admin=1))
        changes.append(person_change(found.person_id, admin=1))
    record_staff(unit, "approve-admin" if approve else "refuse-admin", found.person_id, changes, reason)
    return int(found.person_id)


def take_admin(unit: UnitOfWork, person: int, reason: str) -> None:
    """Makes an administrator an ordinary member of staff. Raises NotFound, LastAdministrator, InvalidInput."""
    must_say_why(reason)
    lock_staff(unit.begin())
    if not _person(unit, person).admin:
        raise NotFound(what=f"administrator {person}")
    must_not_be_the_last(unit, person)
    unit.begin().execute(update(people).where(people.c.id == person).values(admin=0))
    record_staff(unit, "take-admin", person, [person_change(person, admin=0)], reason)


def must_not_be_the_last(unit: UnitOfWork, person: int) -> None:
    """Raises LastAdministrator if no other active person is an administrator."""
    if _administrators(unit, besides=person) == 0:
        raise LastAdministrator()


def must_say_why(reason: str) -> None:
    """Raises InvalidInput without a reason."""
    if not reason.strip():
        raise wrong("reason", "phải ghi lý do", "is missing")


def _administrators(unit: UnitOfWork, besides: int = 0) -> int:
    active = and_(people.c.admin == 1, people.c.active == 1, people.c.id != besides)
    return int(unit.begin().execute(select(func.count()).select_from(people).where(active)).scalar_one())


def _person(unit: UnitOfWork, person: int) -> PersonRow:
    found = unit.begin().execute(select(people).where(people.c.id == person)).one_or_none()
    if found is None:
        raise NotFound(what=f"person {person}")
    return cast(PersonRow, found)


def _may_still(unit: UnitOfWork, proposal: ProposalRow) -> bool:
    """Whether the proposer is still an administrator, and the person proposed still active."""
    if not _person(unit, proposal.person_id).active:
        return False
    if proposal.proposed_by is None:
        return True
    proposer = _person(unit, proposal.proposed_by)
    return bool(proposer.active and proposer.admin)


def _lapse(unit: UnitOfWork) -> None:
    old = and_(admin_proposals.c.status == "waiting", admin_proposals.c.proposed_at <= unit.now - LASTS)
    lapsed = update(admin_proposals).where(old).values(status="lapsed").returning(admin_proposals)
    for one in unit.begin().execute(lapsed).all():
        record_staff(unit, "lapse-proposal", one.person_id, [_proposal(one.id, "lapsed")])


def _proposal(number: int, status: str) -> Change:
    return "admin_proposals", (number,), {"status": status}
