"""Operations on webhooks: addresses of programs that are notified when a dossier changes. For administrators."""

from __future__ import annotations

from typing import Any

from api import shapes
from api.answers import answer, moment, nothing
from api.operations import LOCATION, Gives, Resource
from api.webhook_bodies import NewWebhook
from engine.acts.notices.webhooks import add_webhook, end_webhook
from engine.queries import webhooks as queries
from engine.transaction import UnitOfWork
from server.answer import Answer
from server.context import runtime
from server.identity import Access, reading
from server.once import perform

webhooks = Resource("webhooks", __name__, description="Programs that are told of changes (Standard Webhooks).")


@webhooks.operation(
    "GET", "/webhooks", access=Access.ADMIN, gives=Gives(shape=shapes.Webhooks, description="Without secrets.")
)
def every() -> Answer:
    """List the webhooks"""
    with reading() as uow:
        found = queries.webhooks(uow)
    return answer({"items": [_webhook(one) for one in found]})


@webhooks.operation(
    "POST",
    "/webhooks",
    access=Access.ADMIN,
    body=NewWebhook,
    gives=Gives(status=201, shape=shapes.WebhookMade, headers=LOCATION, description="Added; the secret is shown once."),
    key="required",
)
def add(body: dict[str, Any]) -> Answer:
    """Add a webhook"""
    runtime().check_receiver(body["url"])  # before the act, since it asks the network for the name

    def doing(uow: UnitOfWork) -> Answer:
        row = add_webhook(uow, body["url"], body["office"], body["format"])
        return answer(
            _webhook(queries.webhook_view(row)) | {"secret": row["secret"]},
            201,
            Location=f"/api/v1/webhooks/{row['id']}",
        )

    return perform("add_webhook", doing, key_required=True)


@webhooks.operation(
    "DELETE",
    "/webhooks/<int:number>",
    access=Access.ADMIN,
    gives=Gives(status=204, description="Ended."),
    refuses=(404,),
    key="optional",
)
def end(number: int) -> Answer:
    """End a webhook"""

    def doing(uow: UnitOfWork) -> Answer:
        end_webhook(uow, number)
        return nothing()

    return perform("end_webhook", doing)


def _webhook(view: queries.WebhookView) -> dict[str, Any]:
    return {
        "id": view.id,
        "url": view.url,
        "office": view.office,
        "active": view.active,
        "created_at": moment(view.created_at),
        "format": view.format,
    }
