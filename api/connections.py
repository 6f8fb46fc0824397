"""What other systems tell by themselves: the payment gateway says that money came in."""

from __future__ import annotations

from typing import Any

from flask import request

from api import bodies, shapes
from api.answers import answer
from api.operations import Gives, Resource
from engine.acts.receive_payment import Received, receive_payment
from engine.errors import NotFound, Refusal
from engine.rules.payments.wire import at_path, paid_in
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.security.signed_callback import is_genuine
from engine.transaction import in_transaction
from server.answer import Answer
from server.context import runtime
from server.identity import Access
from server.request_body import read_body
from server.request_limits import WrongContentType
from server.strict_json import strict_object

connections = Resource("connections", __name__, description="For systems that are connected with this one.")
MOST_BYTES = 65_536


class NotGenuine(Refusal):
    """The signature is missing or wrong, or the message is not of this moment."""

    code = "not-genuine"
    status = 401
    vi = "Chữ ký của thông báo không đúng, hoặc thông báo đã quá 5 phút. Kiểm tra khóa chung và đồng hồ."
    en = "The signature of the message is wrong, or it is older than 5 minutes. Check the shared secret and the clock."


@connections.operation(
    "POST",
    "/connections/payments",
    access=Access.PUBLIC,
    signed=bodies.PaymentCallback,
    gives=Gives(shape=shapes.PaymentTaken, description="It is taken; telling it again changes nothing."),
    refuses=(401, 404, 409, 422),
)
def payment() -> Answer:
    """Tell that money came in; signed as Standard Webhooks asks, in the names of the mapping file

    `outcome` is what the payment is, `none` where its status says that no money came in.
    """
    running = runtime()
    secrets, wire = running.settings.payments.secrets, running.wire
    if not secrets or wire is None:
        raise NotFound(what="connections/payments")
    raw = _raw()
    names = (wire.headers["id"], wire.headers["timestamp"], wire.headers["signature"])
    key, moment, signatures = (request.headers.get(name, "")[:1000] for name in names)
    if not is_genuine(key, moment, signatures, raw, secrets, running.now()):
        raise NotGenuine()
    paid = paid_in(wire.transaction, at_path(strict_object(raw), wire.callback))
    if paid is None:
        return answer({"outcome": "none", "again": False})
    taken: Received = in_transaction(running, SYSTEM_ACTOR, lambda unit: receive_payment(unit, "gateway", paid))
    told: dict[str, Any] = {"outcome": taken.outcome, "again": taken.again}
    return answer(told)


def _raw() -> bytes:
    """The bytes as they were signed. Raises BodyTooLarge, MalformedRequest, WrongContentType."""
    raw = read_body(request, MOST_BYTES)
    if request.mimetype != "application/json":
        raise WrongContentType(wanted="application/json")
    return raw
