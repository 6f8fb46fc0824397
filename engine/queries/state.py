"""The state of a dossier, with the words for it: what the release calls it, and what the national portal does.

A release may have lost a state that an old dossier is still in; its key then serves as its name.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.rules.procedure.definition import Release
from engine.rules.procedure.portal_status import PortalStatus
from engine.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class StateView:
    """A state of a release: its key, its name, and the portal status that it maps to."""

    key: str
    name: Text
    status: PortalStatus


def state_of(release: Release, state: str, portal: int) -> StateView:
    """The state ``state`` of ``release``; ``portal`` is the status code in the dossier's row."""
    known = release.states.get(state)
    return StateView(key=state, name=known.name if known else Text(state, state), status=PortalStatus(portal))
