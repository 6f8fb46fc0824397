"""The plan of a reform for one open dossier: which of its offices change, and to which one or after which choice.

The planner guesses nothing and changes only offices: no state, no clock, no code. A dossier has *desks*, the offices
that have a part in it by key (``intake``, ``handler``, ``tax``, …, ``verification:7``). A desk stays where its office
continues and keeps the competence. Otherwise it passes to the one office to which the policy of the reform leads. Where
several are possible, the default is marked and a person chooses. Where there is none, the plan cannot be applied.
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
from engine.rules.reform.reach import Reach

Outcome = Literal["stays", "moves", "person", "without"]
Cause = Literal[
    "closes",  # the office closes on the day
    "moved",  # the office continues, but another office has the competence from the day on
    "unknown-office",  # no office has this code
    "closed-earlier",  # the office was closed by an earlier reform that was never applied
    "no-policy",  # no policy of the reform fits this office
    "no-place",  # the dossier names no known commune
    "no-competence",  # no law names the competent level, or several do
    "no-office",  # the level and body to which law or policy leads has no office there
]


@dataclass(frozen=True, slots=True)
class Live:
    """The facts of one dossier that is not finished. ``place`` is the code that its commune had on ``placed_on``.

    ``desks`` maps each desk to an office code. ``subjects`` maps each desk that is found by competence to the procedure
    or task. ``chosen`` are the codes of the communes of the new order that a person chose for it, in order.
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
    """An office that a person may choose, with its commune and the share of the old unit that this commune has."""

    office: str
    commune: str
    share: Fraction | None
    is_default: bool


@dataclass(frozen=True, slots=True)
class Passage:
    """The change of one desk: it passes from ``source`` to ``target``, or a person chooses among ``candidates``.

    Without both it has nowhere to go, and ``cause`` says why. ``legal`` are the legal texts; ``policy`` is the name of
    the policy applied.
    """

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
    """One dossier in the plan. ``place`` is the code of its commune from the day on, None where it is undecided.

    ``old_unit`` and ``new_units`` are the ids of its commune and of the units that this became. ``left_behind`` are the
    desks that an earlier reform left at closed offices and that this one does not reach: they go on waiting for it.
    """

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
    left_behind: tuple[str, ...] = ()


def subjects_of(release: Release) -> dict[str, str]:
    """The procedure or task by routing key, for keys that are decided by competence over the dossier's own commune."""
    own = place_name(release, "handler")
    return {
        key: route.by.partition(":")[2] or release.procedure
        for key, route in release.routing.items()
        if key != INTAKE and route.by is not None and place_name(release, key) == own
    }


@dataclass(frozen=True, slots=True)
class _Desk:
    """One desk with all facts that determine its answer: equal desks have equal answers."""

    key: str
    code: str
    policy: Policy | None
    kind: str
    subject: str | None
    where: Where
    chosen: tuple[str, ...]


class Planner:
    """Decides dossier by dossier. It caches answers about communes, laws and offices, but nothing about dossiers."""

    def __init__(self, reform: Reform, known: Map) -> None:
        self._reform, self._map = reform, known
        self._places = Places(reform, known)
        self._reach = Reach(reform, known, self._places)
        self._policies: dict[tuple[str, str, str, str], Policy | None] = {}
        self._kept: dict[tuple[object, ...], Passage | None] = {}

    def decide(self, live: Live) -> Item:
        """The item of one dossier."""
        where = self._places.where(live.place, live.placed_on, live.hamlet, live.parcel, live.chosen)
        passages, left_behind = [], []
        for desk, code in sorted(live.desks.items()):
            passage = self._of_desk(live, where, desk.partition(":")[0], code, live.subjects.get(desk))
            if passage is not None:
                passages.append(passage if passage.desk == desk else replace(passage, desk=desk))
            elif self._is_closed(code):
                left_behind.append(desk)
        outcome = _outcome(passages)
        return Item(
            live.id,
            live.code,
            live.version,
            live.procedure,
            live.province,
            outcome,
            where.code,
            tuple(passages),
            where.key[0] if where.key else None,
            where.key[1:],
            tuple(left_behind) if outcome != "without" else (),
        )

    def commune(self, place: str | None, on: dt.date) -> str | None:
        """The id of the unit that had the code ``place`` on a day; None where there was none.

        Dossiers of the same unit, with all else equal, have the same answer.
        """
        return next(iter(self._places.where(place, on).key), None)

    def _of_desk(self, live: Live, where: Where, desk: str, code: str, subject: str | None) -> Passage | None:
        """The change of a desk, cached; None: it stays."""
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
        if self._is_closed(desk.code) and not self._reach.takes_in(desk.where.unit, desk.code, desk.subject, desk.kind):
            return None  # it waits for an earlier reform, and this one changes nothing for it
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
        else:  # no law makes an office competent for a question: the same body, for the dossier's commune
            found = [(part, one) for part in parts for one in self._places.same_body_on(body, part)]
        return _passage_to(desk, "closes", found, "no-office" if parts else "no-place")

    def _is_closed(self, code: str) -> bool:
        """Whether the office closed before the day of the reform, or no office has the code."""
        office = self._map.offices.get(code)
        return office is None or (office.valid_to is not None and office.valid_to < self._reform.date)

    def _moved(self, desk: _Desk, office: Office) -> Passage | None:
        """The change of a desk whose office continues: only where the law moves the competence on the reform's day."""
        unit = desk.where.unit
        if self._reform.moved == "keep" or desk.subject is None or unit is None:
            return None
        before = self._places.law(desk.subject, desk.kind, self._reform.last_day)
        if isinstance(before, Refusal) or office not in self._places.competent_before(before, unit):
            return None  # a person chose this office, and that decision remains
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
        """The offices on the units that the office's own unit became.

        Of several, it is the one in the commune that a person chose, or the one of the dossier's commune where that is
        decided.
        """
        body, parts = policy.to_body or office.body, desk.where.parts
        own = narrowed(self._places.parts(self._places.stand_on(office)), desk.chosen)
        found = [(part, one) for part in own for one in self._places.offices_on(body, part)]
        if len({one.code for _, one in found}) > 1 and len(parts) == 1:
            return [(part, one) for part, one in found if part.unit_id == parts[0].unit_id] or found
        return found


def _passage_to(desk: _Desk, cause: Cause, found: list[tuple[Part, Office]], empty: Cause, law: str = "") -> Passage:
    """The passage to the one office found, to a person where there are several, or to none for the cause ``empty``."""
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
