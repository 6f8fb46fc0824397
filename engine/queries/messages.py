"""The messages between office and applicant as one side reads them, and whether the other side has read its own."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from engine.dossier.case import Case
from engine.store.dossier_parts import names_of_people
from engine.store.messages import SENT, messages_of, read_until


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageLine:
    """A message. ``text`` is None where it was erased, ``name`` that of a member of staff, for the office only.

    ``read``: the other side has read it. ``new``: it is of the other side, and this one has not read it yet.
    """

    number: int
    at: dt.datetime
    by_office: bool
    name: str | None
    text: str | None
    read: bool
    new: bool


def messages(case: Case) -> tuple[MessageLine, ...]:
    """The messages of an open case, oldest first. To the applicant staff have no names."""
    connection, citizen = case.unit.reader(), case.unit.actor.kind == "citizen"
    rows = messages_of(connection, case.id)
    if not rows:
        return ()
    known = read_until(connection, case.id)
    office, applicant = known.get("office", (0, None))[0], known.get("applicant", (0, None))[0]
    people = set() if citizen else {int(row.actor.partition(":")[2]) for row in rows if row.actor.startswith("staff:")}
    names = names_of_people(connection, people)
    return tuple(
        MessageLine(
            number=row.number,
            at=row.at,
            by_office=row.act == SENT,
            name=names.get(int(row.actor.partition(":")[2])) if row.act == SENT and names else None,
            text=(row.private or {}).get("text"),
            read=row.number <= (applicant if row.act == SENT else office),
            new=(row.act == SENT) == citizen and row.number > (applicant if citizen else office),
        )
        for row in rows
    )
