"""The progress of a dossier in order: the official statuses it went through, the present one, and those to come."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from engine.queries.citizen_page import CitizenPage
from engine.queries.status import StatusStep
from engine.rules.procedure.portal_status import PortalStatus
from engine.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A portal status of the progress. ``kind`` is done, now, wait, late or next.

    ``start`` and ``end`` are None for what is to come; ``steps`` are the names of its states, in order.
    """

    status: PortalStatus
    kind: str
    start: dt.datetime | None = None
    end: dt.datetime | None = None
    steps: Sequence[Text] = ()


def progress_of(page: CitizenPage) -> tuple[Stage, ...]:
    """The stages, oldest first."""
    groups = [list(group) for _, group in groupby(page.status.steps, key=lambda step: step.state.status)]
    ends = [group[0].at for group in groups[1:]]
    done = [_done(group, end) for group, end in zip(groups, ends, strict=False)]
    present = [_present(page, groups[-1])] if groups else []
    return (*done, *present, *(Stage(status=status, kind="next") for status in _to_come(page)))


def _done(group: list[StatusStep], end: dt.datetime) -> Stage:
    return Stage(status=group[0].state.status, kind="done", start=group[0].at, end=end, steps=_names(group))


def _present(page: CitizenPage, group: list[StatusStep]) -> Stage:
    kind = "now"
    if page.final:
        kind = "done"
    elif page.status.overdue:
        kind = "late"
    elif page.status.clock == "paused":
        kind = "wait"
    return Stage(status=page.status.state.status, kind=kind, start=group[0].at, steps=_names(group))


def _names(group: list[StatusStep]) -> tuple[Text, ...]:
    """The names of the states, each once, without one that only repeats the official name."""
    named = {step.state.name.vi: step.state.name for step in group}
    return tuple(name for vi, name in named.items() if vi != group[0].state.status.text.vi)


def _to_come(page: CitizenPage) -> tuple[PortalStatus, ...]:
    status = page.status.state.status
    if page.final or (status.ended and status is not PortalStatus.READY):
        return ()
    if status is PortalStatus.REGISTERED:
        return PortalStatus.RECEIVED, PortalStatus.IN_PROCESS, PortalStatus.RETURNED
    if status is PortalStatus.RECEIVED:
        return PortalStatus.IN_PROCESS, PortalStatus.RETURNED
    return (PortalStatus.RETURNED,)
