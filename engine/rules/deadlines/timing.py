"""What a step does to a dossier's time: the clock starts, pauses, resumes, stops; due moments follow; timers are armed.

Pure: rows in, changes out. ``row`` is the dossier's row (``engine.store.dossiers``) as a mapping; the changes returned
are columns of it. The due moment is always recomputed from the start, the term, the pauses and the extensions, never
adjusted, so that recomputing it at any later time gives the same moment.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from engine.rules.deadlines.calendar import Calendar
from engine.rules.deadlines.due import Due, due, due_moment, warn_before
from engine.rules.deadlines.pauses import Extension, Pause, term_from_data, term_to_data
from engine.rules.procedure.definition import Release, State, Term
from engine.rules.procedure.portal_status import PortalStatus

"""Portal status codes at which the processing has ended: refused, withdrawn, stopped, ready, returned."""


@dataclass(frozen=True, slots=True)
class Clock:
    """Something due to happen by itself: ``kind`` warn, due_in, overdue, step, remind or after."""

    kind: str
    subject: str
    due_at: dt.datetime


_BEGUN = frozenset({PortalStatus.RECEIVED, PortalStatus.IN_PROCESS})


def after_step(
    row: Mapping[str, Any],
    release: Release,
    target_key: str,
    action: str | None,
    term: Term,
    calendar: Calendar,
    now: dt.datetime,
) -> dict[str, Any]:
    """The columns that change when ``action`` (None: a recall or a migration) brings the dossier to ``target_key``."""
    target = release.states[target_key]
    changes: dict[str, Any] = {
        "state": target_key,
        "portal": target.portal,
        "clock": target.clock,
        "entered_at": now,
        "pauses": _pauses(row, target, now, target_key),
        "finished_at": (row["finished_at"] or now) if target.status.ended else None,
        "returned_at": (row["returned_at"] or now) if target.status is PortalStatus.RETURNED else None,
        "step_due_at": due_moment(calendar, now, target.limit) if target.limit and target.clock == "running" else None,
    }
    if row["started_at"] is None and target.clock in ("running", "paused") and starts(release, action):
        changes |= {"started_at": now, "term": term_to_data(term)}
    if row["received_at"] is None and (target.status in _BEGUN or "started_at" in changes):
        changes["received_at"] = now
    asks_again = target.status is PortalStatus.SUPPLEMENT and row["portal"] != PortalStatus.SUPPLEMENT
    if action is not None and asks_again and row["received_at"] is not None:
        changes["supplements"] = row["supplements"] + 1
    return changes | due_columns({**row, **changes}, release, calendar)


def after_migration(row: Mapping[str, Any], release: Release, calendar: Calendar, now: dt.datetime) -> dict[str, Any]:
    """The columns that follow when the dossier stands in a state of another release since it was entered: a migration
    is no step, so nothing starts anew and nothing is counted."""
    state = release.states[row["state"]]
    running = state.limit is not None and state.clock == "running"
    changes: dict[str, Any] = {
        "clock": state.clock,
        "pauses": _pauses(row, state, now, row["state"]),
        "step_due_at": due_moment(calendar, row["entered_at"], state.limit) if state.limit and running else None,
    }
    return changes | due_columns({**row, **changes}, release, calendar)


def starts(release: Release, action: str | None) -> bool:
    """Whether taking ``action`` starts the clock of the whole time limit."""
    return action is not None and (action == release.sla.starts or release.actions[action].effect == release.sla.starts)


def due_columns(row: Mapping[str, Any], release: Release, calendar: Calendar) -> dict[str, Any]:
    """``due_at`` (None before the start and in a pause) and ``promised_at`` (the last due moment that was told)."""
    if row["started_at"] is None:
        return {"due_at": None, "promised_at": None}
    moment = due_moment(
        calendar,
        row["started_at"],
        term_from_data(row["term"]),
        read_pauses(row),
        read_extensions(row),
        cutoff=release.sla.cutoff,
        first_day=release.sla.first_day,
    )
    return {"due_at": moment, "promised_at": moment or row["promised_at"]}


def explained(row: Mapping[str, Any], release: Release, calendar: Calendar, now: dt.datetime) -> Due | None:
    """The due moment with its trace and the time left; None before the clock has started."""
    if row["started_at"] is None:
        return None
    return due(
        calendar,
        row["started_at"],
        term_from_data(row["term"]),
        read_pauses(row),
        read_extensions(row),
        row["finished_at"] or now,
        cutoff=release.sla.cutoff,
        first_day=release.sla.first_day,
        reasons={key: state.name for key, state in release.states.items()},
    )


def is_overdue(clock: str, due_at: dt.datetime | None, now: dt.datetime) -> bool:
    """Whether the clock runs and its due moment has passed; a paused or stopped clock is never overdue.

    ``engine.store.overdue.overdue_at`` is the twin of this rule for a database: change both, a test compares them.

    >>> noon = dt.datetime(2026, 2, 13, 5, tzinfo=dt.UTC)
    >>> is_overdue("running", noon, noon + dt.timedelta(minutes=1))
    True
    """
    return clock == "running" and due_at is not None and due_at < now


def wanted_clocks(row: Mapping[str, Any], release: Release, calendar: Calendar) -> Iterator[Clock]:
    """Every clock that must be armed while the dossier stands as ``row`` says."""
    state, key = release.states[row["state"]], row["state"]
    if row["clock"] == "running" and row["due_at"] is not None:
        yield Clock("overdue", "", row["due_at"])
        if release.sla.warn:
            yield Clock("warn", "", warn_before(calendar, row["due_at"], release.sla.warn))
        for index, notice in enumerate(release.notify):
            if notice.event == "due_in" and notice.term:
                yield Clock("due_in", str(index), warn_before(calendar, row["due_at"], notice.term))
    if row["step_due_at"] is not None:
        yield Clock("step", key, row["step_due_at"])
    if state.remind:
        yield Clock("remind", key, next_reminder(row, state.remind, calendar, row["entered_at"]))
    for action, definition in release.actions.items():
        if definition.after and key in definition.sources:
            yield Clock("after", action, term_end(calendar, row["entered_at"], definition.after))


def next_reminder(row: Mapping[str, Any], every: Term, calendar: Calendar, after: dt.datetime) -> dt.datetime:
    """The first of the moments entered + 1, 2, … × ``every`` that lies after ``after``."""
    moment: dt.datetime = row["entered_at"]
    while moment <= after:
        moment = term_end(calendar, moment, every)
    return moment


def term_end(calendar: Calendar, start: dt.datetime, term: Term) -> dt.datetime:
    """Where a term that nothing pauses ends."""
    return cast(dt.datetime, due_moment(calendar, start, term))


def read_pauses(row: Mapping[str, Any]) -> list[Pause]:
    return [Pause.from_data(pause) for pause in row["pauses"]]


def read_extensions(row: Mapping[str, Any]) -> list[Extension]:
    return [Extension.from_data(extension) for extension in row["extensions"]]


def _pauses(row: Mapping[str, Any], target: State, now: dt.datetime, reason: str) -> list[dict[str, Any]]:
    """The pauses so far: the open one ends when the new state does not pause; a pausing state opens one."""
    pauses = [dict(pause) for pause in row["pauses"]]
    standing = bool(pauses) and pauses[-1]["end"] is None
    if standing and target.clock != "paused":
        pauses[-1]["end"] = now.isoformat()
    elif not standing and target.clock == "paused":
        pauses.append(Pause(now, None, reason).to_data())
    return pauses
