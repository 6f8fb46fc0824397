"""The feed of events, for programs that cannot be called: they ask what came after the last one they know."""

from __future__ import annotations

from typing import Any

from api import parameters, shapes
from api.answers import answer
from api.operations import Gives, Resource
from engine.acts.notices.number_events import number_events
from engine.queries.event_feed import event_feed
from engine.transaction import in_transaction
from server.answer import Answer
from server.context import runtime
from server.identity import Access, actor, reading

events = Resource("events", __name__, description="Events for programs that ask (CloudEvents 1.0).")


@events.operation(
    "GET",
    "/events",
    access=Access.ADMIN,
    query=parameters.EventFeed,
    gives=Gives(shape=shapes.EventPage, description="Oldest first; `next` is the `after` of the next request."),
    refuses=(409,),
)
def feed(query: dict[str, Any]) -> Answer:
    """Read the events after a position of the feed"""
    in_transaction(runtime(), actor(), number_events)
    with reading() as unit:
        found = event_feed(unit, query["after"], query["limit"])
    return answer({"items": list(found.events), "next": found.next, "more": found.more})
