"""Reports by office: the dossiers finished on time in a period, and the dossiers that an office holds now."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from engine.queries.state import StateView, state_of
from engine.rules.period import moments_of
from engine.store import reports
from engine.store.dossier_counts import queue_counts
from engine.store.intake import intake_counts
from engine.store.visibility import visible_dossiers
from engine.text import Text
from engine.transaction import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class OnTimeLine:
    """The counts of one handling office: dossiers that ended, those of them that were late, and late open ones."""

    office: str
    office_name: Text | None
    finished: int
    late: int
    running_late: int

    @property
    def on_time(self) -> int:
        """The number of dossiers that ended on time."""
        return self.finished - self.late

    @property
    def rate(self) -> float | None:
        """The share of on-time dossiers among those that ended or are late; None if there are none."""
        return rate_of(self.on_time, self.finished + self.running_late)


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeLine:
    """The online filings of one receiving office: those taken in within the limit and later, and those that wait too
    long now."""

    office: str
    office_name: Text | None
    filed: int
    in_time: int
    late: int
    waiting_late: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueLine:
    """The number of dossiers of one release in one state that an office holds, and of the overdue ones among them."""

    procedure: str
    procedure_name: Text
    state: StateView
    count: int
    overdue: int


def on_time(unit: UnitOfWork, start: dt.date, end: dt.date, office: str | None = None) -> tuple[OnTimeLine, ...]:
    """A line for each handling office, for the civil days ``start`` to ``end``. Raises InvalidInput.

    Only dossiers that the caller may see are counted. Decision 766/QĐ-TTg, indicator 2.1.
    """
    moments_of(start, end)
    known = unit.catalogue.offices
    return tuple(
        OnTimeLine(
            office=row.office,
            office_name=known[row.office].name if row.office in known else None,
            finished=row.finished,
            late=row.late,
            running_late=row.running_late,
        )
        for row in reports.on_time(unit.reader(), unit.actor, start, end, unit.now, office)
    )


def intake(unit: UnitOfWork, start: dt.date, end: dt.date, office: str | None = None) -> tuple[IntakeLine, ...]:
    """A line for each receiving office, of the online filings that came in on the civil days ``start`` to ``end``.

    Only dossiers that the caller may see are counted. Raises InvalidInput.
    """
    first, last = moments_of(start, end)
    known = unit.catalogue.offices
    visible = visible_dossiers(unit.actor, unit.today)
    return tuple(
        IntakeLine(
            office=row.office,
            office_name=known[row.office].name if row.office in known else None,
            filed=row.filed,
            in_time=row.in_time,
            late=row.late,
            waiting_late=row.waiting_late,
        )
        for row in intake_counts(unit.reader(), visible, first, last, unit.now, office)
    )


def queue_of(unit: UnitOfWork, office: str) -> tuple[QueueLine, ...]:
    """The dossiers that an office holds now, by release and state. Only those that the caller may see are counted."""
    lines = []
    for row in queue_counts(unit.reader(), unit.actor, office, unit.now):
        release = unit.catalogue.workflow(row.release).release
        lines.append(
            QueueLine(
                procedure=row.procedure,
                procedure_name=release.name,
                state=state_of(release, row.state, row.portal),
                count=row.number,
                overdue=row.overdue,
            )
        )
    return tuple(lines)


def rate_of(part: int, whole: int) -> float | None:
    """``part`` / ``whole``, rounded to four decimal places; None if ``whole`` is 0.

    >>> rate_of(2, 3), rate_of(0, 0)
    (0.6667, None)
    """
    return round(part / whole, 4) if whole else None
