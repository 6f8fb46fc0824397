"""What people do beside the steps of a procedure: claims, notes, scans, fees, questions, corrections, links …"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cli.demo.history import words
from cli.demo.history.applicants import name_of
from cli.demo.history.office import Office
from cli.demo.history.plan import Plan
from engine.acts.add_note import add_note
from engine.acts.documents import add_document, check_document
from engine.acts.extend_deadline import extend_deadline
from engine.acts.hold import claim, mark_opened
from engine.acts.link_dossiers import link_dossiers
from engine.acts.parties import hand_over
from engine.acts.read_personal_data import read_personal_data
from engine.acts.recall import recall
from engine.acts.rectify import rectify
from engine.acts.settle_fee import settle_fee
from engine.acts.settle_refund import settle_refund
from engine.acts.verification import answer_verification, ask_verification
from engine.dossier.asks import Asks
from engine.dossier.case import Case, read_case
from engine.rules.dossier_row import DossierRow
from engine.rules.procedure.definition import Release, Term
from engine.rules.procedure.permissions import Actor
from engine.transaction import UnitOfWork

NEIGHBOUR = "UB-26743"
"""The office to which the ward puts its questions."""
METHODS = ("cash", "cash", "transfer", "card")


class Asides:
    """Acts beside the steps, as a plan's ``extras`` name them."""

    def __init__(self, office: Office, result: bytes) -> None:
        self._office, self._result = office, result
        self._done: set[tuple[str, str]] = set()
        self._open_questions: dict[str, int] = {}
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
        if actor is None or row["holder_role"] in ("counter", "hotline", "leader"):
            return
        if "recall" in plan.extras and row["opened_at"] is None and self._once(code, "recall"):
            return
        if "claim" in plan.extras and row["holder_id"] is None:
            office.attempt(actor, lambda unit: claim(unit, code))
        else:
            office.attempt(actor, lambda unit: mark_opened(unit, code))
        if "note" in plan.extras and self._once(code, "note"):
            office.attempt(actor, lambda unit: add_note(unit, code, office.chance.choice(words.NOTES)))
        if "question" in plan.extras and row["holder_office"] != NEIGHBOUR and self._once(code, "question"):
            self._ask(code, actor)
        if "look" in plan.extras and self._once(code, "look"):
            office.attempt(actor, lambda unit: read_personal_data(unit, code, words.LOOK))

    def while_waiting(self, code: str, plan: Plan) -> None:
        """What is done on a dossier that has come to the state in which it waits."""
        row = self._office.row(code)
        self.on_arrival(code, row, plan)
        if "link" in plan.extras:
            self._link(code, row)

    def before(self, code: str, row: DossierRow, action: str, actor: Actor, plan: Plan) -> None:
        """What has to be done before a step, or is done with it."""
        office, release = self._office, self._office.release(row)
        wanted = release.actions[action]
        if wanted.attach is not None:
            self._attach(code, wanted.attach, actor)
        if "fees.settled" in (wanted.guard or ""):
            self._pay(code, row, plan)
        if code in self._open_questions and wanted.effect != "ask":
            self._answer(code)
        if wanted.effect in ("submit", "step") and "check" in plan.extras and self._once(code, "check"):
            self._check(code, actor)

    def after(self, code: str, row: DossierRow, action: str, actor: Actor, plan: Plan) -> None:
        """What follows a step."""
        office, wanted = self._office, self._office.release(row).actions[action]
        if wanted.effect == "receive":
            self._last_code[row["intake_office"]] = code
        if wanted.effect == "forward":
            self._after_forwarding(code, row, actor, plan)
        if wanted.effect == "submit" and "extension" in plan.extras and self._once(code, "extension"):
            leader = office.somebody(row["handler_office"], "leader")
            if leader is not None:
                term = Term(3, "working_day")
                office.attempt(leader, lambda unit: extend_deadline(unit, code, term, words.APOLOGY))
        if wanted.effect == "return" and "collector" in plan.extras:
            given = {"name": name_of(office.chance, woman=False), "authority": words.AUTHORITY}
            office.attempt(actor, lambda unit: hand_over(unit, code, given))

    def asks(self, release: Release, effect: str) -> Asks:
        """The papers that a request for a supplement names."""
        if effect != "ask":
            return Asks()
        brought = {one.attach for one in release.actions.values()}
        keys = [key for key, one in release.documents.items() if not one.result and key not in brought]
        return Asks(documents=tuple(keys[:1]))

    def _after_forwarding(self, code: str, row: DossierRow, actor: Actor, plan: Plan) -> None:
        office = self._office
        if "scan" in plan.extras:
            key = next(iter(office.release(row).documents))
            office.attempt(
                actor,
                lambda unit: add_document(unit, code, key=key, content=self._result, file_name=f"{key}.pdf"),
            )
        if "recall" in plan.extras and self._once(code, "recalled"):
            office.attempt(actor, lambda unit: recall(unit, code, reason=words.RECALLED))
        if "correction" in plan.extras:
            self._correct(code, actor)
        if "link" in plan.extras:
            self._link(code, row)
        if "refund" in plan.extras:
            self._refund(code, row, actor)

    def _once(self, code: str, what: str) -> bool:
        if (code, what) in self._done:
            return False
        self._done.add((code, what))
        return True

    def _attach(self, code: str, key: str, actor: Actor) -> None:
        name = f"{key.replace('_', '-')}-{code}.pdf"
        self._office.attempt(
            actor, lambda unit: add_document(unit, code, key=key, content=self._result, file_name=name)
        )

    def _pay(self, code: str, row: DossierRow, plan: Plan) -> None:
        office = self._office
        clerk = office.somebody(row["offices"].get("intake", row["intake_office"]), "counter")
        if clerk is None:
            return

        def act(unit: UnitOfWork) -> Case:
            case = read_case(unit, code, along=("fees", "ledger"))
            for fee in case.money().fees:
                if fee.due and "waiver" in plan.extras:
                    settle_fee(unit, code, fee.key, "waived", words.WAIVED)
                elif fee.due or fee.settled_at is None:
                    method, receipt = office.chance.choice(METHODS), f"BL-{office.chance.randint(10000, 99999)}"
                    settle_fee(unit, code, fee.key, method, receipt)
            return case

        office.attempt(clerk, act)

    def _ask(self, code: str, actor: Actor) -> None:
        office = self._office

        def act(unit: UnitOfWork) -> Case:
            question = office.chance.choice(words.QUESTIONS)
            case, number = ask_verification(unit, code, NEIGHBOUR, question)
            self._open_questions[code] = number
            return case

        office.attempt(actor, act)

    def _answer(self, code: str) -> None:
        office, number = self._office, self._open_questions.pop(code)
        answering = office.somebody(NEIGHBOUR, "specialist")
        if answering is not None:
            answer = office.chance.choice(words.ANSWERS)
            office.attempt(answering, lambda unit: answer_verification(unit, code, number, True, answer))

    def _check(self, code: str, actor: Actor) -> None:
        def act(unit: UnitOfWork) -> Case:
            case = read_case(unit, code, along=("documents",))
            bringing = case.workflow.results.bringing
            for row in case.documents():
                if row["removed_at"] is None and row["key"] not in bringing:
                    check_document(unit, code, row["id"], True)
            return case

        self._office.attempt(actor, act)

    def _correct(self, code: str, actor: Actor) -> None:
        given = {"address": f"{self._office.chance.randint(1, 90)}/7 đường Mạc Thị Bưởi"}
        self._office.attempt(actor, lambda unit: rectify(unit, code, words.CORRECTION, applicant=given))

    def _link(self, code: str, row: DossierRow) -> None:
        other = self._last_code.get(row["intake_office"])
        actor = self._office.somebody(row["offices"].get("intake", row["intake_office"]), "counter")
        if other is not None and other != code and actor is not None and self._once(code, "link"):
            self._office.attempt(actor, lambda unit: link_dossiers(unit, code, other))

    def _refund(self, code: str, row: DossierRow, actor: Actor) -> None:
        """The applicant has paid for copies and then wants fewer; what was paid too much is paid back."""
        if "copies" not in self._office.release(row).fields or not self._once(code, "refund"):
            return
        self._pay(code, row, Plan("", "", "", "", self._office.now, "", 1))
        done = self._office.attempt(actor, lambda unit: rectify(unit, code, words.FEWER_COPIES, fields={"copies": 1}))
        if done:
            self._office.attempt(actor, lambda unit: settle_refund(unit, code, "cash", "PC-0117"))
