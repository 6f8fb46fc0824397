"""Which running dossiers a change touches: those that may still come to the changed part, were they moved.

A running dossier was filed and received already, and a new version does not change the term that it was promised. So
the version's number and dates, who may file how, and the routing touch only dossiers that were not received yet.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from engine.rules.procedure.definition import Notice, Release
from engine.rules.versions.changes import Change

_OF_NEW_ONES = frozenset({"procedure", "version", "effective", "channels", "applicants", "public"})
_AT_INTAKE = frozenset({("sla", "total"), ("sla", "starts")})


def states_touched(old: Release, new: Release, change: Change) -> frozenset[str]:
    """The states of ``old`` in which a dossier is touched by the change."""
    live = frozenset(key for key, state in old.states.items() if not state.final)
    begun = frozenset(key for key in live if old.states[key].clock == "not_started")
    head, inner = change.path[0], change.path[1] if len(change.path) > 1 else ""
    if head in _OF_NEW_ONES:
        return frozenset()
    if head == "routing" or (head, inner) in _AT_INTAKE:
        return begun
    if change.kind == "reordered":
        return live
    if head == "states":
        return live & _before([inner], old, new)
    if head == "actions":
        sources = [one for release in (old, new) if (found := release.actions.get(inner)) for one in found.sources]
        return live & _before(sources, old, new)
    if head == "children":
        opens = [child.opens for release in (old, new) if (child := release.children.get(inner))]
        return live & _before(opens, old, new)
    if head == "notify":
        return _of_notice(old if change.kind == "removed" else new, inner, live, old, new)
    return live


def dossiers_touched(old: Release, new: Release, change: Change, by_state: Mapping[str, int]) -> int:
    """How many of the running dossiers of ``old`` (``by_state``) the change touches."""
    return sum(by_state.get(state, 0) for state in states_touched(old, new, change))


def _of_notice(said_by: Release, place: str, live: frozenset[str], old: Release, new: Release) -> frozenset[str]:
    notice = said_by.notify[int(place)] if place.isdigit() and int(place) < len(said_by.notify) else None
    if not isinstance(notice, Notice) or notice.subject is None:
        return live
    if notice.event == "action":
        action = said_by.actions.get(notice.subject)
        return live & _before(action.sources if action else (), old, new)
    return live & _before([notice.subject], old, new)


def _before(states: Iterable[str], old: Release, new: Release) -> frozenset[str]:
    """The states from which one of ``states`` can be reached by the actions of either version, and these states."""
    leading: defaultdict[str, set[str]] = defaultdict(set)
    for release in (old, new):
        for action in release.actions.values():
            for arm in action.to:
                leading[arm.then].update(action.sources)
    found, waiting = set(states), list(states)
    while waiting:
        fresh = leading[waiting.pop()] - found
        found |= fresh
        waiting += fresh
    return frozenset(found)
