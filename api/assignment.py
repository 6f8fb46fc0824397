"""Operations on the holder of a dossier: opening, claiming, assigning, giving back, recalling."""

from __future__ import annotations

from typing import Any

from api import bodies
from api.dossier_act import STANDS, act
from api.operations import Resource
from api.versions import expected_version
from engine.acts import hold
from engine.acts.free_claim import free_claim
from engine.acts.recall import recall
from engine.dossier.case import Case
from engine.transaction import UnitOfWork
from server.answer import Answer
from server.identity import Access

holding = Resource("holding", __name__, description="Who works on a dossier.")


@holding.operation(
    "POST",
    "/dossiers/<code>/opening",
    access=Access.STAFF,
    body=bodies.Empty,
    body_optional=True,
    gives=STANDS,
    refuses=(403, 404, 409),
    key="optional",
)
def open_it(code: str, body: dict[str, Any]) -> Answer:
    """Note that the present holder has opened the dossier: it cannot be recalled any more"""
    return act("mark_opened", lambda uow: hold.mark_opened(uow, code))


@holding.operation(
    "PUT",
    "/dossiers/<code>/assignment",
    access=Access.STAFF,
    body=bodies.Assign,
    body_optional=True,
    gives=STANDS,
    refuses=(403, 404, 409),
    if_match=True,
    key="optional",
)
def assign(code: str, body: dict[str, Any]) -> Answer:
    """Claim the dossier (without `person`), or give it to a person"""
    version, person = expected_version(), body["person"]

    def doing(uow: UnitOfWork) -> Case:
        if person is None or person == uow.actor.person_id:
            return hold.claim(uow, code, version)
        return hold.assign(uow, code, person, version, body["reason"])

    return act("claim" if person is None else "assign", doing)


@holding.operation(
    "DELETE",
    "/dossiers/<code>/assignment",
    access=Access.STAFF,
    body=bodies.GiveBack,
    body_optional=True,
    gives=STANDS,
    refuses=(403, 404, 409),
    if_match=True,
    key="optional",
)
def give_back(code: str, body: dict[str, Any]) -> Answer:
    """Give the dossier back to the office's queue; that of an absent colleague with a reason"""
    version = expected_version()
    return act("release_claim", lambda uow: hold.release_claim(uow, code, version, body["reason"]))


@holding.operation(
    "POST",
    "/dossiers/<code>/freed-claims",
    access=Access.STAFF,
    body=bodies.Reason,
    gives=STANDS,
    refuses=(403, 404, 409),
    if_match=True,
    key="optional",
)
def free_it(code: str, body: dict[str, Any]) -> Answer:
    """Free the dossier from an absent colleague's claim: a leader at once, the same role after a short grace"""
    version = expected_version()
    return act("free_claim", lambda uow: free_claim(uow, code, body["reason"], version))


@holding.operation(
    "POST",
    "/dossiers/<code>/recalls",
    access=Access.STAFF,
    body=bodies.Reason,
    gives=STANDS,
    refuses=(403, 404, 409),
    if_match=True,
    key="optional",
)
def recall_it(code: str, body: dict[str, Any]) -> Answer:
    """Take back one's last step or transfer, until the next holder has opened the dossier"""
    version = expected_version()
    return act("recall", lambda uow: recall(uow, code, version, body["reason"]))
