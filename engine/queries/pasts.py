"""The past dossiers that a forecast of a version learns from (``engine.rules.history.what_if``).

A dossier counts by the day on which it was due: on that day it is known for certain whether it was in time. Who
counted by the day of its end would learn from the quick ones first, and find the slow ones afterwards.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select

from engine.clock import civil_day, midnight
from engine.queries.histories import Asked, worked_minutes
from engine.rules.history.visits import visits_of
from engine.rules.history.what_if import Past, Stay
from engine.rules.period import moments_of
from engine.rules.procedure.definition import Release, Term
from engine.store.dossiers import dossiers
from engine.store.histories import History, histories
from engine.store.sight_of_many import seen_by_many
from engine.transaction import UnitOfWork

NEWEST = 200_000
"""Where a reading is bounded, it looks at so many of the newest dossiers of all procedures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Histories of one procedure with the release of each, in order of reception. ``whole`` is False where the bound
    left some out."""

    histories: tuple[tuple[Release, History], ...]
    whole: bool


@dataclass(frozen=True, slots=True)
class _Known:
    """What was known of a dossier at a moment: until when its way is told, its due moment, and its term."""

    until: dt.datetime
    due: dt.datetime
    term: Term | None


def told_of(unit: UnitOfWork, asked: Asked, most: int | None = None) -> Told:
    """The dossiers that were due in a period; with ``most``, the newest of them, so that the reading is short."""
    first, last = moments_of(asked.start, asked.end)
    wanted: list[ColumnElement[bool]] = [
        dossiers.c.procedure == asked.procedure,
        dossiers.c.received_at < last,
        dossiers.c.promised_at >= first,
        seen_by_many(unit.actor, unit.today),
    ]
    wanted += [dossiers.c.handler_office == asked.office] if asked.office else []
    whole = True
    if most is not None:
        recent = dossiers.c.id > select(func.max(dossiers.c.id) - NEWEST).scalar_subquery()
        newest = select(dossiers.c.id).where(recent, *wanted).order_by(dossiers.c.id.desc()).limit(most + 1)
        found = list(unit.reader().execute(newest).scalars())
        whole = len(found) <= most
        wanted.append(dossiers.c.id >= min(found[:most], default=0))
        wanted.append(recent)
    told = sorted(histories(unit.reader(), wanted), key=lambda one: one.head.received_at or one.head.filed_at)
    return Told(histories=tuple((unit.catalogue.workflow(one.head.release).release, one) for one in told), whole=whole)


def pasts_of(
    unit: UnitOfWork, told: Told, start: dt.date, end: dt.date, known: dt.datetime | None = None
) -> tuple[tuple[Release, Past], ...]:
    """The dossiers that were due on the days ``start`` to ``end``, in order of their arrival, each with its release.

    Nothing after ``known`` is used (default: the end of the period, or now). A dossier that was still open then is
    late, and its way ends there.
    """
    first, last = moments_of(start, end)
    known = min(known or last, unit.now)
    if not told.histories:
        return ()
    arrivals = [one.head.received_at or one.head.filed_at for _, one in told.histories]
    begin = midnight(civil_day(min(arrivals)))
    found = [
        (release, _past(unit, release, one, begin, seen))
        for release, one in told.histories
        if (seen := _seen(one.entries, known)) is not None and first <= seen.due < min(last, known)
    ]
    return tuple((release, past) for release, past in found if past is not None)


def _seen(entries: Sequence[dict[str, Any]], known: dt.datetime) -> _Known | None:
    """How a dossier stood at a moment; None where it had no due moment, was paused, or not received yet."""
    now: dict[str, Any] = {}
    stopped = None
    for body in entries:
        at = dt.datetime.fromisoformat(body["at"])
        if at >= known:
            break
        before, changes = dict(now), body["changes"]
        now |= {key: changes[key] for key in ("clock", "due_at", "term") if key in changes}
        if now.get("clock") == "stopped" and before.get("clock") == "running" and before.get("due_at"):
            stopped = at, before
    at, row = stopped if stopped is not None else (known, now)
    if not row.get("due_at") or (stopped is None and now.get("clock") != "running"):
        return None
    term = row.get("term")
    return _Known(at, dt.datetime.fromisoformat(row["due_at"]), Term(**term) if term else None)


def _past(unit: UnitOfWork, release: Release, one: History, begin: dt.datetime, seen: _Known) -> Past | None:
    """A dossier from its reception until its clock stopped; None where no calendar reaches so far."""
    received = one.head.received_at
    if received is None:
        return None
    stays, counted = [], 0
    for visit in visits_of(one.entries):
        state = release.states.get(visit.state)
        if visit.entered < received or visit.entered >= seen.until or state is None or state.clock == "not_started":
            continue
        minutes = worked_minutes(unit, release, visit.office, visit.entered, min(visit.left or seen.until, seen.until))
        if minutes is None:
            return None
        counted += minutes if state.clock == "running" else 0
        stays.append(Stay(visit.state, visit.office, minutes))
    late = seen.until > seen.due
    handler = one.head.handler_office
    arrived = worked_minutes(unit, release, handler, begin, received)
    margin = worked_minutes(unit, release, handler, min(seen.until, seen.due), max(seen.until, seen.due))
    if not stays or arrived is None or margin is None:
        return None
    return Past(arrived, tuple(stays), counted - max(margin, 1) if late else counted + margin, late, seen.term)
