"""The report on the indicators of Decision 766/QĐ-TTg: each with its numerator, denominator, points and both lists."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from engine.errors import NotFound
from engine.queries.index_766 import Weights, weights_on
from engine.queries.indicator_words import INDICATORS, Indicator
from engine.queries.page import After, Page, page_of
from engine.queries.procedure_indicators import SERVICE_RULES, Service, ServiceQuestion
from engine.queries.state import StateView, state_of
from engine.rules.period import moments_of
from engine.store.indicator_counts import (
    By,
    Counted,
    ListedRow,
    Scope,
    counted_together,
    listed,
)
from engine.store.indicator_rules import RULES, Share, timed
from engine.store.indicator_traits import Span, traits_of
from engine.store.sight_of_many import counted_by_many, seen_by_many
from engine.text import Text
from engine.transaction import UnitOfWork

Side = Literal["numerator", "denominator"]
"""Which list of an indicator: the dossiers that achieve it, or all that count."""
DAY = 24 * 60 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A report's question: the civil days ``start`` to ``end``, and only the dossiers that ``office`` handles, or only
    those of ``procedure`` or ``province``, where these are given."""

    start: dt.date
    end: dt.date
    office: str | None = None
    procedure: str | None = None
    province: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """An indicator's value. ``within`` is the office, procedure or province that it is of; None: all together.

    ``part`` of ``of`` dossiers or procedures; of the mean time, ``part`` are seconds. ``points`` of ``most`` are None
    where the index does not count it.
    """

    indicator: Indicator
    within: str | None
    within_name: Text | None
    part: int
    of: int
    points: float | None
    most: float | None

    @property
    def value(self) -> float | None:
        """The share (0 to 1), or the mean number of days; None where nothing counts."""
        if self.of == 0:
            return None
        return round(self.part / self.of / DAY, 2) if self.indicator.kind == "days" else round(self.part / self.of, 4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The figures in the order of the index, and the weights that their points follow."""

    wanted: Wanted
    weights: Weights
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedDossier:
    """A dossier behind a figure."""

    code: str
    procedure: str
    procedure_name: Text
    state: StateView
    handler_office: str
    received_at: dt.datetime | None
    promised_at: dt.datetime | None
    finished_at: dt.datetime | None


def indicators(unit: UnitOfWork, wanted: Wanted, by: By | None = None) -> Report:
    """Every indicator over the dossiers that count for the caller; with ``by`` those over dossiers, told apart.

    Those are the ones that they may see; for an administrator all. Raises InvalidInput.
    """
    scope, weights = _figures(unit, wanted), weights_on(wanted.end)
    span = _span(unit, wanted)
    found = counted_together(unit.reader(), span, scope, by or "procedure")
    figures: list[Figure] = []
    for one in INDICATORS:
        if one.kind == "procedures":
            lines = [] if by else [_of_procedures(unit, one.key, wanted, span, scope, found)]
        else:
            lines = found[one.key] if by else [_summed(found[one.key])]
        figures += [_figure(unit, one, line, weights, by) for line in lines]
    return Report(wanted=wanted, weights=weights, figures=tuple(figures))


def listed_dossiers(
    unit: UnitOfWork, key: str, side: Side, wanted: Wanted, *, after: After | None = None, limit: int = 50
) -> Page[ListedDossier]:
    """The dossiers behind a figure, oldest first. Raises NotFound (no indicator over dossiers), InvalidInput."""
    scope = _scope(unit, wanted)
    span = _span(unit, wanted)
    rows = listed(
        unit.reader(),
        _share_of(key, span),
        scope,
        achieved=side == "numerator",
        after=after.id if after else 0,
        limit=limit + 1,
    )
    return page_of(rows, limit, lambda row: _line(unit, row), lambda row: After(id=row.id, moment=None))


def listed_procedures(unit: UnitOfWork, key: str, side: Side, wanted: Wanted) -> tuple[Service, ...]:
    """The procedures behind a figure, by code. Raises NotFound (no indicator over procedures), InvalidInput."""
    if key not in SERVICE_RULES:
        raise NotFound(what=key)
    scope = _figures(unit, wanted)
    span = _span(unit, wanted)
    share = SERVICE_RULES[key](ServiceQuestion(unit=unit, start=wanted.start, end=wanted.end, span=span, scope=scope))
    return share.part if side == "numerator" else share.of


def _share_of(key: str, span: Span) -> Share:
    traits = traits_of(span)
    if key in RULES:
        return RULES[key](traits)
    if key == "mean_time":
        return Share(timed(traits), timed(traits))
    raise NotFound(what=key)


def _summed(lines: Sequence[Counted]) -> Counted:
    return Counted(None, sum(one.part for one in lines), sum(one.of for one in lines))


def _of_procedures(
    unit: UnitOfWork, key: str, wanted: Wanted, span: Span, scope: Scope, known: Mapping[str, Sequence[Counted]]
) -> Counted:
    asked = ServiceQuestion(unit=unit, start=wanted.start, end=wanted.end, span=span, scope=scope, known=known)
    share = SERVICE_RULES[key](asked)
    return Counted(None, len(share.part), len(share.of))


def _figure(unit: UnitOfWork, one: Indicator, line: Counted, weights: Weights, by: By | None) -> Figure:
    points, most = weights.of(one.key, line.part, line.of) or (None, None)
    return Figure(
        indicator=one,
        within=line.within,
        within_name=_name(unit, line.within, by),
        part=line.part,
        of=line.of,
        points=points,
        most=most,
    )


def _name(unit: UnitOfWork, within: str | None, by: By | None) -> Text | None:
    if within is None:
        return None
    if by == "office":
        return unit.catalogue.office_name(within)
    if by == "province":
        found = next(
            (one for one in unit.catalogue.territory.units("province", unit.today) if one.code == within), None
        )
        return Text(found.name_vi, found.name_vi) if found else None
    known = next((one for one in unit.catalogue.procedures(unit.today) if one.release.procedure == within), None)
    return known.release.in_lists if known else None


def _span(unit: UnitOfWork, wanted: Wanted) -> Span:
    portal = unit.settings.portal
    told_within = portal.on_time if portal else None
    return Span(*moments_of(wanted.start, wanted.end), unit.now, unit.catalogue.results, told_within)


def _scope(unit: UnitOfWork, wanted: Wanted) -> Scope:
    """The dossiers of a list: those that the caller may see."""
    return Scope(seen_by_many(unit.actor, unit.today), wanted.office, wanted.procedure, wanted.province)


def _figures(unit: UnitOfWork, wanted: Wanted) -> Scope:
    """The dossiers of a figure, which an administrator reads without seeing them."""
    return Scope(counted_by_many(unit.actor, unit.today), wanted.office, wanted.procedure, wanted.province)


def _line(unit: UnitOfWork, row: ListedRow) -> ListedDossier:
    release = unit.catalogue.workflow(row.release).release
    return ListedDossier(
        code=row.code,
        procedure=row.procedure,
        procedure_name=release.name,
        state=state_of(release, row.state, row.portal),
        handler_office=row.handler_office,
        received_at=row.received_at,
        promised_at=row.promised_at,
        finished_at=row.finished_at,
    )
