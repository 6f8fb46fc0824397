"""A journal as a log of events: what was done, when, at which office, and where the dossier stood afterwards.

It leaves out everything that the acts said: data, reasons, forms. So an event names nobody, and no value that a person
gave; who acted is told by kind (staff, citizen, system).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_FOLLOWED = ("state", "portal", "release", "handler_office", "holder_office")


@dataclass(frozen=True, slots=True)
class Happening:
    """One journal entry as an event. ``office`` had the dossier afterwards: the one that holds it, else the one that
    handles it. ``kind`` and ``person`` are the two halves of the actor's label; a citizen has no ``person``."""

    number: int
    at: dt.datetime
    act: str
    kind: str
    person: str | None
    office: str
    state: str
    portal: int
    release: str


def happenings(entries: Iterable[Mapping[str, Any]]) -> Iterator[Happening]:
    """The events of a dossier in order; ``entries`` are the bodies of its journal entries, in order."""
    now: dict[str, Any] = {}
    for body in entries:
        changes = body["changes"]
        now.update({name: changes[name] for name in _FOLLOWED if name in changes})
        kind, _, person = body["actor"].partition(":")
        yield Happening(
            number=body["number"],
            at=dt.datetime.fromisoformat(body["at"]),
            act=body["act"],
            kind=kind,
            person=person if person and kind != "citizen" else None,
            office=now.get("holder_office") or now["handler_office"],
            state=now["state"],
            portal=now["portal"],
            release=now["release"],
        )
