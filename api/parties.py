"""Operations on people beside the applicant: representatives, co-applicants, collectors, heirs."""

from __future__ import annotations

from typing import Any

from api import bodies, shapes
from api.dossier_act import STANDS, act, standing
from api.dossiers import filed_answer
from api.operations import ETAG, LOCATION, Gives, Resource
from api.versions import expected_version
from engine.acts.parties import add_party, end_party, hand_over
from engine.acts.succeed_applicant import succeed_applicant
from engine.transaction import UnitOfWork
from server.answer import Answer
from server.identity import Access
from server.once import perform

parties = Resource("parties", __name__, description="Representatives, co-applicants, collectors and heirs.")
ADDED = Gives(status=201, shape=shapes.PartyAdded, headers={**ETAG, **LOCATION}, description="Named.")


@parties.operation(
    "POST",
    "/dossiers/<code>/parties",
    access=Access.STAFF,
    body=bodies.NewParty,
    gives=ADDED,
    refuses=(403, 404, 409),
    if_match=True,
    key="required",
)
def add(code: str, body: dict[str, Any]) -> Answer:
    """Name a representative, with the authority, or a co-applicant"""
    version = expected_version()

    def doing(uow: UnitOfWork) -> Answer:
        case, number = add_party(uow, code, body["kind"], body, version)
        return standing(case, 201, {"party": number}, Location=f"/api/v1/dossiers/{code}/parties/{number}")

    return perform("add_party", doing, key_required=True)


@parties.operation(
    "DELETE",
    "/dossiers/<code>/parties/<int:number>",
    access=Access.STAFF,
    body=bodies.Reason,
    gives=STANDS,
    refuses=(403, 404, 409),
    if_match=True,
    key="optional",
)
def end(code: str, number: int, body: dict[str, Any]) -> Answer:
    """End a representative or co-applicant; who it was stays known"""
    version = expected_version()
    return act("end_party", lambda uow: end_party(uow, code, number, body["reason"], version))


@parties.operation(
    "POST",
    "/dossiers/<code>/handovers",
    access=Access.STAFF,
    body=bodies.HandOver,
    gives=STANDS,
    refuses=(403, 404, 409),
    if_match=True,
    key="required",
)
def hand_it_over(code: str, body: dict[str, Any]) -> Answer:
    """Record who collected the result, with the proof, or the number under which it went by post"""
    version = expected_version()
    return act("hand_over", lambda uow: hand_over(uow, code, body, version), key_required=True)


@parties.operation(
    "POST",
    "/dossiers/<code>/successions",
    access=Access.STAFF,
    body=bodies.Succession,
    gives=Gives(status=201, shape=shapes.Filed, headers={**ETAG, **LOCATION}, description="The heir goes on."),
    refuses=(403, 404, 409),
    if_match=True,
    key="required",
)
def succeed(code: str, body: dict[str, Any]) -> Answer:
    """Let an heir go on with the dossier of an applicant who died; the heir gets a link and a receipt code"""
    version = expected_version()
    return perform(
        "succeed_applicant",
        lambda uow: filed_answer(
            uow, succeed_applicant(uow, code, body["applicant"], body["reason"], body["proof"], version)
        ),
        key_required=True,
    )
