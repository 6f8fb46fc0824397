"""What stands in each state of a procedure now: the figures of its picture (``engine.pictures.svg``)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from engine.pictures.svg import Figures
from engine.store.sight_of_many import seen_in_order
from engine.store.state_counts import state_counts
from engine.transaction import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class StateFigures:
    """The figures of a procedure's picture, by the key of the state; a state in which nothing stands has none."""

    by_state: Mapping[str, Figures]


def state_figures(
    unit: UnitOfWork,
    procedure: str,
    *,
    office: str | None = None,
    version: int | None = None,
    list_of: Callable[[str], str] | None = None,
) -> StateFigures:
    """The figures of the dossiers that the caller may see and that somebody still works on or waits for.

    ``late`` is the share whose own step or whole time limit is over. ``office`` keeps those that it holds (of those
    that nobody holds, that it handles), ``version`` those of one release. ``list_of`` gives the address of a state's
    list.
    """
    visible = seen_in_order(unit.actor, unit.today)
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for row in state_counts(unit.reader(), visible, procedure, unit.now, office):
        if version in (None, unit.catalogue.workflow(row.release).release.version):
            counts[row.state][0] += row.number
            counts[row.state][1] += row.late
    return StateFigures(
        by_state={
            state: Figures(number, late / number, list_of(state) if list_of else None)
            for state, (number, late) in sorted(counts.items())
        }
    )
