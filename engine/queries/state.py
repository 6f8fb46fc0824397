"""The state of a dossier with its name in the release and its status on the national portal.

If the release does not define the state (any more), the state's key serves as its name.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.rules.procedure.definition import Release
from engine.rules.procedure.portal_status import PortalStatus
from engine.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class StateView:
    """A state of a release: its key, its name, and its portal status."""

    key: str
    name: Text
    status: PortalStatus


def state_of(release: Release, state: str, portal: int) -> StateView:
    """The view of a state key of ``release``; ``portal`` is the status code (1–10) in the dossier's row."""
    known = release.states.get(state)
    return StateView(key=state, name=known.name if known else Text(state, state), status=PortalStatus(portal))
