"""The way of a dossier through the states of its procedure, as the history plans it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from engine.rules.procedure.definition import SYSTEM, Release
from engine.rules.procedure.portal_status import PortalStatus

ASIDE = frozenset({"refuse", "ask", "back", "withdraw", "stop"})
"""Effects of actions that lead away from the usual way to the result."""


def way_to(
    release: Release, start: str, target: str, closed: Callable[[str, str], bool] = lambda state, key: False
) -> list[str] | None:
    """The actions on the shortest way from a state to another, the usual ones where they lead there; None: no way.

    ``closed`` says of a state and an action whether it was tried in vain.
    """
    return _way(release, start, target, closed, ASIDE) or _way(release, start, target, closed, frozenset())


def _way(
    release: Release, start: str, target: str, closed: Callable[[str, str], bool], without: frozenset[str]
) -> list[str] | None:
    found: dict[str, list[str]] = {start: []}
    queue = deque([start])
    while queue:
        state = queue.popleft()
        if state == target:
            return found[state]
        for key, action in release.actions.items():
            if state not in action.sources or action.effect in without or closed(state, key):
                continue
            if action.by == (SYSTEM,) and without and release.states[action.to[0].then].status is PortalStatus.STOPPED:
                continue
            for branch in action.to:
                if branch.then not in found:
                    found[branch.then] = [*found[state], key]
                    queue.append(branch.then)
    return None
