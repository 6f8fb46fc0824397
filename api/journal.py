"""What happened to a dossier, entry by entry. Names and form data are not told here; the reasons of the staff are."""

from __future__ import annotations

from typing import Any

import orjson
from sqlalchemy import Row

from api import dossier_json, parameters, shapes
from api.answers import answer, moment, next_address
from api.operations import LINK, Gives, Resource
from engine.dossier.case import read_case
from engine.rules.procedure.act_names import act_name
from engine.rules.procedure.definition import Release
from engine.store.dossier_parts import journal_of, names_of_people
from server.answer import Answer
from server.identity import Access, reading

journal = Resource("journal", __name__, description="What happened, append-only and hash-chained.")
TOLD = ("reason", "note", "text", "question", "answer")
PERSONAL_COLUMNS = frozenset({"link_nonce", "link_hash"})


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
    limit = query["limit"]
    with reading() as uow:
        case = read_case(uow, code)
        rows = journal_of(uow.reader(), case.id, after=query["after"], limit=limit + 1)
        names = names_of_people(uow.reader(), {number for row in rows if (number := _person(row.actor)) is not None})
    items = [_entry(row, case.release, names) for row in rows[:limit]]
    following = items[-1]["number"] if len(rows) > limit else None
    given = answer({"items": items, "next": following})
    if following is not None:
        given.headers["Link"] = f'<{next_address(str(following))}>; rel="next"'
    return given


def _entry(row: Row[Any], release: Release, names: dict[int, str]) -> dict[str, Any]:
    body, private = orjson.loads(row.body), row.private or {}
    told = [private[key] for key in TOLD if key != "note" and isinstance(private.get(key), str)]
    note = private.get("note")
    return {
        "number": row.number,
        "at": moment(row.at),
        "act": row.act,
        "act_name": dossier_json.both(act_name(row.act, release)),
        "actor": row.actor,
        "name": names.get(_person(row.actor) or 0),
        "data": body["data"],
        "changes": {key: value for key, value in body["changes"].items() if key not in PERSONAL_COLUMNS},
        "reason": "\n".join(told) or None,
        "note": note if isinstance(note, str) else None,
        "hash": row.hash,
        "previous": body["previous"],
    }


def _person(label: str) -> int | None:
    kind, _, number = label.partition(":")
    return int(number) if kind in ("staff", "admin") and number.isdigit() else None
