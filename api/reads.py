"""The read log as a report: who saw whose unmasked personal data, when and why."""

from __future__ import annotations

from typing import Any

from api import parameters, shapes
from api.answers import answer, moment
from api.operations import Gives, Resource
from engine.queries.reads import looks_at
from server.answer import Answer
from server.identity import Access, reading

reads = Resource("reads", __name__, description="Who saw whose personal data, newest first.")
LOOKS = Gives(shape=shapes.LookPage, description="Newest first.")


@reads.operation(
    "GET", "/reports/personal-data-views", access=Access.STAFF, query=parameters.Looks, gives=LOOKS, refuses=(403,)
)
def of_province(query: dict[str, Any]) -> Answer:
    """Report who saw personal data of the dossiers that an inspector (role monitor) may see"""
    return _page(query)


@reads.operation("GET", "/personal-data-views", access=Access.ADMIN, query=parameters.Looks, gives=LOOKS)
def of_all(query: dict[str, Any]) -> Answer:
    """Report who saw personal data of any dossier, for administrators"""
    return _page(query)


def _page(query: dict[str, Any]) -> Answer:
    with reading() as uow:
        found = looks_at(
            uow,
            code=query["dossier"],
            person=query["person"],
            start=query["start"],
            end=query["end"],
            before=query["before"],
            limit=query["limit"],
        )
    items = [
        {
            "id": one.id,
            "at": moment(one.at),
            "person": one.person,
            "name": one.name,
            "dossier": one.code,
            "what": one.what,
            "reason": one.reason,
        }
        for one in found.lines
    ]
    return answer({"items": items, "next": found.next, "months_away": list(found.away)})
