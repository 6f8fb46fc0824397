"""Which actions of a release are signatures."""

from __future__ import annotations

from engine.rules.procedure.definition import Action


def is_signature(action: Action) -> bool:
    """Whether taking the action signs the result, or is the decision itself."""
    return action.effect == "sign" or action.signature == "digital"
