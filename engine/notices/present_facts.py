"""The facts of a notice about the appointment, as the dossier has it now and not when the notice was written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from engine.rules.deadlines.promise import appointment

NO_PROMISE = frozenset({"verification", "limit"})
"""The facts of a moment that is no promise to the applicant: the limit of a verification, or of intake."""


def present_facts(
    data: Mapping[str, Any], clock: str, due_at: dt.datetime | None, now: dt.datetime
) -> dict[str, Any] | None:
    """The facts about the appointment that differ from those in ``data``; None where nothing has to be said otherwise.

    >>> noon = dt.datetime(2026, 2, 13, 5, tzinfo=dt.UTC)
    >>> present_facts({"due": noon.isoformat(), "standing": "open"}, "paused", None, noon)
    {'due': None, 'standing': 'paused'}
    """
    if "due" not in data or not NO_PROMISE.isdisjoint(data):
        return None
    found = appointment(clock, due_at, now)
    facts: dict[str, Any] = {"due": found.moment.isoformat() if found.moment else None}
    if "standing" in data:
        facts["standing"] = found.standing
    return None if all(data[name] == value for name, value in facts.items()) else facts
