"""What is to become of each dossier of the demonstration: where it is filed, where it goes, and how fast.

The plan is made at once, from one source of chance. Two sorts of dossiers make an office that is lived in: those that
stand in each state of each procedure at the end, and those of eight months that have come to an end of some kind.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cli.demo.history.ways import way_to
from engine.clock import civil_day
from engine.rules.deadlines.calendar import Calendar
from engine.rules.procedure.definition import SYSTEM, Release
from engine.rules.procedure.portal_status import PortalStatus

DAY = 480  # working minutes
MONDAYS = 0.12
"""This part of those who come on other days comes on Mondays instead."""
LINKED = 5
"""So many working days are given to the linked dossiers that one state opens."""
_ONE_HOUR = dt.timedelta(hours=1)
POPULAR = {
    "2.000815": 10,
    "2.000635": 7,
    "1.001193": 7,
    "1.004873": 5,
    "1.004222": 5,
    "1.000894": 4,
    "1.001612": 4,
    "1.013225": 4,
    "1.000656": 3,
    "1.012783": 3,
    "PAKN.01": 3,
    "2.002621": 2,
}
"""How often a procedure is asked for, beside 1 for the others."""
NEEDS = {"finance": ("land.tax_due",), "opinions": ("building.special_area",)}
"""The boolean fields with which a dossier comes into a state."""
ELSEWHERE = ("1.001193", "1.004873", "2.000635", "2.000815")
"""Procedures in which the ward next door has dossiers of its own."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One dossier: ``target`` is the state in which it ends or waits at the end of the history.

    ``pace`` multiplies the time limit of each step. ``arrive`` is the moment by which a waiting dossier is there.
    ``detours`` are actions, by key or effect, that are taken as soon as they are possible. ``extras`` are acts beside
    the steps. ``wants`` are boolean fields of the form.
    """

    procedure: str
    centre: str
    commune: str
    channel: str
    filed: dt.datetime
    target: str
    pace: float
    arrive: dt.datetime | None = None
    detours: tuple[str, ...] = ()
    extras: frozenset[str] = frozenset()
    wants: tuple[str, ...] = ()


def make_plans(
    releases: Sequence[Release],
    calendar: Calendar,
    chance: random.Random,
    count: int,
    span: tuple[dt.date, dt.datetime],
) -> list[Plan]:
    """``count`` plans for the days from ``span[0]`` to the moment ``span[1]``, in order of filing."""
    planner = _Planner(calendar, chance, *span)
    usual = [planner.standing(release, state) for release in releases for state in _waiting(release, planner.until)]
    ends = [planner.finished(one, state) for one in releases for state, told in one.states.items() if told.final]
    wanted = [one for one in (*usual, *ends) if one is not None]
    if len(wanted) > count:
        wanted = chance.sample(wanted, count)
    weights = [POPULAR.get(release.procedure, 1) for release in releases]
    while len(wanted) < count:
        (release,) = chance.choices(releases, weights)
        made = planner.lately(release) if chance.random() < 0.07 else planner.finished(release)
        if made is not None:
            wanted.append(made)
    return sorted(wanted, key=lambda plan: plan.filed)


def _waiting(release: Release, until: dt.datetime) -> list[str]:
    """The states in which a dossier waits at the end: all but the final ones; of a procedure that is over, few."""
    states = [key for key, state in release.states.items() if not state.final]
    over = release.effective.until is not None and release.effective.until < civil_day(until)
    return [key for key in states if not over or key in NEEDS]


class _Planner:
    def __init__(self, calendar: Calendar, chance: random.Random, begins: dt.date, until: dt.datetime) -> None:
        self._calendar, self._chance, self._begins, self.until = calendar, chance, begins, until

    def standing(self, release: Release, state: str) -> Plan | None:
        """A dossier that waits in a state at the end: some are late, some due today, most have time."""
        chance, term = self._chance, _term_days(release)
        waits = _timers(release, state)
        kind = chance.random()
        if kind < 0.12:
            age = term * chance.uniform(1.1, 1.5) * DAY + chance.uniform(0.6, 2.5) * DAY
        elif kind < 0.34:
            age = term * DAY - chance.uniform(20, 240)
        else:
            age = max(term * chance.uniform(0.1, 0.8), 0.3) * DAY
        if release.states[state].status is PortalStatus.SUPPLEMENT:
            age = chance.uniform(1.5, 20) * DAY
        age = max(age, (waits + 1.5) * DAY if waits >= 1 else 90)
        filed = self._before(age)
        if (last := release.effective.until) is not None and civil_day(filed) > last:
            filed = self._before((civil_day(self.until) - last).days * DAY * 5 / 7 + 5 * DAY)
        arrive = self._between(filed, self.until, (1 - waits * DAY / age) * chance.uniform(0.45, 0.85))
        return self._plan(release, state, filed, arrive=arrive)

    def lately(self, release: Release) -> Plan | None:
        """One of the last two weeks, which is on its way to the result."""
        filed = self._before(self._chance.uniform(0.05, 10) * DAY)
        return self._plan(release, _result(release), filed)

    def finished(self, release: Release, state: str | None = None) -> Plan | None:
        """One of the past that has come to its end, or to the end that ``state`` names."""
        chance, today = self._chance, civil_day(self.until)
        first = max(self._begins, release.effective.start)
        last = min(today - dt.timedelta(days=8), release.effective.until or today)
        away = (today - last).days + int(max((last - first).days, 0) * chance.random())
        filed = self._busier(self._before(away * DAY * 5 / 7 + chance.uniform(0, DAY)), first)
        luck = chance.random()
        fate = "returned" if state is None else release.states[state].status.name.lower()
        if state is None:
            fates = ((0.04, "refused"), (0.08, "withdrawn"), (0.11, "stopped"))
            fate = next((name for limit, name in fates if luck < limit), fate)
            state = _ended(release, fate) or _result(release)
        detours = self._detours(release, state, fate, away)
        return self._plan(release, state, filed, detours=detours)

    def _detours(self, release: Release, state: str, fate: str, away: int) -> tuple[str, ...]:
        chance = self._chance
        if release.states[state].status is PortalStatus.STOPPED and away > 60 and chance.random() < 0.6:
            timer = next(
                (key for key, one in release.actions.items() if SYSTEM in one.by and _leads(one.to, state)), None
            )
            asks = "ask" if timer != "lapse" else None
            return tuple(one for one in (asks, timer) if one)
        if fate != "returned":
            return ()
        luck = chance.random()
        return ("ask",) if luck < 0.14 else ("ask", "ask") if luck < 0.16 else ("back",) if luck < 0.22 else ()

    def _plan(
        self,
        release: Release,
        target: str,
        filed: dt.datetime,
        *,
        arrive: dt.datetime | None = None,
        detours: tuple[str, ...] = (),
    ) -> Plan | None:
        chance, day = self._chance, civil_day(filed)
        if day < release.effective.start or (release.effective.until is not None and day > release.effective.until):
            return None
        centre, commune = self._place(release)
        online = target in ("new", "incomplete") or chance.random() < 0.25
        channels = [one for one in release.channels if (one != "counter") == online] or ["counter"]
        more = 2.5 if arrive is not None else 1.0
        extras = frozenset(name for name, odds in _EXTRAS.items() if chance.random() < odds * more)
        wants = NEEDS.get(target, ())
        if not wants and "land.tax_due" in release.fields and chance.random() < 0.4:
            wants = ("land.tax_due",)
        return Plan(
            procedure=release.procedure,
            centre=centre,
            commune=commune,
            channel="counter" if target == "refused" and "counter" in channels else chance.choice(channels),
            filed=filed,
            target=target,
            pace=chance.uniform(0.15, 0.7) if chance.random() < 0.82 else chance.uniform(1.1, 2.0),
            arrive=arrive,
            detours=detours,
            extras=extras,
            wants=wants,
        )

    def _place(self, release: Release) -> tuple[str, str]:
        """The centre where it is filed, and the commune that it is about."""
        luck = self._chance.random()
        if release.procedure == "CDCS.178":
            return "TT-79", "26740"
        if any(one.place == "intake" for one in release.routing.values()):
            luck *= 0.79  # the place of receipt decides, and the commune is competent: not at the province's centre
        if release.procedure == "1.012783" and luck < 0.35:
            return "TT-26080", "26080"
        if release.procedure in ELSEWHERE and luck < 0.12:
            return "TT-26743", "26743"
        if release.procedure == "PAKN.01" or luck < 0.8:
            return "TT-26740", "26740"
        return ("TT-26743" if luck < 0.92 else "TT-79"), "26740"

    def _busier(self, moment: dt.datetime, first: dt.date) -> dt.datetime:
        """The moment, or the same hour of the Monday before: more people come on Mondays, where it is a working day."""
        if self._chance.random() > MONDAYS:
            return moment
        monday = moment - dt.timedelta(days=civil_day(moment).weekday())
        if civil_day(monday) < first:
            return moment
        return monday if self._calendar.add_working_minutes(monday, 1) - monday < _ONE_HOUR else moment

    def _before(self, minutes: float) -> dt.datetime:
        """The moment so many working minutes before the end of the history."""
        return self._calendar.subtract_working_minutes(self.until, int(minutes))

    def _between(self, start: dt.datetime, end: dt.datetime, share: float) -> dt.datetime:
        there = self._calendar.working_minutes_between(start, end)
        return self._calendar.add_working_minutes(start, int(there * share))


_EXTRAS = {
    "claim": 0.6,
    "note": 0.18,
    "check": 0.25,
    "scan": 0.2,
    "question": 0.07,
    "correction": 0.05,
    "waiver": 0.06,
    "refund": 0.05,
    "extension": 0.08,
    "recall": 0.03,
    "transfer": 0.015,
    "freed": 0.06,
    "fetch": 0.12,
    "rejected": 0.6,
    "link": 0.04,
    "representative": 0.05,
    "look": 0.05,
    "collector": 0.2,
}
"""Acts beside the steps of the procedure, and how many dossiers in one have them."""


def _term_days(release: Release) -> float:
    """The time limit of the procedure's usual case, in working days."""
    term = release.sla.total[-1].term
    return (
        term.amount * 5 / 7 if term.unit == "calendar_day" else term.amount / 8 if "hour" in term.unit else term.amount
    )


def _result(release: Release) -> str:
    return next(key for key, state in release.states.items() if state.status is PortalStatus.RETURNED)


def _ended(release: Release, fate: str) -> str | None:
    return next(
        (key for key, state in release.states.items() if state.final and state.status.name.lower() == fate), None
    )


def _leads(branches: Iterable[object], state: str) -> bool:
    return any(getattr(one, "then", None) == state for one in branches)


def _timers(release: Release, target: str) -> float:
    """The working days that timers and linked dossiers on the way to a state take."""
    way = way_to(release, release.initial, target) or ()
    terms = [one.after for key in way if (one := release.actions[key]).after is not None]
    passed = {state for key in way for state in release.actions[key].sources}
    linked = {child.opens for child in release.children.values()} & passed
    timers = sum(term.amount * (5 / 7 if term.unit == "calendar_day" else 1) + 1 for term in terms)
    return timers + LINKED * len(linked) + len(way) * 0.02
