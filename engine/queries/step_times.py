"""The report on steps: how long dossiers stood in each state, by office, month or version of the procedure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from engine.clock import civil_day
from engine.queries.histories import Taken, worked_minutes
from engine.rules.history.spread import Spread, spread_of
from engine.rules.history.visits import Visit
from engine.text import Text
from engine.transaction import UnitOfWork

By = Literal["office", "month", "version"]
"""What the times of a state are told by: the office that had the dossier, the civil month in which the stay ended, or
the version of the procedure that held then."""
BY: tuple[By, ...] = ("office", "month", "version")


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLine:
    """The stays in one state. ``within`` is the office, the month (2026-03) or the version; None for all together."""

    state: str
    state_name: Text
    within: str | None
    within_name: Text | None
    spread: Spread


def step_times(unit: UnitOfWork, taken: Iterable[Taken], by: By | None = None) -> tuple[StepLine, ...]:
    """The working minutes of every stay that has ended, of the dossiers of ``taken_ways``, by the calendar of the
    office that had the dossier then. States come in the author's order. Raises InvalidInput."""
    minutes: dict[tuple[str, str | None], list[int]] = defaultdict(list)
    names: dict[str, Text] = {}
    for one in taken:
        for visit in one.visits:
            if visit.left is None:
                continue
            release = unit.catalogue.workflow(visit.release).release
            names |= {key: state.name for key, state in release.states.items() if key not in names}
            worked = worked_minutes(unit, release, visit.office, visit.entered, visit.left)
            if worked is not None:
                minutes[visit.state, _within(unit, visit, by)].append(worked)
    order = {key: place for place, key in enumerate(names)}
    lines = [
        StepLine(
            state=state,
            state_name=names.get(state, Text(state, state)),
            within=within,
            within_name=unit.catalogue.office_name(within) if by == "office" and within else None,
            spread=spread,
        )
        for (state, within), took in minutes.items()
        if (spread := spread_of(took))
    ]
    return tuple(sorted(lines, key=lambda line: (order.get(line.state, len(order)), line.within or "")))


def _within(unit: UnitOfWork, visit: Visit, by: By | None) -> str | None:
    if by == "office":
        return visit.office
    if by == "month" and visit.left is not None:
        return f"{civil_day(visit.left):%Y-%m}"
    return str(unit.catalogue.workflow(visit.release).release.version) if by == "version" else None
