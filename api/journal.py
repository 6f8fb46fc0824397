"""The operation that reads the journal of a dossier, entry by entry.

Entries show the reasons that the staff gave, but neither names of applicants nor form values.
"""

from __future__ import annotations

from typing import Any

from api import parameters, shapes
from api.answers import answer, moment, next_address
from api.dossier_json import both
from api.operations import LINK, Gives, Resource
from engine.queries.journal import Away, JournalLine
from engine.queries.journal import journal as read_journal
from server.answer import Answer
from server.identity import Access, reading

journal = Resource("journal", __name__, description="What happened, append-only and hash-chained.")


@journal.operation(
    "GET",
    "/dossiers/<code>/journal",
    access=Access.STAFF,
    query=parameters.JournalPage,
    gives=Gives(shape=shapes.JournalPage, headers=LINK, description="Oldest first."),
    refuses=(404,),
)
def entries(code: str, query: dict[str, Any]) -> Answer:
    """Read the journal of a dossier"""
    with reading() as uow:
        found = read_journal(uow, code, after=query["after"], limit=query["limit"])
    told = {"items": [_entry(line) for line in found.lines], "next": found.next, "away": _away(found.away)}
    given = answer(told)
    if found.next is not None:
        given.headers["Link"] = f'<{next_address(str(found.next))}>; rel="next"'
    return given


def _away(away: Away | None) -> dict[str, Any] | None:
    """Entries that lie in a detached month."""
    return None if away is None else {"month": away.month, "first": 1, "last": away.last, "told": both(away.told)}


def _entry(line: JournalLine) -> dict[str, Any]:
    return {
        "number": line.number,
        "at": moment(line.at),
        "act": line.act,
        "act_name": both(line.act_name),
        "actor": line.actor,
        "name": line.name,
        "data": line.data,
        "changes": line.changes,
        "reason": line.reason,
        "note": line.note,
        "corrected": [
            {"key": one.key, "name": both(one.name), "before": one.before, "after": one.after} for one in line.corrected
        ],
        "hash": line.hash,
        "previous": line.previous,
    }
