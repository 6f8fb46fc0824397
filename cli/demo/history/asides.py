"""What people do beside the steps of a procedure, and when: claims, notes, scans, fees, questions, corrections …"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cli.demo.history import words
from cli.demo.history.applicants import name_of
from cli.demo.history.office import Office
from cli.demo.history.plan import Plan
from cli.demo.history.side_acts import NEIGHBOUR, SideActs
from cli.demo.history.talk import Talk
from engine.acts.add_note import add_note
from engine.acts.hold import claim, mark_opened
from engine.acts.read_personal_data import read_personal_data
from engine.acts.recall import recall
from engine.dossier.asks import Asks
from engine.rules.dossier_row import DossierRow
from engine.rules.procedure.definition import Release
from engine.rules.procedure.permissions import Actor

WARD = "UB-26740"
QUIET = ("counter", "hotline", "leader")
"""Roles that do nothing beside the steps when a dossier comes to them."""


class Asides:
    """Acts beside the steps, as a plan's ``extras`` name them."""

    def __init__(self, office: Office, result: bytes) -> None:
        self._office, self._acts = office, SideActs(office, result)
        self._talk = Talk(office)
        self._done: set[tuple[str, str]] = set()
        self._last_code: dict[str, str] = {}

    def representative(self, plan: Plan) -> Sequence[dict[str, Any]]:
        """The people beside the applicant with whom a dossier is filed."""
        if "representative" not in plan.extras:
            return ()
        name = name_of(self._office.chance, woman=True)
        return ({"kind": "representative", "name": name, "phone": "0902000118", "authority": words.AUTHORITY},)

    def on_arrival(self, code: str, row: DossierRow, plan: Plan) -> None:
        """What the next person does when the dossier has come to them."""
        office = self._office
        actor = office.somebody(row["holder_office"], row["holder_role"], row["holder_id"])
        if actor is None or row["holder_role"] in QUIET:
            return
        if row["opened_at"] is None and self._once(code, "recall", plan):
            return
        if "claim" in plan.extras and row["holder_id"] is None:
            office.attempt(actor, lambda unit: claim(unit, code))
        else:
            office.attempt(actor, lambda unit: mark_opened(unit, code))
        if self._once(code, "note", plan):
            office.attempt(actor, lambda unit: add_note(unit, code, office.chance.choice(words.NOTES)))
        self._talk.write(code, row, actor)
        if row["holder_office"] != NEIGHBOUR and self._once(code, "question", plan):
            self._acts.ask(code, actor)
        if self._once(code, "look", plan):
            office.attempt(actor, lambda unit: read_personal_data(unit, code, words.LOOK))
        if row["holder_office"] == row["handler_office"]:
            self._at_the_authority(code, row, plan)

    def _at_the_authority(self, code: str, row: DossierRow, plan: Plan) -> None:
        """What its leader does about a dossier."""
        if plan.pace > 1 and self._once(code, "extension", plan):
            self._acts.extend(code, row)
        if row["holder_id"] is not None and self._once(code, "freed", plan):
            self._acts.free(code, row)
        if row["handler_office"] == WARD and self._once(code, "transfer", plan):
            self._acts.pass_on(code, row)

    def while_waiting(self, code: str, plan: Plan) -> None:
        """What is done on a dossier that has come to the state in which it waits."""
        row = self._office.row(code)
        self.on_arrival(code, row, plan)
        if self._once(code, "link", plan):
            self._acts.link(code, row, self._last_code.get(row["intake_office"]))

    def before(self, code: str, row: DossierRow, action: str, actor: Actor, plan: Plan) -> None:
        """What has to be done before a step, or is done with it."""
        release = self._office.release(row)
        wanted = release.actions[action]
        if wanted.attach is not None:
            self._acts.attach(code, wanted.attach, actor)
        if "fees.settled" in (wanted.guard or ""):
            self._acts.pay(code, row, waived="waiver" in plan.extras)
        if code in self._acts.open_questions and wanted.effect != "ask":
            self._acts.answer(code)
        if wanted.effect == "ask" and row["holder_role"] not in QUIET and self._once(code, "rejected", plan):
            self._acts.check(code, actor, *self._first_papers(release))
        if wanted.effect in ("submit", "step") and self._once(code, "check", plan):
            self._acts.check(code, actor)

    def after(self, code: str, row: DossierRow, action: str, actor: Actor, plan: Plan) -> None:
        """What follows a step."""
        wanted = self._office.release(row).actions[action]
        if wanted.effect == "receive":
            self._last_code[row["intake_office"]] = code
        if wanted.effect == "forward":
            self._after_forwarding(code, row, actor, plan)
        if wanted.effect == "return":
            self._talk.rate(code, self._office.row(code))
        if wanted.effect == "return" and "collector" in plan.extras:
            self._acts.hand_over(code, actor)
        elif wanted.effect == "return" and "fetch" in plan.extras:
            self._acts.fetch(code, row["id"])

    def asks(self, release: Release, effect: str) -> Asks:
        """The papers that a request for a supplement names."""
        return Asks(documents=self._first_papers(release)) if effect == "ask" else Asks()

    def _first_papers(self, release: Release) -> tuple[str, ...]:
        brought = {one.attach for one in release.actions.values()}
        keys = [key for key, one in release.documents.items() if not one.result and key not in brought]
        return tuple(keys[:1])

    def _after_forwarding(self, code: str, row: DossierRow, actor: Actor, plan: Plan) -> None:
        if "scan" in plan.extras:
            self._acts.attach(code, next(iter(self._office.release(row).documents)), actor)
        if self._once(code, "recall", plan, "recalled"):
            self._office.attempt(actor, lambda unit: recall(unit, code, reason=words.RECALLED))
        if "correction" in plan.extras:
            self._acts.correct(code, actor)
        if self._once(code, "link", plan):
            self._acts.link(code, row, self._last_code.get(row["intake_office"]))
        if self._once(code, "refund", plan):
            self._acts.refund(code, row, actor)

    def _once(self, code: str, extra: str, plan: Plan, what: str | None = None) -> bool:
        """Whether the plan has this extra and it was not done yet; it counts as done now."""
        if extra not in plan.extras or (code, what or extra) in self._done:
            return False
        self._done.add((code, what or extra))
        return True
