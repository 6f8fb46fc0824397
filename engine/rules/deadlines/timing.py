"""The effect of a step on a dossier's time: its clock, its due moments and the timers to arm.

The functions are pure. They take the dossier's row (``engine.store.dossiers``) as a mapping and return the columns of
it that change. The due moment is never adjusted: it is recomputed from the start, the term, the pauses and the
extensions, so that recomputing it at any later time gives the same moment.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import cast

from engine.clock import LOCAL
from engine.rules.deadlines.calendar import Calendar
from engine.rules.deadlines.due import Due, due, due_moment, minutes_left, warn_before
from engine.rules.deadlines.kept import kept_due, kept_explained, kept_left, kept_until
from engine.rules.deadlines.pauses import Extension, Pause, term_from_data, term_to_data
from engine.rules.dossier_row import ClockChanges, ClockRow, ExtensionData, PauseData
from engine.rules.procedure.definition import Release, State, Term
from engine.rules.procedure.portal_status import PortalStatus


@dataclass(frozen=True, slots=True)
class Clock:
    """A timer of a dossier, due at ``due_at``. ``kind`` is warn, due_in, overdue, step, intake, remind or after.

    ``subject`` is the key of the state (step, remind) or action (after), the index of the notice (due_in), or empty.
    """

    kind: str
    subject: str
    due_at: dt.datetime


_BEGUN = frozenset({PortalStatus.RECEIVED, PortalStatus.IN_PROCESS})


def after_step(
    row: ClockRow,
    release: Release,
    target_key: str,
    action: str | None,
    total_term: Callable[[], Term],
    calendar: Calendar,
    now: dt.datetime,
    reception: dt.datetime | None = None,
) -> ClockChanges:
    """The columns that change when ``action`` (None: a recall or a migration) brings the dossier to ``target_key``.

    ``total_term`` finds the time limit of the whole procedure by its conditions. It is called only when this step
    starts the clock. ``reception`` is the moment of a reception that is entered later (default: now): from there the
    clock counts. Raises OutsideCalendar.
    """
    came = reception or now
    target = release.states[target_key]
    changes: ClockChanges = {
        "state": target_key,
        "portal": target.portal,
        "clock": target.clock,
        "entered_at": now,
        "pauses": _pauses(row, target, now, target_key),
        "finished_at": (row["finished_at"] or now) if target.status.ended else None,
        "returned_at": (row["returned_at"] or now) if target.status is PortalStatus.RETURNED else None,
        "step_due_at": due_moment(calendar, now, limit)
        if (limit := target.counted) and target.clock == "running"
        else None,
    }
    if row["started_at"] is None and target.clock in ("running", "paused") and starts(release, action):
        changes |= {"started_at": came, "term": term_to_data(total_term())}
    if row["received_at"] is None and (target.status in _BEGUN or "started_at" in changes):
        changes["received_at"] = came
    asks_again = target.status is PortalStatus.SUPPLEMENT and row["portal"] != PortalStatus.SUPPLEMENT
    if action is not None and asks_again and row["received_at"] is not None:
        changes["supplements"] = row["supplements"] + 1
    return changes | due_columns(changed(row, changes), release, calendar)


def after_migration(row: ClockRow, release: Release, calendar: Calendar, now: dt.datetime) -> ClockChanges:
    """The columns that change when the dossier's state becomes that of another release, as if since it was entered.

    A migration is no step: no clock starts again and no supplement is counted. Raises OutsideCalendar.
    """
    state = release.states[row["state"]]
    limit = state.counted if state.clock == "running" else None
    changes: ClockChanges = {
        "clock": state.clock,
        "pauses": _pauses(row, state, now, row["state"]),
        "step_due_at": due_moment(calendar, row["entered_at"], limit) if limit else None,
    }
    return changes | due_columns(changed(row, changes), release, calendar)


def starts(release: Release, action: str | None) -> bool:
    """Whether ``action`` starts the clock of the whole time limit, by its key or by its effect."""
    return action is not None and (action == release.sla.starts or release.actions[action].effect == release.sla.starts)


def due_columns(row: ClockRow, release: Release, calendar: Calendar) -> ClockChanges:
    """``due_at`` (None before the start and in a pause) and ``promised_at`` (the last due moment that was not None).

    Those of a dossier whose truth is in another system are that system's, and stay.
    """
    if row.get("source"):
        return {}
    if row["started_at"] is None:
        return {"due_at": None, "promised_at": None}
    moment = _counted(row, row["started_at"], release, calendar)
    return {"due_at": moment, "promised_at": moment or row["promised_at"]}


def _counted(row: ClockRow, start: dt.datetime, release: Release, calendar: Calendar) -> dt.datetime | None:
    pauses, extensions = read_pauses(row["pauses"]), read_extensions(row["extensions"])
    if (until := kept_until(row["term"])) is not None:
        return kept_due(calendar, until, pauses, extensions)
    return due_moment(
        calendar,
        start,
        term_from_data(row["term"] or {}),
        pauses,
        extensions,
        cutoff=release.sla.cutoff,
        first_day=release.sla.first_day,
    )


def explained(row: ClockRow, release: Release, calendar: Calendar, now: dt.datetime) -> Due | None:
    """The due moment with its trace and the time left; None until the clock has started."""
    if row["started_at"] is None:
        return None
    pauses, extensions = read_pauses(row["pauses"]), read_extensions(row["extensions"])
    if (until := kept_until(row["term"])) is not None:
        return kept_explained(calendar, row["started_at"], until, pauses, extensions, row["finished_at"] or now)
    return due(
        calendar,
        row["started_at"],
        term_from_data(row["term"] or {}),
        pauses,
        extensions,
        row["finished_at"] or now,
        cutoff=release.sla.cutoff,
        first_day=release.sla.first_day,
        reasons={key: state.name for key, state in release.states.items()},
    )


def remaining_minutes(row: ClockRow, release: Release, calendar: Calendar, now: dt.datetime) -> int | None:
    """The working minutes left that ``explained`` finds, without its trace; None until the clock has started."""
    if row["started_at"] is None:
        return None
    pauses, extensions = read_pauses(row["pauses"]), read_extensions(row["extensions"])
    if (until := kept_until(row["term"])) is not None:
        return kept_left(calendar, until, pauses, extensions, row["finished_at"] or now)
    return minutes_left(
        calendar,
        row["started_at"],
        term_from_data(row["term"] or {}),
        pauses,
        extensions,
        now=row["finished_at"] or now,
        cutoff=release.sla.cutoff,
        first_day=release.sla.first_day,
    )


def is_overdue(clock: str, due_at: dt.datetime | None, now: dt.datetime) -> bool:
    """Whether the clock runs and its due moment has passed; a paused or stopped clock is never overdue.

    ``engine.store.overdue.overdue_at`` is the same rule in SQL. Change both; a test compares them.

    >>> noon = dt.datetime(2026, 2, 13, 5, tzinfo=dt.UTC)
    >>> is_overdue("running", noon, noon + dt.timedelta(minutes=1))
    True
    """
    return clock == "running" and due_at is not None and due_at < now


def received_after_cutoff(row: ClockRow, release: Release, now: dt.datetime) -> bool:
    """Whether the dossier was received at or after the release's daily cut-off; judged at ``now`` until it is."""
    cutoff = release.sla.cutoff
    moment = (row["started_at"] or now).astimezone(LOCAL)
    return cutoff is not None and moment.time() >= dt.time.fromisoformat(cutoff)


def wanted_clocks(row: ClockRow, release: Release, calendar: Calendar) -> Iterator[Clock]:
    """Every clock that must be armed while the dossier is as ``row`` says. Raises OutsideCalendar.

    A dossier whose truth is in another system has none: that system rings.
    """
    yield from clocks_of_due(row, release, calendar)
    yield from clocks_of_state(row, release, calendar)


FOLLOWED_BY_DUE = frozenset({"release", "source", "handler_office", "clock", "due_at"})
"""The columns that ``clocks_of_due`` follow from; the handling office has the calendar."""
KINDS_OF_STATE = ("intake", "step", "remind", "after")
"""The kinds that ``clocks_of_state`` gives."""


def clocks_of_due(row: ClockRow, release: Release, calendar: Calendar) -> Iterator[Clock]:
    """The wanted clocks of the due moment: past, near, and so long before it as a notice wants."""
    if row.get("source") or row["clock"] != "running" or row["due_at"] is None:
        return
    yield Clock("overdue", "", row["due_at"])
    if release.sla.warn:
        yield Clock("warn", "", warn_before(calendar, row["due_at"], release.sla.warn))
    for index, notice in enumerate(release.notify):
        if notice.event == "due_in" and notice.term:
            yield Clock("due_in", str(index), warn_before(calendar, row["due_at"], notice.term))


def clocks_of_state(row: ClockRow, release: Release, calendar: Calendar) -> Iterator[Clock]:
    """The wanted clocks of the state: intake, the step's own limit, the first reminder, and automatic actions."""
    if row.get("source"):
        return
    state, key = release.states[row["state"]], row["state"]
    if row["intake_due_at"] is not None and row["intake_done_at"] is None:
        yield Clock("intake", "", row["intake_due_at"])
    if row["step_due_at"] is not None:
        yield Clock("step", key, row["step_due_at"])
    if state.remind:
        yield Clock("remind", key, next_reminder(row, state.remind, calendar, row["entered_at"]))
    for action, definition in release.actions.items():
        if definition.after and key in definition.sources:
            yield Clock("after", action, term_end(calendar, row["entered_at"], definition.after))


def next_reminder(row: ClockRow, every: Term, calendar: Calendar, after: dt.datetime) -> dt.datetime:
    """The first of the moments ``entered_at`` + 1, 2, … × ``every`` that lies after ``after``."""
    moment: dt.datetime = row["entered_at"]
    while moment <= after:
        moment = term_end(calendar, moment, every)
    return moment


def term_end(calendar: Calendar, start: dt.datetime, term: Term) -> dt.datetime:
    """The end of a term without pauses."""
    return cast(dt.datetime, due_moment(calendar, start, term))


def read_pauses(pauses: Iterable[PauseData]) -> list[Pause]:
    """The pauses of a row, parsed. Raises BadTerm, MomentWithoutZone."""
    return [Pause.from_data(pause) for pause in pauses]


def read_extensions(extensions: Iterable[ExtensionData]) -> list[Extension]:
    """The extensions of a row, parsed. Raises BadTerm, MomentWithoutZone."""
    return [Extension.from_data(extension) for extension in extensions]


def changed(row: ClockRow, changes: ClockChanges) -> ClockRow:
    """A copy of the row with the changes made."""
    return cast(ClockRow, {**row, **changes})


def _pauses(row: ClockRow, target: State, now: dt.datetime, reason: str) -> list[PauseData]:
    """The pauses after the step: an open one ends when the new state does not pause, and a pausing state opens one."""
    pauses = [dict(pause) for pause in row["pauses"]]
    standing = bool(pauses) and pauses[-1]["end"] is None
    if standing and target.clock != "paused":
        pauses[-1]["end"] = now.isoformat()
    elif not standing and target.clock == "paused":
        pauses.append(Pause(now, None, reason).to_data())
    return pauses
