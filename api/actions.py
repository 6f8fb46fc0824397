"""The operation that takes an action of a procedure's workflow file."""

from __future__ import annotations

from typing import Any

from api import bodies
from api.dossier_act import STANDS, act
from api.operations import Resource
from api.versions import expected_version
from engine.acts.perform_action import NOTHING, perform_action
from engine.dossier.asks import Asks
from server.answer import Answer
from server.identity import Access

actions = Resource("actions", __name__, description="Steps that a procedure's workflow file declares.")


@actions.operation(
    "POST",
    "/dossiers/<code>/actions",
    access=Access.STAFF,
    body=bodies.TakeAction,
    gives=STANDS,
    refuses=(403, 404, 409, 502),
    if_match=True,
    key="optional",
    hot=True,
)
def take_action(code: str, body: dict[str, Any]) -> Answer:
    """Take an action of the workflow file"""
    version = expected_version()
    return act(
        "perform_action",
        lambda uow: perform_action(
            uow,
            code,
            body["action"],
            version=version,
            reason=body["reason"],
            note=body["note"],
            fields=body["fields_"],
            assignee=body["assignee"],
            received_at=body["received_at"],
            received_reason=body["received_reason"],
            asks=_asks(body["asks"]),
            children=body["children"],
        ),
    )


def _asks(given: dict[str, Any] | None) -> Asks:
    return Asks(tuple(given["documents"]), tuple(given["fields_"])) if given else NOTHING
