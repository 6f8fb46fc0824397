"""The indicators of Decision 766/QĐ-TTg that count procedures: each gives which count, and which of them achieve it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from engine.clock import civil_day
from engine.rules.deadlines.calendar import OutsideCalendar
from engine.rules.procedure.definition import ONLINE, Release
from engine.store.indicator_counts import Counted, Scope, last_release_of, procedures_with, published_between
from engine.store.indicator_rules import RULES
from engine.store.indicator_traits import Span, traits_of
from engine.text import Text
from engine.transaction import UnitOfWork

DAYS_BEFORE = 5
"""Working days before it comes into force by which a province publishes a procedure; Decision 766 [M]. A ministry has
20, but no procedure here is published by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A procedure in one version."""

    procedure: str
    version: int
    name: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceShare:
    """The procedures that count, and those of them that achieve the indicator, by code and version."""

    of: tuple[Service, ...]
    part: tuple[Service, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceQuestion:
    """Which procedures: those of the civil days ``start`` to ``end``, and their dossiers in a scope and a period.

    ``known`` are indicators over dossiers that were counted by procedure already.
    """

    unit: UnitOfWork
    start: dt.date
    end: dt.date
    span: Span
    scope: Scope
    known: Mapping[str, Sequence[Counted]] = field(default_factory=dict)

    def procedures_of(self, key: str, *, achieved: bool) -> set[str]:
        """The procedures with dossiers that count for an indicator, or that count as achieved."""
        if key in self.known:
            return {str(one.within) for one in self.known[key] if (one.part if achieved else one.of)}
        return procedures_with(self.unit.reader(), RULES[key](traits_of(self.span)), self.scope, achieved=achieved)


def published_on_time(asked: ServiceQuestion) -> ServiceShare:
    """Versions published at least 5 working days before they came into force ÷ versions that came into force in the
    period. Group *publicity* [M]. What was in force when this installation was filled counts as published late."""
    rows = published_between(asked.unit.reader(), asked.start, asked.end)
    rows = [row for row in rows if asked.scope.procedure in (None, row.procedure)]
    known = {row.digest: _service(asked.unit.catalogue.workflow(row.digest).release) for row in rows}
    early = [row for row in rows if _working_days(asked.unit, civil_day(row.published_at), row.start) >= DAYS_BEFORE]
    return _share(known.values(), (known[row.digest] for row in early))


def content_complete(asked: ServiceQuestion) -> ServiceShare:
    """Procedures with legal grounds, whose papers, fees and time limit are verified ÷ procedures in force on the last
    day. Group *publicity* [M]."""
    releases = _in_force(asked)
    return _share(map(_service, releases), (_service(one) for one in releases if _is_complete(one)))


def offered_online(asked: ServiceQuestion) -> ServiceShare:
    """Procedures that take filings over the portal ÷ procedures in force on the last day. Group *online service*, A
    [M]."""
    releases = _in_force(asked)
    online = (one for one in releases if not set(ONLINE).isdisjoint(one.channels))
    return _share(map(_service, releases), map(_service, online))


def online_with_dossiers(asked: ServiceQuestion) -> ServiceShare:
    """Procedures with dossiers filed over the portal in the period ÷ procedures that take filings over the portal on
    its last day. Group *online service*, B [M]."""
    online = [_service(one) for one in _in_force(asked) if not set(ONLINE).isdisjoint(one.channels)]
    used = asked.procedures_of("filed_online", achieved=True)
    return _share(online, (one for one in online if one.procedure in used))


def procedures_paid_online(asked: ServiceQuestion) -> ServiceShare:
    """Procedures with a payment over the portal ÷ procedures with dossiers received in the period that owe a fee.
    Group *online payment*, B [M]."""
    owing = asked.procedures_of("paid_online", achieved=False)
    paid = asked.procedures_of("paid_online", achieved=True)
    named = {code: _named(asked, code) for code in owing}
    return _share(named.values(), (named[code] for code in paid))


SERVICE_RULES: Mapping[str, Callable[[ServiceQuestion], ServiceShare]] = {
    rule.__name__: rule
    for rule in (published_on_time, content_complete, offered_online, online_with_dossiers, procedures_paid_online)
}
"""Each indicator over procedures by its key."""


def _in_force(asked: ServiceQuestion) -> list[Release]:
    """The public procedures in force on the last day of the period, today at the latest."""
    found = asked.unit.catalogue.procedures(min(asked.end, asked.unit.today))
    releases = [one.release for one in found if one.release.public]
    return [one for one in releases if asked.scope.procedure in (None, one.procedure)]


def _is_complete(release: Release) -> bool:
    papers, fees = release.documents.values(), release.fees.values()
    told = all(paper.verified for paper in papers) and all(fee.verified for fee in fees)
    return bool(release.legal) and release.sla.verified and told


def _working_days(unit: UnitOfWork, published: dt.date, start: dt.date) -> int:
    """Working days after ``published`` up to ``start``; ``DAYS_BEFORE`` where it is a month or more."""
    if (start - published).days >= 31:
        return DAYS_BEFORE
    calendar, worked = unit.catalogue.calendar("vn"), 0
    for number in range(1, (start - published).days + 1):
        try:
            worked += calendar.is_working_day(published + dt.timedelta(days=number))
        except OutsideCalendar:
            continue
    return worked


def _named(asked: ServiceQuestion, procedure: str) -> Service:
    """The procedure as it is in force, else as its newest dossier has it."""
    for one in _in_force(asked):
        if one.procedure == procedure:
            return _service(one)
    return _service(asked.unit.catalogue.workflow(last_release_of(asked.unit.reader(), procedure)).release)


def _service(release: Release) -> Service:
    return Service(procedure=release.procedure, version=release.version, name=release.name)


def _share(of: Iterable[Service], part: Iterable[Service]) -> ServiceShare:
    return ServiceShare(of=tuple(sorted(of, key=_place)), part=tuple(sorted(part, key=_place)))


def _place(one: Service) -> tuple[str, int]:
    return one.procedure, one.version
