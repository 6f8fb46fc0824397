"""Operations of the signed-in person: their offices and roles, and the notices in their inbox."""

from __future__ import annotations

from typing import Any

from api import bodies, parameters, shapes
from api.answers import answer, moment, nothing, page
from api.dossier_json import both
from api.operations import LINK, Gives, Resource
from engine.acts.notices import mark_read as acts
from engine.clock import civil_day
from engine.queries.inbox import InboxLine, inbox
from engine.queries.page import After
from engine.transaction import in_transaction
from server.answer import Answer
from server.context import runtime
from server.identity import Access, actor, reading
from server.paging import key_of, read_key

people = Resource("people", __name__, description="The signed-in person.")


@people.operation("GET", "/me", access=Access.STAFF, gives=Gives(shape=shapes.Me, description="Who the caller is."))
def me() -> Answer:
    """Read who is signed in, with today's offices and roles"""
    who, today = actor(), civil_day(runtime().now())
    own = [(one, None) for one in who.memberships]
    deputy = [(one, other.person_id) for other in who.substitutions if other.valid(today) for one in other.memberships]
    return answer(
        {
            "id": who.person_id,
            "name": who.name,
            "admin": who.admin,
            "offices": sorted(who.offices(today)),
            "memberships": [
                {
                    "office": one.office,
                    "role": one.role,
                    "valid_from": one.valid_from.isoformat(),
                    "valid_to": one.valid_to.isoformat() if one.valid_to else None,
                    "behalf_of": absent,
                }
                for one, absent in own + deputy
            ],
        }
    )


@people.operation(
    "GET",
    "/inbox",
    access=Access.STAFF,
    query=parameters.InboxPage,
    gives=Gives(shape=shapes.Inbox, headers=LINK, description="Newest first."),
)
def notices(query: dict[str, Any]) -> Answer:
    """Read the notices addressed to the caller or to a role the caller has"""
    key, unread = read_key(query["after"]), query["unread"] == "true"
    with reading() as uow:
        found = inbox(uow, unread=unread, after=After(id=key[1]) if key else None, limit=query["limit"])
    return page([_notice(line) for line in found.lines], key_of(found.after))


@people.operation(
    "PUT",
    "/inbox/<int:number>/read",
    access=Access.STAFF,
    body=bodies.Empty,
    body_optional=True,
    gives=Gives(status=204, description="Noted."),
    refuses=(404,),
)
def mark_read(number: int, body: dict[str, Any]) -> Answer:
    """Mark a notice as read"""

    in_transaction(runtime(), actor(), lambda uow: acts.mark_read(uow, number))
    return nothing()


def _notice(line: InboxLine) -> dict[str, Any]:
    return {
        "id": line.id,
        "dossier": line.dossier,
        "template": line.template,
        "subject": both(line.subject),
        "body": both(line.body),
        "form": line.form,
        "at": moment(line.at),
        "read_at": moment(line.read_at),
    }
