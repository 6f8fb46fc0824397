"""What a reform does to one live dossier: which of its offices change, to which one, or among which a person chooses.

Nothing is guessed and nothing but offices is touched: no state, no clock, no code. A dossier has *desks*, the offices
that have a part in it by key (``intake``, ``handler``, ``tax``, …, ``verification:7``). A desk stays where its office
lives on and keeps the competence. Otherwise it passes to the one office that the policy of the reform leads to; where
several are possible, the default is marked and a person chooses; where there is none, the plan cannot be applied.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from engine.errors import Refusal
from engine.rules.offices.offices import Office
from engine.rules.offices.routing import INTAKE, Map, place_name
from engine.rules.procedure.definition import Release
from engine.rules.reform.places import Part, Places, Where, narrowed
from engine.rules.reform.policy import VERIFICATION, Policy, Reform

Outcome = Literal["stays", "moves", "person", "without"]
Cause = Literal[
    "closes",  # the office closes on the day
    "moved",  # the office lives on, the competence is another's from the day on
    "unknown-office",  # no office has this code
    "closed-earlier",  # the office was closed by an earlier change that was never applied
    "no-policy",  # the reform says nothing about this kind of office
    "no-place",  # the dossier names no commune that is known
    "no-competence",  # no law, or several, name the competent level
    "no-office",  # the law names a level and body that has no office there
]


@dataclass(frozen=True, slots=True)
class Live:
    """The facts of one dossier that is not finished. ``place`` is the commune's code as it was borne on ``placed_on``.

    ``subjects`` names, for each desk that is found by competence, the procedure or task that decides it.
    ``chosen`` are the communes of the new order that a person chose for it, one decision after the other.
    """

    id: int
    code: str
    version: int
    procedure: str
    kind: str
    province: str
    place: str | None
    placed_on: dt.date
    desks: Mapping[str, str]
    subjects: Mapping[str, str]
    hamlet: str | None = None
    parcel: str | None = None
    chosen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """An office that a person may choose, with the commune through which it is one and the part that went there."""

    office: str
    commune: str
    share: Fraction | None
    is_default: bool


@dataclass(frozen=True, slots=True)
class Passage:
    """What happens to one desk: it passes from ``source`` to ``target``, or ``candidates`` are left to a person, or
    neither, and ``cause`` says why. ``legal`` are the texts it rests on; ``policy`` is the name of the one applied."""

    desk: str
    source: str
    target: str | None
    cause: Cause
    policy: str | None = None
    legal: str = ""
    candidates: tuple[Candidate, ...] = ()
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One dossier in the plan. ``place`` is the code of its commune from the day on, None where that is undecided."""

    id: int
    code: str
    version: int
    procedure: str
    province: str
    outcome: Outcome
    place: str | None
    passages: tuple[Passage, ...]
    old_unit: str | None = None
    new_units: tuple[str, ...] = ()


def subjects_of(release: Release) -> dict[str, str]:
    """For each routing key that is decided by competence over the dossier's own commune: procedure or task."""
    own = place_name(release, "handler")
    return {
        key: route.by.partition(":")[2] or release.procedure
        for key, route in release.routing.items()
        if key != INTAKE and route.by is not None and place_name(release, key) == own
    }


@dataclass(frozen=True, slots=True)
class _Desk:
    """One desk with all that decides about it: two that are equal have the same answer, so it is worked out once."""

    key: str
    code: str
    policy: Policy | None
    kind: str
    subject: str | None
    where: Where
    chosen: tuple[str, ...]


class Planner:
    """Decides dossier by dossier; keeps what it worked out about communes, laws and offices, nothing about dossiers."""

    def __init__(self, reform: Reform, known: Map) -> None:
        self._reform, self._map = reform, known
        self._places = Places(reform, known)
        self._policies: dict[tuple[str, str, str, str], Policy | None] = {}
        self._kept: dict[tuple[object, ...], Passage | None] = {}

    def decide(self, live: Live) -> Item:
        """The item of one dossier."""
        where = self._places.where(live.place, live.placed_on, live.hamlet, live.parcel, live.chosen)
        passages = []
        for desk, code in sorted(live.desks.items()):
            passage = self._of_desk(live, where, desk.partition(":")[0], code, live.subjects.get(desk))
            if passage is not None:
                passages.append(passage if passage.desk == desk else replace(passage, desk=desk))
        return Item(
            live.id,
            live.code,
            live.version,
            live.procedure,
            live.province,
            _outcome(passages),
            where.code,
            tuple(passages),
            where.key[0] if where.key else None,
            where.key[1:],
        )

    def commune(self, place: str | None, on: dt.date) -> str | None:
        """The id of the unit that bore the code ``place`` on a day; None where there was none. All else being equal,
        dossiers of the same unit have the same answer."""
        return next(iter(self._places.where(place, on).key), None)

    def _of_desk(self, live: Live, where: Where, desk: str, code: str, subject: str | None) -> Passage | None:
        """What happens to a desk; None: it stays."""
        policy = self._policy(code, desk, live.procedure, live.kind)
        key = (desk, code, policy and policy.name, subject, subject and live.kind, where.key, live.chosen)
        if key not in self._kept:
            self._kept[key] = self._passage(_Desk(desk, code, policy, live.kind, subject, where, live.chosen))
        return self._kept[key]

    def _policy(self, code: str, desk: str, procedure: str, kind: str) -> Policy | None:
        key = (code, desk, procedure, kind)
        if key not in self._policies:
            office = self._map.offices.get(code)
            self._policies[key] = self._reform.policy_for(office, desk, procedure, kind) if office else None
        return self._policies[key]

    def _passage(self, desk: _Desk) -> Passage | None:
        office, date = self._map.offices.get(desk.code), self._reform.date
        if office is None:
            return Passage(desk.key, desk.code, None, "unknown-office")
        if office.valid_to is None or office.valid_to > date:
            return self._moved(desk, office)
        if office.valid_to < date:
            return Passage(desk.key, desk.code, None, "closed-earlier", detail=office.valid_to.isoformat())
        policy = desk.policy
        if policy is None:
            return Passage(desk.key, desk.code, None, "no-policy")
        if policy.to == "successor":
            return _passage_to(desk, "closes", self._successors(policy, office, desk), "no-office")
        if policy.to == "competent" and desk.key != VERIFICATION:
            return self._to_competent(desk, "closes")
        parts, body = desk.where.parts, policy.to_body or office.body
        if policy.to == "place":
            found = [(part, one) for part in parts for one in self._places.offices_on(body, part, "commune")]
        else:  # no law says who is competent for a question: the same body, where the dossier's commune lies
            found = [(part, one) for part in parts for one in self._places.same_body_on(body, part)]
        return _passage_to(desk, "closes", found, "no-office" if parts else "no-place")

    def _moved(self, desk: _Desk, office: Office) -> Passage | None:
        """Where the office lives on: it passes the dossier only when the law takes this competence from it today."""
        unit = desk.where.unit
        if self._reform.moved == "keep" or desk.subject is None or unit is None:
            return None
        before = self._places.law(desk.subject, desk.kind, self._reform.last_day)
        if isinstance(before, Refusal) or office not in self._places.competent_before(before, unit):
            return None  # a person brought it here; that decision stands
        after = self._places.law(desk.subject, desk.kind, self._reform.date)
        if not isinstance(after, Refusal):
            serving = (self._places.competent_after(after, part) for part in desk.where.parts)
            if all(office in offices for offices in serving):
                return None
        return self._to_competent(replace(desk, policy=None), "moved")

    def _to_competent(self, desk: _Desk, cause: Cause) -> Passage:
        if desk.subject is None or not desk.where.parts:
            return _passage_to(desk, cause, [], "no-place")
        law = self._places.law(desk.subject, desk.kind, self._reform.date)
        if isinstance(law, Refusal):
            name = desk.policy.name if desk.policy else None
            return Passage(desk.key, desk.code, None, "no-competence", name, detail=law.sentence("en"))
        found = [(part, one) for part in desk.where.parts for one in self._places.competent_after(law, part)]
        return _passage_to(desk, cause, found, "no-office", law.legal)

    def _successors(self, policy: Policy, office: Office, desk: _Desk) -> list[tuple[Part, Office]]:
        """The offices on the units that the office's own unit became; of several, the one that has the dossier's
        commune, where that is settled, or the one in the commune that a person chose."""
        body, parts = policy.to_body or office.body, desk.where.parts
        own = narrowed(self._places.parts(self._places.stand_on(office)), desk.chosen)
        found = [(part, one) for part in own for one in self._places.offices_on(body, part)]
        if len({one.code for _, one in found}) > 1 and len(parts) == 1:
            return [(part, one) for part, one in found if part.unit_id == parts[0].unit_id] or found
        return found


def _passage_to(desk: _Desk, cause: Cause, found: list[tuple[Part, Office]], empty: Cause, law: str = "") -> Passage:
    """To the one office that was found; to a person where there are several; else nowhere, for the cause ``empty``."""
    policy = desk.policy
    name = policy.name if policy else None
    texts = [*(policy.legal.split("; ") if policy else ()), *(law.split("; ") if law else ())]
    legal = "; ".join(dict.fromkeys(texts))
    targets = dict.fromkeys(one.code for _, one in found)
    if not targets:
        return Passage(desk.key, desk.code, None, empty, name, legal)
    if len(targets) == 1:
        return Passage(desk.key, desk.code, next(iter(targets)), cause, name, legal)
    candidates = tuple(Candidate(one.code, part.unit.code, part.share, part.is_default) for part, one in found)
    return Passage(desk.key, desk.code, None, cause, name, legal, candidates)


def _outcome(passages: list[Passage]) -> Outcome:
    if not passages:
        return "stays"
    if any(one.target is None and not one.candidates for one in passages):
        return "without"
    return "person" if any(one.candidates for one in passages) else "moves"
