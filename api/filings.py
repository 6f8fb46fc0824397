"""The address to which another system pushes filings, signed by Standard Webhooks; it needs no token of ours."""

from __future__ import annotations

from flask import request

from api import shapes
from api.answers import answer
from api.operations import Gives, Resource
from engine.acts.filings.note_filings import note_filings
from engine.dossier.filings import NoFilings
from engine.rules.filings.coming import key_of
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.transaction import in_transaction
from server.answer import Answer
from server.context import runtime
from server.identity import Access
from server.signed_body import signed_body
from server.strict_json import strict_object

filings = Resource("filings", __name__, description="Filings that another system pushes (Standard Webhooks).")


@filings.operation(
    "POST",
    "/connections/filings",
    access=Access.PUBLIC,
    gives=Gives(status=202, shape=shapes.FilingTaken, description="Written down; repeating it changes nothing."),
    refuses=(401, 409, 413),
)
def take() -> Answer:
    """Push a filing, signed by Standard Webhooks"""
    own = runtime()
    if own.filing_form is None:
        raise NoFilings()
    raw = strict_object(signed_body(request, own.settings.filings.secrets, own.now()))
    fresh = in_transaction(own, SYSTEM_ACTOR, lambda unit: note_filings(unit, [raw], "push"))
    return answer({"key": key_of(own.filing_form, raw), "new": bool(fresh)}, 202)
