"""How far each state lies from the beginning of a procedure, which tells a step back from a step onward."""

from __future__ import annotations

from engine.rules.procedure.definition import Release


def depths_of(release: Release) -> dict[str, int]:
    """The least number of steps from the initial state to each state that can be reached."""
    depths, fresh = {release.initial: 0}, [release.initial]
    while fresh:
        after = [
            branch.then for one in release.actions.values() if set(fresh) & {*one.sources} for branch in one.to
        ]  # fmt: skip
        fresh = [state for state in dict.fromkeys(after) if state not in depths]
        depths |= dict.fromkeys(fresh, max(depths.values()) + 1)
    return depths
