"""Forecasts of a version from the journal, and held against days that they did not know.

The rules are in ``engine.rules.history.what_if``, the reading in ``engine.queries.pasts``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from engine.errors import Conflict
from engine.queries.histories import Asked
from engine.queries.pasts import pasts_of, told_of
from engine.rules.history.certainty import chance, interval
from engine.rules.history.what_if import Forecast, Past, Terms, adapted, simulate
from engine.rules.procedure.definition import Release
from engine.store.staff_counts import people_of_posts
from engine.transaction import UnitOfWork

FEWEST = 10
"""Past dossiers below which no forecast is given."""
Pasts = Sequence[tuple[Release, Past]]


class TooFewDossiers(Conflict):
    """A forecast rests on past dossiers, and there are too few."""

    code = "too-few-dossiers"
    vi = "Chỉ có {found} hồ sơ của thủ tục {procedure} đến hạn trong kỳ; dự báo cần ít nhất {fewest}."
    en = "Only {found} dossiers of procedure {procedure} were due in the period; a forecast needs {fewest} at least."


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

    @property
    def chance(self) -> float:
        """An error up to this one is explained by the small numbers alone, nine times in ten."""
        both = (self.forecast * self.learned + self.real * self.held_out) / (self.learned + self.held_out)
        return chance(both, self.learned, self.held_out)


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """A change of capacity: ``more`` people (fewer where negative) at each post of ``role`` (None: of every role). One
    person stays at least."""

    more: int = 0
    role: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A version beside the one in force, from the same past dossiers. ``held`` is how far off the forecast of the last
    days would have been; None where too few were due. ``whole`` is False where older dossiers were left out."""

    before: Forecast
    after: Forecast
    learned: int
    held: Held | None
    whole: bool
    people: int

    @property
    def between(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Between what each share on time lies, nine times in ten."""
        return interval(self.before.on_time, self.learned), interval(self.after.on_time, self.learned)


def what_if(unit: UnitOfWork, release: Release, asked: Asked, terms: Terms) -> Forecast:
    """The forecast of a version from the dossiers that were due in a period. Raises TooFewDossiers."""
    return _forecast(unit, release, asked, pasts_of(unit, told_of(unit, asked), asked.start, asked.end), terms)


def held_out(unit: UnitOfWork, release: Release, asked: Asked, since: dt.date, terms: Terms) -> Held:
    """Forecasts from what was due before a day, and compares with what was due from that day on.

    What happened since that day to dossiers that were due before is not used. Raises TooFewDossiers.
    """
    told, eve = told_of(unit, asked), since - dt.timedelta(days=1)
    before, later = pasts_of(unit, told, asked.start, eve), pasts_of(unit, told, since, asked.end)
    return _held(unit, release, asked, (before, later), terms)


def trial(
    unit: UnitOfWork, before: Release, after: Release, asked: Asked, terms: Terms, staff: Staff, bounds: tuple[int, int]
) -> Trial:
    """Both versions through the same past: the one in force with today's people, the other with more or fewer and
    with ``terms.arrivals``. ``bounds``: the most dossiers to read, and the last days against which the forecast of the
    version in force is held. Raises TooFewDossiers.
    """
    most, days = bounds
    told = told_of(unit, asked, most)
    pasts = pasts_of(unit, told, asked.start, asked.end)
    people = people_of_posts(unit.reader(), unit.today)
    today = replace(terms, people={**people, **terms.people}, arrivals=1.0)
    posts = _posts(pasts, after, staff.role)
    changed = {post: max(1, today.people.get(post, 1) + staff.more) for post in posts} if staff.more else {}
    since = asked.end - dt.timedelta(days=days)
    eve = since - dt.timedelta(days=1)
    try:
        parts = pasts_of(unit, told, asked.start, eve), pasts_of(unit, told, since, asked.end)
        held = _held(unit, before, asked, parts, today)
    except TooFewDossiers:
        held = None
    return Trial(
        before=_forecast(unit, before, asked, pasts, today),
        after=_forecast(
            unit, after, asked, pasts, replace(today, people={**today.people, **changed}, arrivals=terms.arrivals)
        ),
        learned=len(pasts),
        held=held,
        whole=told.whole,
        people=sum(changed.get(post, today.people.get(post, 1)) for post in posts),
    )


def _held(unit: UnitOfWork, release: Release, asked: Asked, parts: tuple[Pasts, Pasts], terms: Terms) -> Held:
    before, later = parts
    if len(later) < FEWEST:
        raise TooFewDossiers(found=len(later), procedure=asked.procedure, fewest=FEWEST)
    return Held(
        procedure=asked.procedure,
        learned=len(before),
        held_out=len(later),
        forecast=_forecast(unit, release, asked, before, terms).on_time,
        real=1 - sum(one.late for _, one in later) / len(later),
    )


def _forecast(unit: UnitOfWork, release: Release, asked: Asked, pasts: Pasts, terms: Terms) -> Forecast:
    fitted = [one for one in (adapted(past, before, release) for before, past in pasts) if one.stays]
    if len(fitted) < FEWEST:
        raise TooFewDossiers(found=len(fitted), procedure=asked.procedure, fewest=FEWEST)
    people = {**people_of_posts(unit.reader(), unit.today), **terms.people}
    return simulate(fitted, release, replace(terms, people=people))


def _posts(pasts: Pasts, release: Release, role: str | None) -> set[tuple[str, str]]:
    """The posts that past dossiers need under a version; only those of ``role`` where it is given."""
    found = set()
    for before, past in pasts:
        for stay in adapted(past, before, release).stays:
            held = release.states[stay.state].role
            if held is not None and role in (None, held):
                found.add((stay.office, held))
    return found
