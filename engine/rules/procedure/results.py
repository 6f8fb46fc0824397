"""The papers that the office brings: results, and documents that an action attaches.

The applicant brings every other paper. A document that only the applicant's own actions attach is the applicant's too.
"""

from __future__ import annotations

from collections.abc import Iterable

from engine.rules.procedure.definition import APPLICANT, Release

MAKING = ("sign", "finish")
"""Effects of the actions that bring a result which no action attaches."""


class Results:
    """The papers of one release that the office brings.

    ``bringing`` maps the key of each to the actions with which it is brought. ``again`` are the states from which an
    action attaches a document, and to which the dossier may return after that action.
    """

    def __init__(self, release: Release) -> None:
        attached = {key: _attaching(release, key) for key in release.documents}
        self.bringing: dict[str, tuple[str, ...]] = {}
        for key, document in release.documents.items():
            own = attached[key] and all(release.actions[one].by == (APPLICANT,) for one in attached[key])
            if document.result or (attached[key] and not own):
                self.bringing[key] = attached[key] or _making(release)
        taking = [one for one in release.actions.values() if one.attach in self.bringing]
        self.again = frozenset(
            source
            for one in taking
            for source in one.sources
            if source in _reached(release, (branch.then for branch in one.to))
        )


def _attaching(release: Release, key: str) -> tuple[str, ...]:
    return tuple(name for name, action in release.actions.items() if action.attach == key)


def _making(release: Release) -> tuple[str, ...]:
    return tuple(name for name, action in release.actions.items() if action.effect in MAKING)


def _reached(release: Release, states: Iterable[str]) -> set[str]:
    """The states that some actions lead to from ``states``, and these themselves."""
    reached, fresh = set[str](), set(states)
    while fresh:
        reached |= fresh
        leaving = (one for one in release.actions.values() if fresh.intersection(one.sources))
        fresh = {branch.then for one in leaving for branch in one.to} - reached
    return reached
