"""The connection to the national portal as an administrator sees it: backlog, differences, figures of comparisons.

It tells codes, numbers and causes, and nothing personal. The caller admits administrators.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from engine.dossier.case import Case
from engine.errors import NotFound
from engine.rules.portal.differences import FAULTS, KINDS, advice
from engine.store import portal_views as views
from engine.store.portal_queue import backlog, unsent
from engine.text import Text
from engine.transaction import UnitOfWork

MOST = 1_000
INDEX_POINTS = 6
"""The points that the index of Decision 766 gives when everything is synchronised [M]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """The counts of a comparison. ``finished_at`` is None while it runs or when it broke off (``error``)."""

    started_at: dt.datetime
    finished_at: dt.datetime | None
    error: str | None
    here: int
    there: int
    same: int
    on_time: int
    under_way: int
    differing: int

    @property
    def share(self) -> float | None:
        """Synchronised ÷ the greater of both sides' numbers, as the index of Decision 766 counts it."""
        most = max(self.here, self.there)
        return self.same / most if most else None

    @property
    def points(self) -> float | None:
        """What the share gives in the index of Decision 766."""
        return None if self.share is None else round(INDEX_POINTS * self.share, 2)

    @property
    def share_on_time(self) -> float | None:
        """The same, only with dossiers of which nothing was told late in the day before."""
        most = max(self.here, self.there)
        return self.on_time / most if most else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How the connection stands."""

    connected: bool
    waiting: int
    oldest_waiting: dt.datetime | None
    parked: int
    oldest_parked: dt.datetime | None
    sent_last_hour: int
    open_differences: int
    comparisons: tuple[Compared, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsentTelling:
    """A telling that failed and waits or is parked, with the cause."""

    id: int
    code: str
    kind: str
    at: dt.datetime
    attempts: int
    fault: Text
    error: str
    next_attempt_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDifference:
    """A difference with what to do about it. ``safe``: a resend settles it. ``ended_at``: it is history."""

    id: int
    code: str
    kind: str
    kind_name: Text
    fault: str
    fault_name: Text
    safe: bool
    ours: str
    theirs: str
    since: dt.datetime
    seen_at: dt.datetime
    repaired_at: dt.datetime | None
    ended_at: dt.datetime | None
    advice: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceGroup:
    """The open differences of one kind and one fault."""

    kind: str
    kind_name: Text
    fault: str
    fault_name: Text
    safe: bool
    number: int
    since: dt.datetime
    advice: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class LateByTelling:
    """A time limit that a dossier kept here, and that looked broken at the portal since it was told too late.

    ``told_at`` is None while it is not told. ``limit``: ``intake`` or ``end``.
    """

    code: str
    limit: str
    limit_at: dt.datetime
    done_at: dt.datetime
    told_at: dt.datetime | None


def standing(unit: UnitOfWork) -> Standing:
    """How the connection stands, with the last comparisons, newest first."""
    told = backlog(unit.reader(), unit.now)
    return Standing(
        connected=unit.settings.portal is not None,
        waiting=told.waiting,
        oldest_waiting=told.oldest_waiting,
        parked=told.parked,
        oldest_parked=told.oldest_parked,
        sent_last_hour=told.sent_last_hour,
        open_differences=views.open_number(unit.reader()),
        comparisons=tuple(_compared(row) for row in views.comparisons(unit.reader(), 14)),
    )


def unsent_tellings(unit: UnitOfWork, status: str, most: int = MOST) -> tuple[UnsentTelling, ...]:
    """Tellings that are ``parked`` or ``failing``, oldest first."""
    return tuple(
        UnsentTelling(
            id=row.id,
            code=row.code,
            kind=row.kind,
            at=row.at,
            attempts=row.attempts,
            fault=FAULTS[row.cause or "waiting"],
            error=row.error or "",
            next_attempt_at=row.next_attempt_at,
        )
        for row in unsent(unit.reader(), status, most)
    )


def differences(
    unit: UnitOfWork,
    *,
    kind: str | None = None,
    fault: str | None = None,
    code: str | None = None,
    ended: bool = False,
    most: int = MOST,
) -> tuple[OpenDifference, ...]:
    """Open differences, or with ``ended`` the history, too; oldest first. Raises NotFound (no such kind or fault)."""
    if kind is not None and kind not in KINDS:
        raise NotFound(what=kind)
    if fault is not None and fault not in FAULTS:
        raise NotFound(what=fault)
    rows = views.differences(unit.reader(), kind, fault, code, ended, most)
    return tuple(_difference(row) for row in rows)


def difference_groups(unit: UnitOfWork) -> tuple[DifferenceGroup, ...]:
    """The open differences by kind and fault, the largest group first."""
    return tuple(
        DifferenceGroup(
            kind=row.kind,
            kind_name=KINDS[row.kind],
            fault=row.fault,
            fault_name=FAULTS[row.fault],
            safe=bool(row.safe),
            number=row.number,
            since=row.since,
            advice=advice(row.kind, row.fault, bool(row.safe)),
        )
        for row in views.groups(unit.reader())
    )


def late_by_telling(
    unit: UnitOfWork, *, code: str | None = None, since: dt.datetime | None = None, most: int = MOST
) -> tuple[LateByTelling, ...]:
    """The time limits that look broken at the portal by the telling alone, newest first; of one dossier, or of all."""
    rows = views.late_tellings(unit.reader(), unit.now, code, since, most)
    return tuple(
        LateByTelling(
            code=row.code, limit=row.limit_kind, limit_at=row.limit_at, done_at=row.at, told_at=row.first_sent_at
        )
        for row in rows
    )


def late_of(case: Case) -> tuple[LateByTelling, ...]:
    """Those of an open case; none, without a query, where no portal is set up."""
    return late_by_telling(case.unit, code=case.code) if case.unit.settings.portal is not None else ()


def _compared(row: views.ComparisonRow) -> Compared:
    return Compared(
        started_at=row.started_at,
        finished_at=row.finished_at,
        error=row.error,
        here=row.here,
        there=row.there,
        same=row.same,
        on_time=row.on_time,
        under_way=row.under_way,
        differing=row.differing,
    )


def _difference(row: views.DifferenceRow) -> OpenDifference:
    return OpenDifference(
        id=row.id,
        code=row.code,
        kind=row.kind,
        kind_name=KINDS[row.kind],
        fault=row.fault,
        fault_name=FAULTS[row.fault],
        safe=bool(row.safe),
        ours=row.ours or "",
        theirs=row.theirs or "",
        since=row.since,
        seen_at=row.seen_at,
        repaired_at=row.repaired_at,
        ended_at=row.ended_at,
        advice=advice(row.kind, row.fault, bool(row.safe)),
    )


def repairable_codes(unit: UnitOfWork, kind: str, fault: str, most: int) -> tuple[str, ...]:
    """The codes of the oldest open, safe differences of a group that a resend settles."""
    found = [one for one in differences(unit, kind=kind, fault=fault, most=most) if one.safe]
    return tuple(dict.fromkeys(one.code for one in found))
