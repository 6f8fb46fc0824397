"""Whose hands a dossier is in after a step, as the model has it."""

from __future__ import annotations

from tests.model.dossier import Dossier
from tests.model.parts import Entry, Who


def next_hands(dossier: Dossier, who: Who, target: str, effect: str) -> int | None:
    """The person to whom the dossier should go with a step: whom it came from, or who keeps it in hand."""
    row, states = dossier.row, dossier.procedure.states
    source = row["state"]
    if source != target and states[target]["role"] is not None:
        onward = _far(dossier, target) >= _far(dossier, source) or states[target]["role"] == states[source]["role"]
        left = [one for one in _standing(dossier) if one.step and one.step[0] == target]
        returns = effect in ("back", "answer") or not onward
        free = effect == "answer" and left and "holder_id" not in left[-1].changed
        if returns and left and not free and left[-1].who.startswith("staff:"):
            return int(left[-1].who.removeprefix("staff:"))
    return row["holder_id"] if row["holder_id"] == who.person else None


def _standing(dossier: Dossier) -> list[Entry]:
    """The steps between states that were not recalled."""
    gone = {entry.recalls for entry in dossier.journal}
    entries = enumerate(dossier.journal, 1)
    return [one for number, one in entries if number not in gone and one.step and one.step[0] != one.step[1]]


def _far(dossier: Dossier, state: str) -> int:
    """The fewest steps from the beginning to a state."""
    far, reached = 0, {dossier.procedure.initial}
    while state not in reached:
        actions = dossier.procedure.actions.values()
        fresh = {to["then"] for one in actions if reached & {*one["sources"]} for to in one["to"]} - reached
        if not fresh:
            return 0
        reached |= fresh
        far += 1
    return far
