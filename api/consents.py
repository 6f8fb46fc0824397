"""Operations on a person's consent to the reuse of papers: looked up, given and withdrawn at a receiving office."""

from __future__ import annotations

from typing import Any

from api import consent_bodies as bodies
from api.answers import answer, moment
from api.operations import Gives, Resource
from api.shapes.consents import Consents
from engine.acts.drafts.consent import give_consent, withdraw_consent
from engine.queries.consents import consents as consents_known
from engine.transaction import UnitOfWork
from server.answer import Answer
from server.identity import Access, reading
from server.once import perform

consents = Resource("consents", __name__, description="Consents to the reuse of earlier papers.")
AFTERWARDS = Gives(shape=Consents, description="The consents of the person, newest first; the first one counts.")


@consents.operation(
    "POST", "/reuse-consents/lookups", access=Access.STAFF, body=bodies.OfPerson, gives=AFTERWARDS, refuses=(403,)
)
def look_up(body: dict[str, Any]) -> Answer:
    """List a person's consents by the identity number, for the staff of a receiving office"""
    with reading() as uow:
        return _told(uow, body)


@consents.operation(
    "POST",
    "/reuse-consents",
    access=Access.STAFF,
    body=bodies.NewConsent,
    gives=AFTERWARDS,
    refuses=(403,),
    key="optional",
)
def give(body: dict[str, Any]) -> Answer:
    """Record that a person agrees to the reuse; a consent that stands is not recorded twice"""

    def doing(uow: UnitOfWork) -> Answer:
        give_consent(uow, body["identity_number"], body["office"], body["purpose"])
        return _told(uow, body)

    return perform("give_consent", doing)


@consents.operation(
    "POST",
    "/reuse-consent-withdrawals",
    access=Access.STAFF,
    body=bodies.OfPerson,
    gives=AFTERWARDS,
    refuses=(403,),
    key="optional",
)
def withdraw(body: dict[str, Any]) -> Answer:
    """Record that a person withdraws the consent, also one that was never recorded"""

    def doing(uow: UnitOfWork) -> Answer:
        withdraw_consent(uow, body["identity_number"], body["office"])
        return _told(uow, body)

    return perform("withdraw_consent", doing)


def _told(uow: UnitOfWork, body: dict[str, Any]) -> Answer:
    found = consents_known(uow, body["identity_number"], body["office"])
    return answer(
        {
            "items": [
                {
                    "given_at": moment(one.given_at),
                    "office": one.office,
                    "purpose": one.purpose,
                    "withdrawn_at": moment(one.withdrawn_at),
                }
                for one in found
            ]
        }
    )
