"""Which actions of a release are signatures, and which can be taken on many dossiers at once."""

from __future__ import annotations

from engine.rules.procedure.definition import Action


def is_signature(action: Action) -> bool:
    """Whether taking the action signs the result, or is the decision itself."""
    return action.effect == "sign" or action.signature == "digital"


def for_many(action: Action) -> bool:
    """Whether the action can be taken on many dossiers at once: a request names the papers of one dossier, and a
    signature is given to a document that was seen."""
    return action.effect != "ask" and action.attach is None and not is_signature(action)
