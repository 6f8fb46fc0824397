"""What if: generated dossiers go through a version of a procedure, with the people of each office as capacity.

A discrete-event simulation on one axis of working minutes. Each generated dossier repeats a past one, drawn at random:
its way, how long it stood in each state, and its time limit. So what belongs together stays together: who is slow at
one step is slow at the next. The version changes the way (``adapted``) and the limit. People are what dossiers compete
for: a step ends with some minutes of work (``Terms.hands_on``) by one of the people in its role at its office, first
come, first served; everything before that is waiting for others than these, and is kept as it was.
"""

from __future__ import annotations

import heapq
import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from engine.rules.history.spread import Spread, spread_of
from engine.rules.procedure.definition import Release, Term

DAY = 480
"""Working minutes of a working day."""
Post = tuple[str, str]
"""An office and a role there."""


@dataclass(frozen=True, slots=True)
class Stay:
    """A stay in a state at an office, in working minutes."""

    state: str
    office: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Past:
    """A dossier of the past. ``arrived`` counts the working minutes from the first arrival of all. ``allowed`` is the
    counted time until its due moment, extensions included; ``late`` says what really happened."""

    arrived: int
    stays: tuple[Stay, ...]
    allowed: int
    late: bool
    term: Term | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How many dossiers, from which seed; ``arrivals`` 1.2 lets a fifth more come; ``hands_on`` is the most working
    minutes that a person works on one step; ``people`` counts those of each post (a post without a number has one)."""

    dossiers: int = 5000
    seed: int = 1
    arrivals: float = 1.0
    hands_on: int = 30
    people: Mapping[Post, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StepForecast:
    """A state: how long dossiers stand in it, how much of that they wait for people (mean minutes), the share of the
    counted time of late dossiers that passes here, and whether people are busy (the busiest post, 0 to 1 and above)."""

    state: str
    spread: Spread
    queue: float
    of_late: float
    busy: float


@dataclass(frozen=True, slots=True)
class Forecast:
    """``on_time`` is a share; ``counted`` the spread of the time that the limit counts. ``bottleneck`` is the state
    that takes the most of it from late dossiers, or from all of them where none is late."""

    dossiers: int
    on_time: float
    counted: Spread
    steps: tuple[StepForecast, ...]
    bottleneck: str


def minutes_of(term: Term) -> int:
    """A term in working minutes; days of the calendar count five sevenths. A same-day term has none of its own.

    >>> minutes_of(Term(3, "working_day")), minutes_of(Term(7, "calendar_day")), minutes_of(Term(4, "working_hour"))
    (1440, 2400, 240)
    """
    if term.unit == "same_day":
        return 0
    if "hour" in term.unit:
        return int(term.amount * 60)
    return int(term.amount * DAY * (5 / 7 if term.unit == "calendar_day" else 1))


def adapted(past: Past, before: Release, release: Release) -> Past:
    """The same dossier under a version: states that it does not have are left out, and where it leads from one state to
    the next only through others, these are inserted, with their own limit as time, at the pace of this dossier."""
    renamed = dict(release.effective.migrate)
    kept = [replace(one, state=renamed.get(one.state, one.state)) for one in past.stays]
    kept = [one for one in kept if one.state in release.states]
    pace = _pace(past, before)
    stays: list[Stay] = []
    for one in kept:
        for state in _between(release, stays[-1].state, one.state) if stays else ():
            stays.append(Stay(state, one.office, int(_limit(release, state) * pace)))
        stays.append(one)
    return replace(past, stays=tuple(stays), allowed=max(past.allowed + _longer(past, before, release), 0))


def simulate(pasts: Sequence[Past], release: Release, terms: Terms) -> Forecast:
    """Generates dossiers from past ones (adapted already) and lets them go through. The same arguments give the same
    answer. Requires a past dossier."""
    chance = random.Random(terms.seed)  # noqa: S311 - a model of the future, and no secret
    drawn = [chance.choice(pasts) for _ in range(terms.dossiers)]
    span = max(max(one.arrived for one in pasts) + DAY, DAY)
    days = span * terms.dossiers / len(pasts) / terms.arrivals / DAY
    arrived = [int(chance.random() * days) * DAY + one.arrived % DAY for one in drawn]
    run = _Run(release, terms, drawn)
    run.go(arrived)
    return run.forecast(max(arrived) - min(arrived) + DAY)


class _Run:
    """One run: a heap of moments at which a dossier is ready for a person in its present state."""

    def __init__(self, release: Release, terms: Terms, drawn: Sequence[Past]) -> None:
        self._release, self._terms, self._drawn = release, terms, drawn
        self._free: dict[Post, list[int]] = {}
        self._worked: dict[Post, int] = defaultdict(int)
        self._posts: dict[str, set[Post]] = defaultdict(set)
        self._took: list[list[tuple[str, int, int]]] = [[] for _ in drawn]  # state, minutes, of which in the queue

    def go(self, arrived: Sequence[int]) -> None:
        queue = [(at + self._rest(number, 0), number, 0, at) for number, at in enumerate(arrived)]
        heapq.heapify(queue)
        while queue:
            ready, number, step, entered = heapq.heappop(queue)
            stays = self._drawn[number].stays
            end, waited = self._served(stays[step], ready)
            self._took[number].append((stays[step].state, end - entered, waited))
            if step + 1 < len(stays):
                heapq.heappush(queue, (end + self._rest(number, step + 1), number, step + 1, end))

    def _work(self, stay: Stay) -> int:
        held = self._release.states[stay.state].role is not None
        return min(stay.minutes, self._terms.hands_on) if held else 0

    def _rest(self, number: int, step: int) -> int:
        stay = self._drawn[number].stays[step]
        return stay.minutes - self._work(stay)

    def _served(self, stay: Stay, ready: int) -> tuple[int, int]:
        """When the step ends, and how long it waited for a person."""
        role, work = self._release.states[stay.state].role, self._work(stay)
        if role is None:
            return ready, 0
        post = (stay.office, role)
        people = self._free.setdefault(post, [0] * max(self._terms.people.get(post, 1), 1))
        begin = max(ready, people[0])
        heapq.heapreplace(people, begin + work)
        self._worked[post] += work
        self._posts[stay.state].add(post)
        return begin + work, begin - ready

    def forecast(self, span: int) -> Forecast:
        counts = {key: state.clock == "running" for key, state in self._release.states.items()}
        counted = [sum(minutes for state, minutes, _ in took if counts[state]) for took in self._took]
        late = [spent > past.allowed for spent, past in zip(counted, self._drawn, strict=True)]
        telling = [took for took, is_late in zip(self._took, late, strict=True) if is_late] or self._took
        costs: dict[str, int] = defaultdict(int)
        for took in telling:
            for state, minutes, _ in took:
                costs[state] += minutes if counts[state] else 0
        whole = sum(costs.values()) or 1
        stood: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for took in self._took:
            for state, minutes, waited in took:
                stood[state].append((minutes, waited))
        steps = tuple(
            StepForecast(key, spread, _mean([waited for _, waited in stood[key]]), costs[key] / whole,
                         max((self._busy(post, span) for post in self._posts[key]), default=0.0))
            for key in self._release.states
            if (spread := spread_of([minutes for minutes, _ in stood[key]]))
        )  # fmt: skip
        all_counted = spread_of(counted) or Spread(0, 0, 0, 0)
        slowest = max(costs, key=lambda key: costs[key], default="")
        return Forecast(len(counted), 1 - sum(late) / len(late), all_counted, steps, slowest)

    def _busy(self, post: Post, span: int) -> float:
        return self._worked[post] / (span * len(self._free[post]))


def _mean(values: Sequence[int]) -> float:
    return sum(values) / len(values)


def _limit(release: Release, state: str) -> int:
    limit = release.states[state].limit
    return minutes_of(limit) if limit is not None else 0


def _pace(past: Past, before: Release) -> float:
    """How long the dossier took for each minute of the limits of its steps; 1 where no step has a limit."""
    limited = [(one.minutes, _limit(before, one.state)) for one in past.stays if one.state in before.states]
    limits = sum(limit for _, limit in limited)
    return sum(minutes for minutes, limit in limited if limit) / limits if limits else 1.0


def _between(release: Release, source: str, target: str) -> list[str]:
    """The states that a dossier must pass between two; none where an action leads there, or no way at all does."""
    ways = {key: [to.then for one in release.actions.values() if key in one.sources for to in one.to]
            for key in release.states}  # fmt: skip
    paths = [[source]]
    seen = {source}
    for path in paths:
        for state in ways[path[-1]]:
            if state == target:
                return path[1:]
            if state not in seen and not release.states[state].final and release.states[state].clock == "running":
                seen.add(state)
                paths.append([*path, state])
    return []


def _longer(past: Past, before: Release, release: Release) -> int:
    """By how many working minutes the limit of this dossier is longer under the version: arm by arm, where both have as
    many, else by the usual case, which comes last."""
    arms, later = [one.term for one in before.sla.total], [one.term for one in release.sla.total]
    place = arms.index(past.term) if past.term in arms and len(arms) == len(later) else -1
    return minutes_of(later[place]) - minutes_of(arms[place])
