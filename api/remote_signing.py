"""The address that a provider of remote signing calls: what became of the documents that it was asked about.

The call is known by its signature over the body, not by a token. What it says is taken once; a worker goes on.
"""

from __future__ import annotations

from flask import request

from api.answers import nothing
from api.operations import Gives, Resource
from engine.acts.remote_items import take_answers
from engine.acts.remote_sign import NoRemoteSigning
from engine.errors import NotFound
from engine.queries.remote_signings import request_known_as
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.transaction import in_transaction
from server.answer import Answer
from server.context import runtime
from server.identity import Access, reading
from server.strict_json import MAX_JSON_BYTES

remote_signing = Resource("remote-signing", __name__, description="Called by the provider of remote signing.")


@remote_signing.operation(
    "POST",
    "/remote-signing/callbacks",
    access=Access.PUBLIC,
    gives=Gives(status=204, description="Taken, or known already."),
    refuses=(401, 404, 409, 502),
)
def take() -> Answer:
    """Take what the provider says became of documents (its body and signature are as its mapping file says)"""
    running = runtime()
    if running.remote is None:
        raise NoRemoteSigning()
    body = request.stream.read(MAX_JSON_BYTES)
    told = running.remote.read_callback(
        {name.lower(): value for name, value in request.headers.items()}, body, running.now()
    )
    with reading(SYSTEM_ACTOR) as unit:
        number = request_known_as(unit, told.key, told.transaction)
    if number is None:
        raise NotFound(what="request")
    in_transaction(running, SYSTEM_ACTOR, lambda unit: take_answers(unit, number, told.documents))
    return nothing()
