"""The operation by which the counter hands out a new citizen's link."""

from __future__ import annotations

from typing import Any

from api import bodies, shapes
from api.dossier_act import standing
from api.operations import ETAG, LOCATION, Gives, Resource
from api.versions import version_if_given
from engine.acts.renew_link import renew_link
from engine.transaction import UnitOfWork
from server.answer import Answer
from server.identity import Access
from server.once import perform

link_renewals = Resource("link-renewals", __name__, description="New citizen's links, handed out by the counter.")


@link_renewals.operation(
    "POST",
    "/dossiers/<code>/link-renewals",
    access=Access.STAFF,
    body=bodies.RenewLink,
    gives=Gives(status=201, shape=shapes.Filed, headers={**ETAG, **LOCATION}, description="The old link is void."),
    refuses=(403, 404),
    if_match="optional",
    key="required",
)
def renew(code: str, body: dict[str, Any]) -> Answer:
    """Make the citizen's link and receipt code void and hand out new ones, shown this once"""
    version = version_if_given()

    def doing(uow: UnitOfWork) -> Answer:
        case, keys = renew_link(uow, code, body["reason"], tell=body["tell"], version=version)
        shown = {
            "link": f"{uow.settings.public_url}/h/{keys.link_token}",
            "link_token": keys.link_token,
            "receipt_code": keys.receipt_code,
            "similar": [],
        }
        return standing(case, 201, shown, Location=f"/api/v1/dossiers/{code}")

    return perform("renew_link", doing, key_required=True)
