"""The inbox notices of a person to whom somebody else gave a dossier, or out of whose hands somebody took it."""

from __future__ import annotations

from typing import Any

from engine.dossier.case import Case
from engine.dossier.notices import message_row
from engine.dossier.record import send

GIVEN, TAKEN = "duoc-giao-viec", "go-nhan-viec"


def tell_hands(case: Case, entry: int, *, given: int | None = None, taken: int | None = None, act: str) -> None:
    """Notifies the person who was ``given`` the dossier, and the one from whom it was ``taken``, by the journal entry.

    Whoever did it themselves is not told.
    """
    facts: dict[str, Any] = {"code": case.code, "procedure": case.row["procedure"], "release": case.row["release"]}
    facts |= {"state": case.row["state"], "entry": entry}
    own = case.unit.actor.person_id
    told = [(person, name) for person, name in ((given, GIVEN), (taken, TAKEN)) if person not in (None, own)]
    send(
        case.unit,
        [
            message_row(
                case,
                channel="inbox",
                recipient=f"person:{person}",
                template=name,
                occasion=f"{entry}:{act}",
                data=facts,
            )
            for person, name in told
        ],
    )
