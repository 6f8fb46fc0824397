"""The life of one dossier in the demonstration: from its filing, step by step, to the state that its plan names.

A life is a generator of moments: it says when it goes on, and acts when it is called at that moment.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import partial

from cli.demo.history.applicants import Population, body, citizen
from cli.demo.history.asides import Asides
from cli.demo.history.forms import FORMS, Given, papers_for
from cli.demo.history.office import Office
from cli.demo.history.plan import DAY, Plan
from cli.demo.history.ways import way_to
from cli.demo.history.words import REASONS
from engine.acts.file_dossier import Filing, file_dossier
from engine.acts.perform_action import perform_action
from engine.acts.withdraw_at_counter import withdraw_at_counter
from engine.clock import civil_day
from engine.rules.dossier_row import DossierRow
from engine.rules.procedure.definition import APPLICANT, SYSTEM, Release, State
from engine.rules.procedure.machine import Workflow
from engine.rules.procedure.permissions import SYSTEM_ACTOR, Actor
from engine.rules.procedure.portal_status import PortalStatus

Life = Iterator[dt.datetime]
PATIENCE = 40
"""So often a person tries a step that waits for linked dossiers, a day later each time; a quarter as often, an hour
later each time, where there are none."""


class Lives:
    """Makes lives; ``born`` are those of linked dossiers, which the history takes up."""

    def __init__(self, office: Office, population: Population, result: bytes) -> None:
        self.office, self._population = office, population
        self.born: list[Life] = []
        self._asides = Asides(office, result)

    def of(self, plan: Plan) -> Life:
        """The life of a planned dossier."""
        yield plan.filed
        code = self._file(plan)
        if code is not None:
            yield from self._walk(code, plan)

    def _file(self, plan: Plan) -> str | None:
        """Files the dossier; at the counter it is received at once, unless it is to be refused."""
        office, chance = self.office, self.office.chance
        workflow = office.runtime.catalogue.current(plan.procedure, civil_day(office.now))
        person = self._population.somebody()
        given = Given(chance, person, civil_day(office.now), plan.commune)
        form = FORMS[plan.procedure](given) | dict.fromkeys(plan.wants, True)
        kinds = workflow.release.applicants
        applicant = citizen(person, plan.commune)
        if "citizen" not in kinds or (plan.procedure == "2.000635" and chance.random() < 0.12):
            kind = next(kind for kind in ("business", "organisation") if kind in kinds)
            applicant = body(chance, plan.commune, kind)
        receive = plan.channel == "counter" and not _stays_outside(workflow, plan)
        filing = Filing(
            procedure=plan.procedure,
            applicant=applicant,
            intake_office=plan.centre,
            channel=plan.channel,
            fields=form,
            documents=papers_for(workflow, form, applicant, plan.channel),
            receive=receive,
            parties=self._asides.representative(plan),
        )
        clerk = office.somebody(plan.centre, "hotline" if plan.procedure == "PAKN.01" else "counter")
        if clerk is None:
            return None
        filed = office.do(clerk if plan.channel == "counter" else SYSTEM_ACTOR, lambda unit: file_dossier(unit, filing))
        office.links[filed.case.code] = (filed.link_token, filed.receipt_code)
        return filed.case.code

    def _walk(self, code: str, plan: Plan) -> Life:
        office, tried, detours = self.office, dict[tuple[str, str], int](), list(plan.detours)
        while True:
            row = office.row(code)
            release, state = office.release(row), row["state"]
            if release.states[state].final or (state == plan.target and not detours):
                if not release.states[state].final:
                    self._asides.while_waiting(code, plan)
                return
            closed = partial(_closed, tried)
            action = _next(release, state, plan.target, detours, closed)
            if action is None:
                return
            if release.actions[action].by == (SYSTEM,):
                rings = office.rings_at(row["id"], action)
                if rings is None:
                    return
                detours = [one for one in detours if one != action]
                yield rings + dt.timedelta(minutes=5)
                continue
            self._asides.on_arrival(code, row, plan)
            yield self._when(row, release, state, plan)
            row = office.row(code)
            if row["state"] != state:
                continue
            if self._take(code, row, action, plan):
                if detours and detours[0] in (action, release.actions[action].effect):
                    detours.pop(0)
                continue
            tried[state, action] = tried.get((state, action), 0) + (1 if release.children else PATIENCE // 4)
            yield office.calendar().add_working_minutes(office.now, DAY if release.children else 60)

    def _when(self, row: DossierRow, release: Release, state: str, plan: Plan) -> dt.datetime:
        """When the next step is taken."""
        office, chance = self.office, self.office.chance
        calendar = office.calendar(row["holder_office"])
        if plan.arrive is not None:
            left = len(way_to(release, state, plan.target) or ("",))
            there = calendar.working_minutes_between(office.now, max(plan.arrive, office.now))
            return calendar.add_working_minutes(office.now, max(int(there / left * chance.uniform(0.7, 1.0)), 3))
        minutes = _usual_minutes(release.states[state], chance.random())
        return calendar.add_working_minutes(office.now, max(int(minutes * plan.pace * chance.uniform(0.6, 1.3)), 4))

    def _take(self, code: str, row: DossierRow, action: str, plan: Plan) -> bool:
        """Takes a step as the one whose turn it is, with what the step needs."""
        office, release = self.office, self.office.release(row)
        wanted = release.actions[action]
        actor, role = self._whose(row, release, action)
        if actor is None:
            return False
        if wanted.effect == "withdraw" and office.chance.random() < 0.4:
            counter = office.somebody(row["intake_office"], "counter")
            paper = f"Đơn xin rút hồ sơ ngày {civil_day(office.now):%d/%m/%Y}"
            return counter is not None and office.attempt(
                counter, lambda unit: withdraw_at_counter(unit, code, REASONS["withdraw"][0], paper)
            )
        self._asides.before(code, row, action, actor, plan)
        reason = (
            office.chance.choice(REASONS.get(wanted.effect, REASONS["step"])) if wanted.reason == "required" else None
        )
        proof = office.links.get(code, ("", ""))[1] or None
        done = office.attempt(
            actor,
            lambda unit: perform_action(
                unit,
                code,
                action,
                reason=reason,
                receipt_code=proof if role == APPLICANT and wanted.effect == "withdraw" else None,
                asks=self._asides.asks(release, wanted.effect),
            ),
        )
        if done:
            self._asides.after(code, row, action, actor, plan)
            self._take_up_children(code, row)
        return done

    def _whose(self, row: DossierRow, release: Release, action: str) -> tuple[Actor | None, str]:
        """Who takes a step, and in which role."""
        office, by = self.office, release.actions[action].by
        if APPLICANT in by and (len(by) == 1 or office.chance.random() < 0.7) and row["code"] in office.links:
            return Actor("citizen", "citizen", dossier_id=row["id"]), APPLICANT
        if row["holder_role"] in by:
            return office.somebody(row["holder_office"], row["holder_role"], row["holder_id"]), row["holder_role"] or ""
        role = next((one for one in by if one in release.roles), "")
        place = row["offices"].get(release.roles[role].unit, row["intake_office"]) if role else None
        return office.somebody(place, role), role

    def _take_up_children(self, code: str, before: DossierRow) -> None:
        """Lets linked dossiers live that the step has opened."""
        row = self.office.row(code)
        opened = {one.opens for one in self.office.release(row).children.values()}
        if row["state"] == before["state"] or row["state"] not in opened:
            return
        for child in self.office.children_of(row["id"]):
            self.born.append(self._child(child))

    def _child(self, code: str) -> Life:
        row, calendar = self.office.row(code), self.office.calendar()
        release = self.office.release(row)
        if release.states[row["state"]].final:
            return
        end = next(key for key, one in release.states.items() if one.status is PortalStatus.RETURNED)
        plan = Plan(row["procedure"], row["intake_office"], row["place"] or "", "counter", self.office.now, end, 0.4)
        yield calendar.add_working_minutes(self.office.now, 10)
        yield from self._walk(code, plan)


def _closed(tried: dict[tuple[str, str], int], state: str, action: str) -> bool:
    return tried.get((state, action), 0) >= PATIENCE


def _next(release: Release, state: str, target: str, detours: list[str], closed: partial[bool]) -> str | None:
    """The next action: a detour where one is possible, else the next on the way."""
    if detours:
        for key, action in release.actions.items():
            if state in action.sources and detours[0] in (key, action.effect) and not closed(state, key):
                return key
    way = way_to(release, state, target, closed) if state != target else None
    return way[0] if way else None


def _stays_outside(workflow: Workflow, plan: Plan) -> bool:
    """Whether the dossier is to end, or to wait, before anybody receives it."""
    way = way_to(workflow.release, workflow.initial, plan.target)
    return not way or workflow.release.actions[way[0]].effect != "receive"


def _usual_minutes(state: State, luck: float) -> float:
    """Working minutes that a state usually takes: its own limit, or what applicants take."""
    if state.status is PortalStatus.READY:
        return 40 + luck**3 * 6 * DAY
    if state.status in (PortalStatus.SUPPLEMENT, PortalStatus.OBLIGATION):
        return (1 + luck * 9) * DAY
    if state.limit is None:
        return 30 + luck * 200
    return state.limit.amount * (60 if "hour" in state.limit.unit else DAY)
