"""Random walks of shipped procedures: the simulated journal equals the one that the real acts make, in SQLite.

pytest tests/integration/test_simulated_journal.py                                 three dozen walks
pytest tests/integration/test_simulated_journal.py --hypothesis-profile=explore    a thousand
WALKS_SEED=7 pytest … --hypothesis-profile=explore                                 a thousand others
"""

from __future__ import annotations

import datetime as dt
import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import settings
from sqlalchemy import and_, delete, or_, select

from engine.acts.documents import add_document
from engine.acts.expire_clock import expire_clock
from engine.acts.extend_deadline import extend_deadline
from engine.acts.file_dossier import Filing, file_dossier
from engine.acts.perform_action import perform_action
from engine.acts.settle_fee import settle_fee
from engine.clock import civil_day
from engine.errors import Refusal
from engine.rules.procedure.definition import APPLICANT, SYSTEM, Term
from engine.rules.procedure.machine import GuardFailed
from engine.rules.procedure.permissions import SYSTEM_ACTOR, Actor
from engine.rules.procedure.portal_status import PortalStatus
from engine.store.children import children_of
from engine.store.clocks import clocks
from engine.transaction import UnitOfWork, in_transaction
from tests.installation.filings import PDF
from tests.model import samples
from tests.model.model_installation import CENTRES, PROVINCES
from tests.model.real_installation import RealInstallation, open_real, shipped
from workflows.simulate import Act, Given, Walker, WalkStep
from workflows.walks import ways_on

WALKS = 1000 if settings().max_examples > 100 else 36
SEED = os.environ.get("WALKS_SEED", "")
STEPS = 14
PAUSES = (0.2, 1, 4, 20, 30, 75, 400)  # hours
LINKED = "2.002621"
"""It opens other dossiers (liên thông), which a simulation of one dossier only counts."""

Line = tuple[str, str, str, str | None]
"""When, which act, the state after it, and the due moment after it."""


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealInstallation]:
    with open_real("sqlite", tmp_path_factory.mktemp("walks")) as made:
        yield made


class BothWays:
    """One dossier, simulated and real."""

    def __init__(self, real: RealInstallation, luck: random.Random, procedure: str) -> None:
        self.real, self.luck = real, luck
        self.now = luck.choice(samples.beginnings(procedure))
        kind, channel, commune, fields = luck.choice(samples.forms(procedure))
        workflow = real.world.runtime.catalogue.current(procedure, civil_day(self.now))
        applicant, self.release = samples.applicant(kind, commune, True), workflow.release
        papers = [
            {"key": key, "original": one.original, "certified": one.certified, "copy": one.copy}
            for key, one in self.release.documents.items()
            if not one.result
        ]
        receive = next(one for one in self.release.actions.values() if one.effect == "receive")
        role = next(one for one in receive.by if one in self.release.roles)
        clerk = self._of(CENTRES[commune], role) if channel == "counter" else SYSTEM_ACTOR
        filing = Filing(
            procedure=procedure, applicant=applicant, intake_office=CENTRES[commune], channel=channel, fields=fields,
            documents=papers, receive=False,
        )  # fmt: skip
        self.code = self._do(clerk, lambda unit: file_dossier(unit, filing)).case.code
        calendar = real.world.runtime.catalogue.calendar(self.release.sla.calendar)
        given = Given(
            self.now, kind, channel, commune, PROVINCES[commune], applicant["verified"], fields,
            frozenset(paper["key"] for paper in papers),
        )  # fmt: skip
        self.walker = Walker(workflow, calendar, given)

    def walk(self, steps: int) -> None:
        """So many acts, with time between them; both sides do or refuse the same."""
        for _ in range(steps):
            state = self.walker.row["state"]
            possible = [
                key for key, one in self.release.actions.items() if state in one.sources and one.by != (SYSTEM,)
            ]
            if not possible:
                return
            self._let_pass(self.luck.choice(PAUSES))
            if self.walker.row["state"] != state:
                continue
            onward = [key for key in possible if not self._ends(key)]
            self._take(self.luck.choice([*possible, *onward * 6]))
            if self.luck.random() < 0.15:
                self._extend()

    def _ends(self, name: str) -> bool:
        return all(self.release.states[one.then].final for one in self.release.actions[name].to)

    def _let_pass(self, hours: float) -> None:
        """Both sides let their timers fire, each at its moment."""
        until = self.now + dt.timedelta(hours=hours)
        rung = or_(clocks.c.due_at < until, and_(clocks.c.due_at == until, clocks.c.kind != "overdue"))
        armed = select(clocks).where(clocks.c.fired_at.is_(None), rung).order_by(clocks.c.due_at, clocks.c.kind)
        for _ in range(100):
            with self.real.world.reading() as connection:
                clock = connection.execute(armed.where(clocks.c.kind != "intake")).first()
            if clock is None:
                break
            self.now = max(self.now, clock.due_at)
            key = (clock.dossier_id, clock.kind, clock.subject, clock.due_at)
            self._do(SYSTEM_ACTOR, lambda unit, key=key: expire_clock(unit, *key))
        self.walker.advance_to(until)
        self.now = until

    def _take(self, name: str) -> None:
        action = self.release.actions[name]
        role = next(one for one in action.by if one != SYSTEM)
        who, reason = self._who(role), "vì lý do mẫu" if self.luck.random() < 0.9 else None
        attach = action.attach if self.luck.random() < 0.9 else None
        if attach is not None:
            self._do(who, lambda unit: add_document(unit, self.code, key=attach, content=PDF, file_name="giay.pdf"))
        receipt = self.real.world.receipt_of(self.code) if role == APPLICANT else None
        linked = bool(self.release.children)
        act = Act(self.now, do=name, by=role, reason=reason, attach=attach)
        refused = self._both(
            act,
            who,
            lambda unit: perform_action(
                unit, self.code, name, reason=reason, receipt_code=receipt, children="continue" if linked else None
            ),
        )
        if refused == "guard-failed" and not self.walker.facts["fees"]["settled"]:
            self._pay()
        elif refused == "guard-failed" and linked and self.luck.random() < 0.7:
            self._finish_children()

    def _pay(self) -> None:
        for key, owed in self.walker.workflow.fees_due(self.walker.facts, self.walker.given.province).items():
            if owed:
                self._do(self._who("counter"), lambda unit, key=key: settle_fee(unit, self.code, key, "cash"))
        self.walker.do(Act(self.now, act="settle"))

    def _finish_children(self) -> None:
        """The linked dossiers get their results, each on its own usual way."""
        with self.real.world.reading() as connection:
            running = [one for one in children_of(connection, self.real.world.row(self.code)["id"]) if not one.ended]
        for child in running:
            while not PortalStatus(self.real.world.row(child.code)["portal"]).ended:
                self._lead_on(child.code)
        self.walker.do(Act(self.now, act="finish_children"))

    def _lead_on(self, code: str) -> None:
        """One step of a linked dossier; the papers that its reception misses are handed in first."""
        row = self.real.world.row(code)
        release = self.real.world.runtime.catalogue.workflow(row["release"]).release
        name = ways_on(release, row["state"])[0]
        action = release.actions[name]
        role = next(one for one in action.by if one in release.roles)
        who = self._of(row["offices"][release.roles[role].unit], role)
        if action.attach is not None:
            key = action.attach
            self._do(who, lambda unit: add_document(unit, code, key=key, content=PDF, file_name="giay.pdf"))
        try:
            self._do(who, lambda unit: perform_action(unit, code, name, reason="vì lý do mẫu"))
        except GuardFailed:
            for key in (key for key, paper in release.documents.items() if not paper.result):
                self._do(who, lambda unit, key=key: add_document(unit, code, key=key, original=1, copy=1))
            self._do(who, lambda unit: perform_action(unit, code, name, reason="vì lý do mẫu"))

    def _extend(self) -> None:
        row, most = self.real.world.row(self.code), self.release.sla.extensions
        if row["clock"] != "running" or row["holder_office"] != row["handler_office"] or len(row["extensions"]) == most:
            return
        who, term = self._of(row["holder_office"], row["holder_role"]), Term(30, "working_day")
        act = Act(self.now, act="extend", days=30, reason="vì lý do mẫu")
        self._both(act, who, lambda unit: extend_deadline(unit, self.code, term, "vì lý do mẫu"))

    def _both(self, act: Act, who: Actor, real: Callable[[UnitOfWork], object]) -> str | None:
        simulated, done = refusal(lambda: self.walker.do(act)), refusal(lambda: self._do(who, real))
        assert simulated == done, f"{self.code} {act.do or act.act}: simulated {simulated}, real {done}"
        return done

    def _who(self, role: str) -> Actor:
        row = self.real.world.row(self.code)
        if role == APPLICANT:
            return Actor("citizen", "citizen", dossier_id=row["id"])
        unit = self.release.roles[role].unit if role in self.release.roles else "intake"
        return self._of(row["offices"][unit], role)

    def _of(self, office: str, role: str) -> Actor:
        return self.real.actor(self.real.hired(office, role)[0])

    def _do(self, who: Actor, act: Callable[[UnitOfWork], Any]) -> Any:
        return in_transaction(self.real.world.runtime, who, act, now=self.now)


def refusal(act: Callable[[], object]) -> str | None:
    try:
        act()
    except Refusal as refused:
        return refused.code
    return None


def simulated(walker: Walker) -> list[Line]:
    """The journal that the simulation makes: actions of people and timers, lateness, extensions."""
    named = {*walker.release.actions, "overdue", "extend"}
    return [_line(step) for step in walker.walk.steps if step.name in named]


def _line(step: WalkStep) -> Line:
    return _moment(step.at), step.name, step.state, _moment(step.due) if step.due else None


def recorded(real: RealInstallation, code: str) -> list[Line]:
    """The same of the real journal: each entry with the state and the due moment that its changes leave."""
    now: dict[str, Any] = {}
    lines: list[Line] = []
    for entry in real.world.entries(code):
        now |= entry["changes"]
        name = entry["data"].get("action") or entry["act"]
        if entry["data"].get("action") or name in ("overdue", "extend_deadline"):
            due = now["due_at"]
            lines.append((entry["at"][:19], name.removesuffix("_deadline"), now["state"], due and due[:19]))
    return lines


def _moment(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).isoformat()[:19]


def walked(real: RealInstallation, procedure: str, luck: str) -> int:
    """Walks one dossier both ways, compares the journals, and returns how many lines they have."""
    return len(simulated(walk_both(real, procedure, luck).walker))


def walk_both(real: RealInstallation, procedure: str, luck: str) -> BothWays:
    """Walks one dossier both ways and compares the journals."""
    real.world.try_act("system", lambda unit: unit.begin().execute(delete(clocks)))
    both = BothWays(real, random.Random(luck), procedure)
    try:
        both.walk(STEPS)
    except AssertionError as refused:
        raise AssertionError(f"walk {luck!r} of {procedure}") from refused
    assert recorded(real, both.code) == simulated(both.walker), f"walk {luck!r} of {procedure}"
    return both


def test_the_simulated_journal_is_the_one_that_real_acts_make(real: RealInstallation) -> None:
    procedures = [one.procedure for one in shipped()]
    lines = 0
    for number in range(WALKS):
        procedure = procedures[number % len(procedures)]
        lines += walked(real, procedure, f"{procedure} {number}{SEED}")
    assert lines > 3 * WALKS


def test_a_linked_filing_is_walked_to_its_answer(real: RealInstallation) -> None:
    """Some walks pass both guards that wait for the linked dossiers, and some end while these still run."""
    ends = Counter[str]()
    for number in range(24):
        both = walk_both(real, LINKED, f"{LINKED} {number}")
        ends.update({both.walker.row["state"]} | {step.state for step in both.walker.walk.steps if step.opened})
    assert ends["cards"] and ends["returned"] and ends["stopped"], ends


@pytest.mark.parametrize("luck", ["PAKN.01 739"])
def test_walks_that_once_differed_agree(real: RealInstallation, luck: str) -> None:
    """739: paused at the very due moment, resumed late, and extended before any timer could ring."""
    walked(real, luck.partition(" ")[0], luck)
