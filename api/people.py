"""The signed-in person, and the notices addressed to them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from api import bodies, parameters, shapes
from api.answers import answer, moment, nothing, page
from api.operations import LINK, Gives, Resource
from engine.clock import civil_day
from engine.errors import NotFound
from engine.notices.text import Addressee, Occasion, notice_message
from engine.ports import Message
from engine.rules.procedure.permissions import Actor, roles_in
from engine.store import inbox
from engine.store.visibility import visible_dossiers
from engine.transaction import UnitOfWork, in_transaction
from server.answer import Answer
from server.context import runtime
from server.identity import Access, actor, reading
from server.paging import page_key, read_key

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
    limit, after = query["limit"], read_key(query["after"])
    with reading() as uow:
        rows = inbox.inbox_of(
            uow.connection,
            _recipients(uow),
            visible_dossiers(uow.actor, uow.today),
            unread=query["unread"] == "true",
            before=after[1] if after else None,
            limit=limit + 1,
        )
        items = [_notice(uow, row) for row in rows[:limit]]
    return page(items, page_key(None, rows[limit - 1].id) if len(rows) > limit else None)


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
    """Note that a notice was read"""

    def doing(uow: UnitOfWork) -> None:
        if not inbox.mark_read(uow.connection, _recipients(uow), number, uow.now):
            raise NotFound(what=f"notice {number}")

    in_transaction(runtime(), actor(), doing)
    return nothing()


def _recipients(uow: UnitOfWork) -> set[str]:
    who, today = uow.actor, uow.today
    roles = {f"office:{office}/{role}" for office in who.offices(today) for role in roles_in(who, office, today)}
    return roles | {f"person:{who.person_id}"} | {f"person:{absent}" for absent in _absent(who, today)}


def _absent(who: Actor, today: Any) -> set[int]:
    return {one.person_id for one in who.substitutions if one.valid(today)}


def _notice(uow: UnitOfWork, row: Row[Any]) -> dict[str, Any]:
    # Staff read here, so the citizen's own link is not put in.
    occasion = Occasion(str(row.id), "inbox", row.template, row.data, "", "")
    try:
        told = {tongue: _message(uow, occasion, tongue) for tongue in ("vi", "en")}
    except NotFound:  # the template is not published any more; the notice itself must stay readable
        told = None
    return {
        "id": row.id,
        "dossier": row.code,
        "template": row.template,
        "subject": {tongue: one.subject for tongue, one in told.items()} if told else None,
        "body": {tongue: one.body for tongue, one in told.items()} if told else None,
        "at": moment(row.created_at),
        "read_at": moment(row.read_at),
    }


def _message(uow: UnitOfWork, occasion: Occasion, tongue: str) -> Message:
    return notice_message(uow.runtime, occasion, Addressee("", uow.actor.name, tongue), uow.now)
