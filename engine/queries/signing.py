"""The states in which dossiers at a desk wait to be signed."""

from __future__ import annotations

from engine.rules.procedure.definition import Release
from engine.rules.procedure.signatures import is_signature
from engine.store.dossier_counts import desk_counts
from engine.transaction import UnitOfWork


def signing_states(unit: UnitOfWork) -> tuple[str, ...]:
    """The ``release/state`` pairs at the actor's desk from which an action signs the result."""
    return tuple(
        f"{one.release}/{one.state}"
        for one in desk_counts(unit.reader(), unit.actor, unit.now)
        if signs(unit.catalogue.workflow(one.release).release, one.state)
    )


def signs(release: Release, state: str) -> bool:
    """Whether an action from this state signs the result."""
    here = (action for action in release.actions.values() if state in action.sources)
    return any(is_signature(action) for action in here)
