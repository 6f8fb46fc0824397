"""The memberships of clerks whose office closes: they pass to the only succeeding office, or a person assigns them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from engine.rules.offices.offices import Office
from engine.rules.offices.routing import Map
from engine.rules.reform.places import Places
from engine.rules.reform.policy import Reform
from engine.rules.territory.units import Unit


@dataclass(frozen=True, slots=True)
class Held:
    """A membership that is valid beyond the last day of the old order."""

    person_id: int
    office: str
    role: str
    valid_from: dt.date
    valid_to: dt.date | None


@dataclass(frozen=True, slots=True)
class Follows:
    """The membership passes to the office ``target``. Where it is None, a person chooses among ``candidates``."""

    held: Held
    target: str | None
    candidates: tuple[str, ...]


def members_that_follow(reform: Reform, known: Map, held: Iterable[Held]) -> list[Follows]:
    """One answer for every membership in an office that closes, in order of office, person and role."""
    places = Places(reform, known)
    found = []
    for one in sorted(held, key=lambda one: (one.office, one.person_id, one.role, one.valid_from)):
        office = known.offices.get(one.office)
        if office is None or office.valid_to != reform.date:
            continue
        if one.valid_from >= reform.date or (one.valid_to is not None and one.valid_to <= reform.date):
            continue
        candidates = _successors(reform, known, places, office)
        follows = any(policy.of(office) and policy.members == "follow" for policy in reform.policies)
        target = candidates[0] if follows and len(candidates) == 1 else None
        found.append(Follows(one, target, candidates))
    return found


def _successors(reform: Reform, known: Map, places: Places, office: Office) -> tuple[str, ...]:
    """The succeeding offices, of the body that the policy names; for a district also those in its communes."""
    policy = next((one for one in reform.policies if one.of(office)), None)
    body = (policy.to_body if policy else None) or office.body
    own = places.stand_on(office)
    units: list[Unit] = [own]
    if own.level == "district":
        units += known.territory.children(own.id, min(reform.last_day, _last_day(own, reform)))
    codes = (one.code for unit in units for part in places.parts(unit) for one in places.offices_on(body, part))
    return tuple(dict.fromkeys(codes))


def _last_day(unit: Unit, reform: Reform) -> dt.date:
    return unit.valid_to - dt.timedelta(days=1) if unit.valid_to is not None else reform.last_day
