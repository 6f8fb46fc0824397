"""Operations on the staff, for administrators: accounts, tokens, deputies, new administrators, and their journal."""

from __future__ import annotations

from typing import Any

from api import bodies, parameters, shapes
from api.answers import answer, moment, nothing, page
from api.operations import LINK, LOCATION, Gives, Resource
from engine.acts.staff import administrators, revoke, switch
from engine.acts.staff import people as acts
from engine.queries import staff as queries
from engine.transaction import UnitOfWork
from server.answer import Answer
from server.identity import Access, reading
from server.once import perform
from server.paging import key_of, read_after

staff = Resource("staff", __name__, description="The staff and its journal, for administrators.")
DONE = Gives(status=204, description="Done; the journal of staff tells it.")


@staff.operation(
    "GET",
    "/people",
    access=Access.ADMIN,
    query=parameters.StaffList,
    gives=Gives(shape=shapes.Staff, headers=LINK, description="In order of their number."),
)
def every(query: dict[str, Any]) -> Answer:
    """List the staff with their roles"""
    with reading() as uow:
        found = queries.staff(uow, office=query["office"], after=read_after(query["after"]), limit=query["limit"])
    return page([_person(one) for one in found.lines], key_of(found.after))


@staff.operation(
    "GET", "/people/<int:number>", access=Access.ADMIN, gives=Gives(shape=shapes.StaffMember), refuses=(404,)
)
def one(number: int) -> Answer:
    """Read an account with its roles, deputies, sessions and tokens"""
    with reading() as uow:
        found, tokens = queries.person_line(uow, number), queries.tokens_of(uow, number)
        deputies = queries.deputies_of(uow, number)
    return answer(
        _person(found) | {"tokens": [_token(one) for one in tokens], "deputies": [_deputy(one) for one in deputies]}
    )


@staff.operation(
    "PUT", "/people/<int:number>/activity", access=Access.ADMIN, body=bodies.Activity, gives=DONE, refuses=(404, 409),
    key="optional",
)  # fmt: skip
def set_activity(number: int, body: dict[str, Any]) -> Answer:
    """Switch a person off or on; whoever is switched off is no administrator any more"""
    act = switch.switch_on if body["active"] else switch.switch_off
    return _done("switch_person", lambda uow: act(uow, number, body["reason"]))


@staff.operation(
    "POST", "/people/<int:number>/admin-removals", access=Access.ADMIN, body=bodies.Reason, gives=DONE,
    refuses=(404, 409), key="optional",
)  # fmt: skip
def remove_admin(number: int, body: dict[str, Any]) -> Answer:
    """Make an administrator an ordinary member of staff"""
    return _done("take_admin", lambda uow: administrators.take_admin(uow, number, body["reason"]))


@staff.operation(
    "POST", "/people/<int:number>/membership-ends", access=Access.ADMIN, body=bodies.MembershipEnd, gives=DONE,
    refuses=(404,), key="optional",
)  # fmt: skip
def end_membership(number: int, body: dict[str, Any]) -> Answer:
    """End an open role of a person at an office"""
    ends = body["office"], body["role"], body["on"], body["reason"]
    return _done("end_membership", lambda uow: acts.end_membership(uow, number, *ends))


@staff.operation(
    "POST", "/people/<int:number>/substitution-ends", access=Access.ADMIN, body=bodies.SubstitutionEnd, gives=DONE,
    refuses=(404,), key="optional",
)  # fmt: skip
def end_substitution(number: int, body: dict[str, Any]) -> Answer:
    """End the substitutions of a deputy for this person before their last day"""
    ends = body["deputy"], body["on"], body["reason"]
    return _done("end_substitute", lambda uow: revoke.end_substitute(uow, number, *ends))


@staff.operation(
    "POST", "/people/<int:number>/token-revocations", access=Access.ADMIN, body=bodies.TokenRevocation,
    gives=Gives(shape=shapes.Revoked, description="How many were valid until now."), refuses=(404,), key="optional",
)  # fmt: skip
def revoke_tokens(number: int, body: dict[str, Any]) -> Answer:
    """Revoke one session or token of a person, or all of them"""

    def doing(uow: UnitOfWork) -> Answer:
        if body["token"] is None:
            return answer({"revoked": revoke.revoke_tokens(uow, number, body["reason"])})
        revoke.revoke_token(uow, number, body["token"], body["reason"])
        return answer({"revoked": 1})

    return perform("revoke_tokens", doing)


@staff.operation("GET", "/admin-proposals", access=Access.ADMIN, gives=Gives(shape=shapes.Proposals))
def proposals() -> Answer:
    """List the people proposed as administrators, newest first"""
    with reading() as uow:
        found = queries.proposals(uow)
    return answer({"items": [_proposal(one) for one in found]})


@staff.operation(
    "POST", "/admin-proposals", access=Access.ADMIN, body=bodies.NewProposal, refuses=(404, 409), key="required",
    gives=Gives(status=201, shape=shapes.ProposalMade, headers=LOCATION, description="Waits for a second person."),
)  # fmt: skip
def propose(body: dict[str, Any]) -> Answer:
    """Propose a person as an administrator; another administrator decides"""

    def doing(uow: UnitOfWork) -> Answer:
        number = administrators.propose_administrator(uow, body["person"], body["reason"])
        return answer({"id": number}, 201, Location=f"/api/v1/admin-proposals/{number}")

    return perform("propose_administrator", doing, key_required=True)


@staff.operation(
    "PUT", "/admin-proposals/<int:number>/verdict", access=Access.ADMIN, body=bodies.Verdict, gives=DONE,
    refuses=(404, 409), key="optional",
)  # fmt: skip
def decide(number: int, body: dict[str, Any]) -> Answer:
    """Approve or refuse a proposed administrator, as an administrator who neither proposed nor is proposed"""
    verdict = body["approve"], body["reason"]
    return _done("decide_administrator", lambda uow: administrators.decide_administrator(uow, number, *verdict))


@staff.operation(
    "GET", "/staff-journal", access=Access.ADMIN, query=parameters.StaffJournal,
    gives=Gives(shape=shapes.StaffEntries, headers=LINK, description="Newest first."),
)  # fmt: skip
def journal(query: dict[str, Any]) -> Answer:
    """Read the journal of staff: who changed what of whom, when and why"""
    with reading() as uow:
        found = queries.staff_entries(
            uow, person=query["person"], after=read_after(query["after"]), limit=query["limit"]
        )
    return page([_entry(one) for one in found.lines], key_of(found.after))


def _done(name: str, act: Any) -> Answer:
    def doing(uow: UnitOfWork) -> Answer:
        act(uow)
        return nothing()

    return perform(name, doing)


def _person(one: queries.PersonLine) -> dict[str, Any]:
    roles = [
        {"office": office, "role": role, "valid_from": start.isoformat(), "valid_to": end.isoformat() if end else None}
        for office, role, start, end in one.roles
    ]
    names = ("id", "username", "name", "email", "phone", "admin", "active")
    return {name: getattr(one, name) for name in names} | {"roles": roles}


def _token(one: queries.TokenView) -> dict[str, Any]:
    moments = {"created_at": moment(one.created_at), "expires_at": moment(one.expires_at)}
    return {"id": one.id, "kind": one.kind, "purpose": one.purpose, **moments}


def _deputy(one: queries.Deputy) -> dict[str, Any]:
    days = {"start": one.start.isoformat(), "end": one.end.isoformat()}
    return {"absent": one.absent, "deputy": one.deputy, "office": one.office, "legal": one.legal, **days}


def _proposal(one: queries.ProposalView) -> dict[str, Any]:
    names = ("id", "person", "proposed_by", "reason", "status", "decided_by")
    moments = {"proposed_at": moment(one.proposed_at), "decided_at": moment(one.decided_at)}
    return {name: getattr(one, name) for name in names} | moments


def _entry(one: queries.StaffEntry) -> dict[str, Any]:
    names = ("number", "act", "actor", "operator", "subject", "reason")
    changes = [{"table": table, "key": key, "columns": columns} for table, key, columns in one.changes]
    return {name: getattr(one, name) for name in names} | {"at": moment(one.at), "changes": changes}
