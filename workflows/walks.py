"""Walks a simulated dossier for authors: with sample values, act by act, or on the usual way to its end.

``motcua workflows simulate`` and the page of the simulator both walk by it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from engine.clock import civil_day
from engine.errors import InvalidInput
from engine.rules.deadlines.calendar import Calendar
from engine.rules.procedure.definition import Field, Release
from engine.rules.procedure.machine import GuardFailed, Workflow, compile_release
from engine.rules.procedure.portal_status import PortalStatus
from engine.text import Text
from workflows.simulate import Act, Given, Walker

BUILT_IN = ("settle", "extend", "ask_verification", "answer_verification", "finish_children", "wait")
"""Acts that every procedure has, beside its own actions."""
ASIDE = frozenset({"refuse", "ask", "back", "withdraw", "stop"})
"""Effects of actions that lead away from the usual way."""
WORK = 60  # working minutes between two acts of the usual way
_SAMPLES: Mapping[str, Any] = {
    "text": "…",
    "long_text": "…",
    "place": "…",
    "person": "…",
    "file": "…",
    "telephone": "0901234567",
    "tax_code": "001090000001",
    "boolean": False,
    "unit": "26740",
}
_PATTERNED = ("B1234567", "2000", "0900000001", "0123456789", "001090000001", "A1", "1", "AB-12")
"""Samples for fields with a pattern; the first that fits is taken."""


def begin_walk(
    release: Release, calendar: Calendar, given: Given, former_district: Callable[[str], Iterable[str]]
) -> Walker:
    """A simulated dossier before its first act, with a sample for every required field that ``given`` leaves out.

    The values of ``given`` may be texts, which take the types of their fields. Raises InvalidInput.
    """
    workflow = compile_release(release, {"former_district": former_district})
    typed = replace(given, fields=_typed(release, given.fields))
    return Walker(workflow, calendar, _with_samples(workflow, calendar, typed))


def take(walker: Walker, at: dt.datetime, name: str, by: str | None = None) -> None:
    """Takes an action, or an act of ``BUILT_IN``. Where a guard holds it back for a fee or for linked dossiers, these
    are settled first. Raises the refusal of the act."""
    action = walker.release.actions.get(name)
    if action is None:
        walker.do(Act(at, act=name, days=walker.release.sla.extensions and 3))
        return
    act = Act(at, do=name, by=by, reason="…", attach=action.attach)
    try:
        walker.do(act)
    except GuardFailed:
        walker.do(Act(at, act="finish_children" if walker.facts["fees"]["settled"] else "settle"))
        walker.do(act)


def next_on_usual_way(walker: Walker) -> str | None:
    """The action that leads on to the nearest successful end; None where none does."""
    return next(iter(ways_on(walker.release, walker.row["state"])), None)


def usual_way(walker: Walker) -> Text | None:
    """Walks to the nearest successful end; the way is sought again where a branch led elsewhere.

    Returns a sentence if the walk cannot get there.
    """
    release, been = walker.release, set[tuple[str, str]]()
    while not release.states[state := walker.row["state"]].final:
        action = next_on_usual_way(walker)
        if action is None or (state, action) in been:
            known = ", ".join(key for key, one in release.actions.items() if state in one.sources) or "–"
            return Text(
                f"Dừng ở trạng thái “{state}”: từ đây không tự đi tiếp được. Ghi thao tác bằng --do; có: {known}.",
                f"Stopped in state {state!r}: no usual way leads on. Give the acts by --do; there are: {known}.",
            )
        been.add((state, action))
        if (rings := walker.fires_at(action)) is not None:
            walker.advance_to(rings)
            continue
        at = walker.calendar.add_working_minutes(walker.now, WORK if walker.walk.steps else 0)
        take(walker, max(at, walker.now), action)
    return None


def ways_on(release: Release, start: str) -> list[str]:
    """The actions of people and timers from a state to the nearest successful end, or as far as they lead."""
    found: dict[str, list[str]] = {start: []}
    queue = deque([start])
    while queue:
        state = queue.popleft()
        here = release.states[state]
        if here.status is PortalStatus.RETURNED or (here.final and here.status is PortalStatus.READY):
            return found[state]
        for key, action in release.actions.items():
            if state in action.sources and action.effect not in ASIDE:
                for branch in action.to:
                    if branch.then not in found:
                        found[branch.then] = [*found[state], key]
                        queue.append(branch.then)
    return max(found.values(), key=len)


def _with_samples(workflow: Workflow, calendar: Calendar, given: Given) -> Given:
    """``given`` with a sample for every required field that has no value."""
    fields = dict(given.fields)
    filled = given
    for _ in range(len(workflow.release.fields) + 1):
        filled = replace(given, fields=fields)
        try:
            Walker(workflow, calendar, filled)
            break
        except InvalidInput as refusal:
            missing = [key for key in refusal.errors if key in workflow.release.fields and key not in fields]
            if not missing:
                raise
            every = list(workflow.release.fields)
            fields |= {
                key: _sample(workflow.release.fields[key], every.index(key), civil_day(given.filed)) for key in missing
            }
    return filled


def _sample(field: Field, position: int, filed_on: dt.date) -> Any:
    """A value that keeps the bounds of the field: a date as late as they allow, a number of its own for each person."""
    if field.type == "date":
        born = filed_on.replace(year=filed_on.year - field.min_age, day=1) if field.min_age else filed_on
        return born.isoformat()
    if field.type in ("identity_number", "identity_paper"):
        return f"0010900{position + 1:05}"
    if field.choices:
        return next(iter(field.choices))
    if field.type in ("number", "money"):
        return max(1, int(field.minimum or 1))
    if field.pattern is not None:
        return next((one for one in _PATTERNED if re.fullmatch(field.pattern, one)), _SAMPLES[field.type])
    return _SAMPLES[field.type]


def _typed(release: Release, values: Mapping[str, Any]) -> dict[str, Any]:
    """Texts, converted to the types of the fields."""
    typed: dict[str, Any] = {}
    for key, value in values.items():
        kind = release.fields[key].type if key in release.fields else "text"
        if not isinstance(value, str):
            typed[key] = value
        elif kind in ("number", "money") and re.fullmatch("-?[0-9]{1,15}", value):
            typed[key] = int(value)
        else:
            typed[key] = {"true": True, "false": False}.get(value, value) if kind == "boolean" else value
    return typed
