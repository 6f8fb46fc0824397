"""A random walk: each step is an act of somebody at some moment, right or wrong.

After each the dossiers it touched are compared in every respect (``picture``), and so are the actions that are offered
to whoever acted.
"""

from __future__ import annotations

import copy
import datetime as dt
import random
from collections.abc import Callable
from functools import partial
from typing import Any

from engine.acts.add_note import add_note
from engine.acts.documents import check_document, remove_document
from engine.acts.extend_deadline import extend_deadline
from engine.acts.file_dossier import Filing, file_dossier
from engine.acts.hold import assign, claim, mark_opened, release_claim
from engine.acts.migrate_dossier import migrate_dossier
from engine.acts.recall import recall
from engine.acts.rectify import rectify
from engine.acts.transfer import transfer
from engine.acts.verification import ask_verification
from engine.clock import civil_day
from engine.jobs.schedule import sweep_all_due
from engine.rules.procedure.definition import Term
from tests.model import acts, samples
from tests.model.beside import Beside, agree, code_of
from tests.model.dossier import Dossier
from tests.model.model_installation import CENTRES, OFFICES, SYSTEM, Wanted
from tests.model.papers import lacks
from tests.model.real_installation import RealInstallation, later

LATEST = dt.datetime(2027, 6, 1, tzinfo=dt.UTC)  # no term that begins before leaves the calendar
KINDS = (
    *["walk"] * 24, *["act"] * 3, *["time"] * 3, "ring", "add", "check", "remove", "pay", "claim", "release", "assign",
    "look", "ask", "ask", "answer", "extend", "recall", "recall", "recall", "transfer", "migrate", "rectify", "note",
    "ring_again", "file",
)  # fmt: skip


class Walk(Beside):
    """One walk of one procedure, with the dossiers that it opens."""

    def __init__(self, luck: random.Random, real: RealInstallation, procedure: str) -> None:
        super().__init__(luck, real, procedure)
        self.visited: set[str] = set()

    def run(self, steps: int, restart: Callable[[int], bool]) -> None:
        """So many steps; ``restart`` says before which of them the process forgets everything."""
        try:
            while not self.model.dossiers:
                self.file(clean=True)
            for number in range(steps):
                if restart(number):
                    self.real.restart()
                    self.compare_all()
                getattr(self, self.pick(KINDS))()
            self.compare_all()
        except BaseException as error:
            error.add_note("\n".join(self.story))
            raise

    def file(self, clean: bool = False) -> None:
        """Somebody hands a dossier in; unless ``clean`` perhaps where they may not, or what is not taken."""
        kind, channel, commune, fields = self.pick(samples.forms(self.procedure))
        wanted = Wanted(
            self.procedure, commune, kind, channel, fields, [], samples.applicant(kind, commune, self.seldom())
        )
        if not clean and self.pick([True, False]):
            self._spoil(wanted)
        day = civil_day(self.now)
        papers = self._papers_for(wanted, day)
        wanted.papers = papers[: self.pick([len(papers), *range(len(papers))])]
        wanted.receive = not clean and self.seldom()
        clerk = self._receiver(commune) if clean or not self.seldom() else self._stranger()
        filing = Filing(
            procedure=wanted.procedure,
            applicant=wanted.applicant,
            intake_office=CENTRES[commune],
            channel=wanted.channel,
            fields=wanted.fields,
            documents=wanted.papers,
            receive=wanted.receive,
        )
        draft = copy.deepcopy(self.model)
        expected = code_of(lambda: draft.file(clerk, wanted, self.now))
        self._same("file", clerk, expected, code_of(lambda: self._do(clerk, partial(file_dossier, filing=filing))))
        self._keep(draft if expected is None else self.model, clerk)

    def walk(self) -> None:
        """The next step of an orderly office, most often; what stands in its way is put right first."""
        dossier = self._some()
        here, procedure = dossier.row["state"], dossier.procedure
        possible = [
            key for key, one in procedure.actions.items() if here in one["sources"] and set(one["by"]) != {"system"}
        ]
        if not possible:
            self.file(clean=len(self.model.dossiers) < 3)
            return
        ends = {
            key for key in possible if all(procedure.states[one["then"]]["final"] for one in self._to(dossier, key))
        }
        new = {key for key in possible if not {one["then"] for one in self._to(dossier, key)} <= self.visited}
        onward = [key for key in possible if key not in ends]
        action = self.pick([*possible, *onward * 4, *[key for key in onward if key in new] * 8])
        acting = procedure.actions[action]
        who = self._one_of(dossier, self.pick(acting["by"]))
        self._prepare(dossier, action)
        fields = self._flipped(dossier) if acting["effect"] in ("receive", "answer") and self.seldom() else None
        assignee = self._somebody(dossier).person if self.seldom() else None
        reason = "vì lý do mẫu" if acting["reason"] == "required" else None
        asks = self._asks(dossier) if acting["effect"] == "ask" else ()
        self._take(dossier.code, who, action, asks, reason=reason, fields=fields, assignee=assignee)
        self.visited.add(self.model.dossiers[dossier.code].row["state"])

    def act(self) -> None:
        """Any action by anybody, with or without what it needs, on what they saw or on an older version."""
        dossier = self._some()
        action = self.pick([*dossier.procedure.actions, "no_such_action"])
        fields = self._flipped(dossier) if self.seldom() else None
        asks = self._asks(dossier) if self.seldom() else ()
        self._take(dossier.code, self._anybody(dossier), action, asks, reason=self._reason(), fields=fields)

    def time(self) -> None:
        """Time passes: minutes, days, over a holiday, or until the next clock of a dossier runs out."""
        hours = self.pick([None, 0.25, 3, 24, 72, 400, 1500])
        if hours is None:
            armed = [key[2] for one in self.model.dossiers.values() for key, out in one.clocks.items() if out is None]
            then = max(min(armed, default=self.now), self.now + dt.timedelta(minutes=1))
        else:
            then = self.now + dt.timedelta(hours=hours)
        self.now = min(then, max(LATEST, self.now))
        if self.pick([True, False]):
            self.ring()

    def ring(self) -> None:
        """Every clock that is due runs out, the earliest first; then the sweeper finds nothing left to do."""
        for _ in range(60):
            due = sorted(
                (key[2], code, key) for code, one in self.model.dossiers.items() for key in one.due_clocks(self.now)
            )
            if not due:
                break
            self._ring(*due[0][1:])
        agree("swept", dict(sweep_all_due(self.real.world.runtime, as_of=self.now)), {})

    def ring_again(self) -> None:
        """A clock that has run out, or is not due yet, is brought once more."""
        dossier = self._some()
        keys = sorted(key for key, outcome in dossier.clocks.items() if outcome is not None or key[2] > self.now)
        if keys:
            self._ring(dossier.code, self.pick(keys))

    def add(self) -> None:
        dossier = self._some()
        key = self.pick([*dossier.procedure.data["documents"], "other", "no_such_paper"])
        copies = {"original": self.pick([1, 0, 2, -1]), "copy": self.pick([0, 1, 1000])}
        self._add(dossier, self._anybody(dossier), key, copies, self.pick([False, True]))

    def check(self) -> None:
        dossier, accepted, reason = self._some(), self.pick([True, False]), self._reason()
        number = self._paper(dossier)
        self._do_both(
            "check", dossier, self._anybody(dossier),
            lambda model, who, found, _: acts.check_document(model, who, self.now, found, number, accepted, reason),
            partial(check_document, document=number, accepted=accepted, reason=reason),
        )  # fmt: skip

    def remove(self) -> None:
        dossier, reason = self._some(), self._reason() or ""
        number = self._paper(dossier)
        self._do_both(
            "remove", dossier, self._anybody(dossier),
            lambda model, who, found, _: acts.remove_document(model, who, self.now, found, number, reason),
            partial(remove_document, document=number, reason=reason),
        )  # fmt: skip

    def pay(self) -> None:
        dossier = self._some()
        key = self.pick([*dossier.fees, "no_such_fee"])
        method = self.pick(["cash", "transfer", "waived", "shells"])
        self._pay(dossier, self._anybody(dossier), key, method, self._reason())

    def claim(self) -> None:
        dossier = self._some()
        self._do_both("claim", dossier, self._somebody(dossier), self._plain(acts.claim), claim)

    def release(self) -> None:
        dossier = self._some()
        self._do_both("release", dossier, self._anybody(dossier), self._plain(acts.release_claim), release_claim)

    def look(self) -> None:
        dossier = self._some()
        who, model = self._anybody(dossier), self._plain(acts.mark_opened)
        self._do_both("open", dossier, who, model, mark_opened, versioned=False)

    def assign(self) -> None:
        dossier = self._some()
        person = self._somebody(dossier).person or 0
        model = self._plain(partial(acts.assign, person=person))
        self._do_both("assign", dossier, self._anybody(dossier), model, partial(assign, person=person))

    def ask(self) -> None:
        dossier = self._some()
        office, question = self.pick([*sorted(OFFICES), "UB-00000"]), self._reason() or ""
        self._do_both(
            "ask", dossier, self._somebody(dossier),
            lambda model, who, found, answer: acts.ask_verification(
                model, who, self.now, found, office, question, answer[1] if answer else 0
            ),
            partial(ask_verification, office=office, question=question),
        )  # fmt: skip

    def answer(self) -> None:
        dossier = self._some()
        number = self.pick([*(one.number for one in dossier.questions), 0])
        asked = next((one for one in dossier.questions if one.number == number), None)
        who = self._at(asked.office, "specialist") if asked and not self.seldom() else self._anybody(dossier)
        self._answer(dossier, who, number)

    def extend(self) -> None:
        dossier, reason = self._some(), self._reason() or ""
        term = {"amount": self.pick([2, 1, 10]), "unit": self.pick(["working_day", "calendar_day"])}
        who = self._at(dossier.row["handler_office"], self.pick(["leader", "specialist", "clerk"]))
        self._do_both(
            "extend", dossier, who,
            lambda model, who, found, _: acts.extend_deadline(model, who, self.now, found, term, reason),
            partial(extend_deadline, term=Term(**term), reason=reason),
        )  # fmt: skip

    def recall(self) -> None:
        dossier = self._some()
        last = next((entry.who for entry in reversed(dossier.journal) if entry.step), "")
        person = int(last.removeprefix("staff:")) if last.startswith("staff:") else None
        who = self._staff(person) if person and not self.seldom() else self._anybody(dossier)
        self._do_both("recall", dossier, who, self._plain(acts.recall), recall)

    def transfer(self) -> None:
        dossier, reason = self._some(), self._reason() or ""
        office = self.pick(["UB-26098", *sorted(OFFICES), "UB-00000"])
        key = self.pick(["handler", *dossier.row["offices"], "no_such_key"])
        leader = self._at(dossier.row["handler_office"], "leader")
        who = self.pick([self._somebody(dossier), leader, self._anybody(dossier)])
        self._do_both(
            "transfer", dossier, who,
            lambda model, who, found, _: acts.transfer(model, who, self.now, found, office, reason, key),
            partial(transfer, office=office, reason=reason, key=key),
        )  # fmt: skip

    def migrate(self) -> None:
        dossier = self._some()
        procedure = next(
            one for one, first, _ in self.model.releases if one.code == dossier.procedure.code and first.year == 2027
        )
        workflow = self.real.world.runtime.catalogue.workflow(later(procedure.code).digest())
        number = self.ids[dossier.code]
        self._do_both(
            "migrate", dossier, SYSTEM,
            lambda model, who, found, _: acts.migrate(model, who, self.now, found, procedure),
            lambda unit, code: migrate_dossier(unit, number, workflow),
            versioned=False,
        )  # fmt: skip

    def rectify(self) -> None:
        dossier, reason = self._some(), self._reason() or ""
        fields, name = self._flipped(dossier), self.pick([None, "Trần Thị Mẫu"])
        self._do_both(
            "rectify", dossier, self._anybody(dossier),
            lambda model, who, found, _: acts.rectify(model, who, self.now, found, reason, fields, name),
            partial(rectify, reason=reason, fields=fields, applicant={"name": name} if name else None),
        )  # fmt: skip

    def note(self) -> None:
        dossier, text = self._some(), self._reason() or " "
        model = self._plain(partial(acts.add_note, text=text))
        self._do_both("note", dossier, self._anybody(dossier), model, partial(add_note, text=text))

    def _prepare(self, dossier: Dossier, action: str) -> None:
        """Brings what the action needs, so that the walk goes on; seldom not, so that it is refused."""
        if self.seldom():
            return
        acting, code = dossier.procedure.actions[action], dossier.code
        brought = acting["attach"]
        if brought and lacks(dossier, action):
            self._add(dossier, self._one_of(dossier, next(iter(acting["by"]))), brought, {}, True)
        facts = self.model.dossiers[code].facts(self.now)
        guard = acting["guard"] or ""
        clerk = self._one_of(dossier, next(iter(dossier.procedure.roles)))
        if "documents.complete" in guard:
            for key in facts["documents"]["missing"]:
                self._add(self.model.dossiers[code], clerk, key, {}, True)
        if "fees.settled" in guard:
            for key in [key for key, fee in self.model.dossiers[code].fees.items() if fee[1] is None]:
                self._pay(self.model.dossiers[code], clerk, key, "cash", None)
        if "verifications.open" in guard:
            for one in [one for one in self.model.dossiers[code].questions if not one.answered]:
                self._answer(self.model.dossiers[code], self._at(one.office, "specialist"), one.number)

    def _to(self, dossier: Dossier, action: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = dossier.procedure.actions[action]["to"]
        return found
