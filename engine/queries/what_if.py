"""Reads what a forecast of a version needs (``engine.rules.history.what_if``), and holds forecasts against months that
they did not know."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from engine.clock import civil_day, midnight
from engine.errors import Conflict
from engine.queries.histories import Asked, worked_minutes
from engine.rules.history.visits import visits_of
from engine.rules.history.what_if import Forecast, Past, Stay, Terms, adapted, simulate
from engine.rules.period import moments_of
from engine.rules.procedure.definition import Release, Term
from engine.store.dossiers import dossiers
from engine.store.histories import History, histories
from engine.store.sight_of_many import seen_by_many
from engine.store.staff_counts import people_of_posts
from engine.transaction import UnitOfWork

FEWEST = 10
"""Past dossiers below which no forecast is given."""


class TooFewDossiers(Conflict):
    """A forecast rests on past dossiers, and there are too few."""

    code = "too-few-dossiers"
    vi = "Chỉ có {found} hồ sơ đã giải quyết của thủ tục {procedure} trong kỳ; dự báo cần ít nhất {fewest}."
    en = "Only {found} dossiers of procedure {procedure} ended in the period; a forecast needs {fewest} at least."


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A forecast from the time before ``since``, and what really happened from then on: shares on time, 0 to 1."""

    procedure: str
    learned: int
    held_out: int
    forecast: float
    real: float

    @property
    def error(self) -> float:
        """The forecast minus what happened."""
        return self.forecast - self.real


def what_if(unit: UnitOfWork, release: Release, asked: Asked, terms: Terms) -> Forecast:
    """The forecast of a version from the dossiers that ended in a period. Raises TooFewDossiers."""
    pasts = [adapted(past, before, release) for before, past in pasts_of(unit, asked)]
    pasts = [one for one in pasts if one.stays]
    if len(pasts) < FEWEST:
        raise TooFewDossiers(found=len(pasts), procedure=asked.procedure, fewest=FEWEST)
    return simulate(
        pasts, release, replace(terms, people={**people_of_posts(unit.reader(), unit.today), **terms.people})
    )


def held_out(unit: UnitOfWork, release: Release, asked: Asked, since: dt.date, terms: Terms) -> Held:
    """Forecasts from what ended before a day, and compares with what ended from that day on. Raises TooFewDossiers."""
    before = replace(asked, end=since - dt.timedelta(days=1))
    later = [past for _, past in pasts_of(unit, replace(asked, start=since))]
    if len(later) < FEWEST:
        raise TooFewDossiers(found=len(later), procedure=asked.procedure, fewest=FEWEST)
    learned = sum(1 for _ in pasts_of(unit, before))
    told = what_if(unit, release, before, terms)
    return Held(
        procedure=asked.procedure,
        learned=learned,
        held_out=len(later),
        forecast=told.on_time,
        real=1 - sum(one.late for one in later) / len(later),
    )


def pasts_of(unit: UnitOfWork, asked: Asked) -> tuple[tuple[Release, Past], ...]:
    """The dossiers that were received and decided, in order of their arrival, each with its release."""
    first, last = moments_of(asked.start, asked.end)
    wanted = [
        dossiers.c.procedure == asked.procedure,
        dossiers.c.received_at.is_not(None),
        dossiers.c.finished_at >= first,
        dossiers.c.finished_at < last,
        seen_by_many(unit.actor, unit.today),
    ]
    wanted += [dossiers.c.handler_office == asked.office] if asked.office else []
    found = sorted(histories(unit.reader(), wanted), key=lambda one: one.head.received_at or one.head.filed_at)
    if not found:
        return ()
    begin = midnight(civil_day(found[0].head.received_at or found[0].head.filed_at))
    told = [(unit.catalogue.workflow(one.head.release).release, one) for one in found]
    pasts = [(release, _past(unit, release, one, begin)) for release, one in told]
    return tuple((release, past) for release, past in pasts if past is not None)


def _past(unit: UnitOfWork, release: Release, one: History, begin: dt.datetime) -> Past | None:
    """A dossier from its reception until its clock stopped; None where the journal does not tell its due moment."""
    decided = _decided(one.entries)
    received = one.head.received_at
    if decided is None or received is None:
        return None
    at, due, term = decided
    stays, counted = [], 0
    for visit in visits_of(one.entries):
        state = release.states.get(visit.state)
        if visit.entered < received or visit.entered >= at or state is None or state.clock == "not_started":
            continue
        minutes = worked_minutes(unit, release, visit.office, visit.entered, min(visit.left or at, at))
        if minutes is None:
            return None
        counted += minutes if state.clock == "running" else 0
        stays.append(Stay(visit.state, visit.office, minutes))
    arrived = worked_minutes(unit, release, one.head.handler_office, begin, received)
    margin = worked_minutes(unit, release, one.head.handler_office, min(at, due), max(at, due))
    if not stays or arrived is None or margin is None:
        return None
    late = at > due
    return Past(arrived, tuple(stays), counted - max(margin, 1) if late else counted + margin, late, term)


def _decided(entries: Sequence[dict[str, Any]]) -> tuple[dt.datetime, dt.datetime, Term | None] | None:
    """When the clock stopped for good, the due moment of then, and the term."""
    now: dict[str, Any] = {}
    found = None
    for body in entries:
        before, changes = dict(now), body["changes"]
        now |= {key: changes[key] for key in ("clock", "due_at", "term") if key in changes}
        if now.get("clock") == "stopped" and before.get("clock") == "running" and before.get("due_at"):
            term = before.get("term")
            found = (
                dt.datetime.fromisoformat(body["at"]),
                dt.datetime.fromisoformat(before["due_at"]),
                Term(**term) if term else None,
            )
    return found
