"""Operations of reports by mail: who reads figures asks for those of each week or month, and ends it."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from api import shapes
from api.answers import answer, nothing
from api.dossier_json import both
from api.operations import LOCATION, Gives, Resource
from engine.acts.report_subscriptions import subscribe, unsubscribe
from engine.queries.figure_readers import figure_reader
from engine.queries.report_subscriptions import Line, own_subscriptions
from engine.rules.period import RHYTHMS
from engine.transaction import UnitOfWork
from server.answer import Answer
from server.identity import Access, reading
from server.once import perform
from server.values import CODE, Body, Word

report_subscriptions = Resource("report_subscriptions", __name__, description="Reports by mail, each person's own.")


class NewSubscription(Body):
    rhythm = fields.String(required=True, validate=validate.OneOf(RHYTHMS))
    office = Word(CODE, allow_none=True, load_default=None)
    province = Word(CODE, allow_none=True, load_default=None)


@report_subscriptions.operation(
    "GET",
    "/reports/subscriptions",
    access=Access.STAFF,
    gives=Gives(shape=shapes.Subscriptions, description="The oldest first."),
    refuses=(403,),
)
def every() -> Answer:
    """List the reports that the caller gets by mail

    `address` says whether the account has an e-mail address; without one nothing is sent.
    """
    with reading() as uow:
        figure_reader(uow)
        own = own_subscriptions(uow)
    return answer({"address": own.address, "items": [_subscription(one) for one in own.lines]})


@report_subscriptions.operation(
    "POST",
    "/reports/subscriptions",
    access=Access.STAFF,
    body=NewSubscription,
    gives=Gives(
        status=201,
        shape=shapes.Subscription,
        headers=LOCATION,
        description="The first mail comes when the period is over.",
    ),
    refuses=(403, 404),
    key="required",
)
def ask(body: dict[str, Any]) -> Answer:
    """Ask for the indicators of each week or month by mail, of an office, a province, or everything that one reads"""

    def doing(uow: UnitOfWork) -> Answer:
        number = subscribe(uow, body["rhythm"], body["office"], body["province"])
        made = next(one for one in own_subscriptions(uow).lines if one.id == number)
        return answer(_subscription(made), 201, Location="/api/v1/reports/subscriptions")

    return perform("subscribe", doing, key_required=True)


@report_subscriptions.operation(
    "DELETE",
    "/reports/subscriptions/<int:number>",
    access=Access.STAFF,
    gives=Gives(status=204, description="Ended."),
    refuses=(404,),
    key="optional",
)
def end(number: int) -> Answer:
    """End a report by mail that is one's own"""

    def doing(uow: UnitOfWork) -> Answer:
        unsubscribe(uow, number)
        return nothing()

    return perform("unsubscribe", doing)


def _subscription(one: Line) -> dict[str, Any]:
    return {"id": one.id, "rhythm": one.rhythm, "office": one.office, "province": one.province, "name": both(one.of)}
