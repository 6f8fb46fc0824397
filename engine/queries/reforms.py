"""Reforms that are being carried out: the progress of each plan, and the dossiers that wait for a decision."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from engine.errors import NotFound
from engine.reform.triage import Waiting, triage
from engine.rules.offices.routing import Map
from engine.rules.reform.deciders import OVERSEERS, decided_provinces, provinces_of
from engine.rules.reform.totals import group_from_data
from engine.store.plans import counts_by_status, every_reform, group_documents, reform_row
from engine.text import Text
from engine.transaction import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class ReformLine:
    """A plan. ``dossiers`` counts by status (``engine.store.plans``) the dossiers of the provinces that the caller
    oversees."""

    number: int
    code: str
    name: Text
    date: dt.date
    digest: str
    state: str
    dossiers: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateView:
    """A commune of the new order that may be chosen, with its office; ``share`` is its part of the old one."""

    commune: str
    office: str
    office_name: Text | None
    share: Fraction | None
    suggested: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingLine:
    """The dossiers of one old commune that wait for the same decision."""

    province: str
    commune: str | None
    commune_name: str | None
    dossiers: int
    candidates: tuple[CandidateView, ...]


def reforms(unit: UnitOfWork) -> tuple[ReformLine, ...]:
    """Every plan, oldest first."""
    known = unit.catalogue.map
    lines = []
    for row in every_reform(unit.reader()):
        provinces = provinces_of(unit.actor, OVERSEERS, known, row.date, unit.today)
        name = row.document["name"]
        lines.append(
            ReformLine(
                number=row.id,
                code=row.code,
                name=Text(name["vi"], name["en"]),
                date=row.date,
                digest=row.digest,
                state=row.state,
                dossiers=counts_by_status(unit.reader(), row.id, provinces),
            )
        )
    return tuple(lines)


def triage_of(unit: UnitOfWork, number: int) -> tuple[WaitingLine, ...]:
    """The dossiers in a plan that wait for the caller's decision, by old commune, most dossiers first.

    Raises NotFound, and Forbidden if the caller decides for no province.
    """
    plan, known = reform_row(unit.reader(), number), unit.catalogue.map
    if plan is None:
        raise NotFound(what=f"reform plan {number}")
    decided = decided_provinces(unit.actor, known, plan.date, unit.today)
    groups = [group_from_data(one) for one in group_documents(unit.reader(), number)]
    day_before = plan.date - dt.timedelta(days=1)
    waiting = triage(unit.reader(), number, groups)
    return tuple(_waiting(one, known, day_before) for one in waiting if one.province in decided)


def _waiting(one: Waiting, known: Map, day_before: dt.date) -> WaitingLine:
    before = known.territory.find(one.commune or "", "commune", day_before)
    return WaitingLine(
        province=one.province,
        commune=one.commune,
        commune_name=before.name_vi if before else None,
        dossiers=one.dossiers,
        candidates=tuple(
            CandidateView(
                commune=each.commune,
                office=each.office,
                office_name=office.name if (office := known.offices.get(each.office)) else None,
                share=each.share,
                suggested=each.is_default,
            )
            for each in one.candidates
        ),
    )
