"""Later versions of the land procedure, for tests of what becomes of the dossiers that run under the earlier one."""

from __future__ import annotations

import datetime as dt
from typing import Any

from msgspec.structs import replace

from engine.rules.procedure.definition import Action, Branch, Effective, Release, Term, TermBranch
from tests.installation.releases import text
from tests.installation.short_releases import land

SINCE = dt.date(2026, 3, 9)


def later(start: dt.date = SINCE, **changes: Any) -> Release:
    """The version from ``start`` on: a longer term, and running dossiers move."""
    sla = replace(land().sla, total=(TermBranch(Term(7, "working_day")),))
    parts: dict[str, Any] = {"version": 2, "effective": Effective(start, running="migrate"), "sla": sla}
    return land(**(parts | changes))


def reviewed(start: dt.date = SINCE, **changes: Any) -> Release:
    """The version from ``start`` on, in which ``checking`` is called ``review`` and nothing maps it."""
    old = land()
    states = {("review" if key == "checking" else key): state for key, state in old.states.items()}
    states["review"] = replace(states["review"], name=text("Thẩm tra", "Review"))
    parts: dict[str, Any] = {
        "states": states,
        "actions": {key: _renamed(action, "checking", "review") for key, action in old.actions.items()},
        "notify": tuple(one for one in old.notify if one.subject != "checking"),
    }
    return later(start, **(parts | changes))


def _renamed(action: Action, old: str, new: str) -> Action:
    sources = tuple(new if one == old else one for one in action.sources)
    arms = tuple(Branch(new if arm.then == old else arm.then, arm.when) for arm in action.to)
    return replace(action, sources=sources, to=arms)
