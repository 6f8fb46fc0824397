"""Acts beside the steps of a procedure, each in the name of the one who may do it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cli.demo.history import words
from cli.demo.history.applicants import name_of
from cli.demo.history.office import Office
from engine.acts.documents import add_document, check_document
from engine.acts.extend_deadline import extend_deadline
from engine.acts.fetch_result import fetch_result
from engine.acts.free_claim import free_claim
from engine.acts.link_dossiers import link_dossiers
from engine.acts.parties import hand_over
from engine.acts.rectify import rectify
from engine.acts.settle_fee import settle_fee
from engine.acts.settle_refund import settle_refund
from engine.acts.transfer import transfer
from engine.acts.verification import answer_verification, ask_verification
from engine.dossier.case import Case, read_case
from engine.rules.dossier_row import DossierRow
from engine.rules.procedure.definition import Term
from engine.rules.procedure.permissions import Actor
from engine.transaction import UnitOfWork

NEIGHBOUR = "UB-26743"
"""The office to which the ward puts its questions, and to which a leader passes dossiers on."""
METHODS = ("cash", "cash", "transfer", "card")


class SideActs:
    """``result`` is the PDF that every file of the demonstration is."""

    def __init__(self, office: Office, result: bytes) -> None:
        self._office, self._result = office, result
        self.open_questions: dict[str, int] = {}
        """The number of the question that waits for an answer, by dossier code."""

    def attach(self, code: str, key: str, actor: Actor) -> None:
        """Adds a file."""
        name = f"{key.replace('_', '-')}-{code}.pdf"
        self._office.attempt(
            actor, lambda unit: add_document(unit, code, key=key, content=self._result, file_name=name)
        )

    def pay(self, code: str, row: DossierRow, *, waived: bool) -> None:
        """The counter settles what is due."""
        office, clerk = self._office, self._counter(row)

        def act(unit: UnitOfWork) -> Case:
            case = read_case(unit, code, along=("fees", "ledger"))
            for fee in case.money().fees:
                if fee.due and waived:
                    settle_fee(unit, code, fee.key, "waived", words.WAIVED)
                elif fee.due or fee.settled_at is None:
                    method, receipt = office.chance.choice(METHODS), f"BL-{office.chance.randint(10000, 99999)}"
                    settle_fee(unit, code, fee.key, method, receipt)
            return case

        if clerk is not None:
            office.attempt(clerk, act)

    def ask(self, code: str, actor: Actor) -> None:
        """Puts a question to the neighbour."""

        def act(unit: UnitOfWork) -> Case:
            question = self._office.chance.choice(words.QUESTIONS)
            case, number = ask_verification(unit, code, NEIGHBOUR, question)
            self.open_questions[code] = number
            return case

        self._office.attempt(actor, act)

    def answer(self, code: str) -> None:
        """The neighbour answers the open question."""
        office, number = self._office, self.open_questions.pop(code)
        answering = office.somebody(NEIGHBOUR, "specialist")
        if answering is not None:
            answer = office.chance.choice(words.ANSWERS)
            office.attempt(answering, lambda unit: answer_verification(unit, code, number, True, answer))

    def check(self, code: str, actor: Actor, rejected: str | None = None) -> None:
        """Checks the papers: ``rejected`` is the key of one that is not accepted, else all are."""

        def act(unit: UnitOfWork) -> Case:
            case = read_case(unit, code, along=("documents",))
            bringing = case.workflow.results.bringing
            for row in case.documents():
                if row["removed_at"] is not None or row["key"] in bringing:
                    continue
                if rejected is None:
                    check_document(unit, code, row["id"], True)
                elif row["key"] == rejected:
                    check_document(unit, code, row["id"], False, self._office.chance.choice(words.REJECTED))
            return case

        self._office.attempt(actor, act)

    def correct(self, code: str, actor: Actor) -> None:
        """Corrects the applicant's address."""
        given = {"address": f"{self._office.chance.randint(1, 90)}/7 đường Mạc Thị Bưởi"}
        self._office.attempt(actor, lambda unit: rectify(unit, code, words.CORRECTION, applicant=given))

    def link(self, code: str, row: DossierRow, other: str | None) -> None:
        """The counter notes that a dossier belongs to another."""
        actor = self._counter(row)
        if other is not None and other != code and actor is not None:
            self._office.attempt(actor, lambda unit: link_dossiers(unit, code, other))

    def refund(self, code: str, row: DossierRow, actor: Actor) -> None:
        """The applicant has paid for copies and then wants fewer; what was paid too much is paid back."""
        if "copies" not in self._office.release(row).fields:
            return
        self.pay(code, row, waived=False)
        fewer: dict[str, Any] = {"copies": 1}
        if self._office.attempt(actor, lambda unit: rectify(unit, code, words.FEWER_COPIES, fields=fewer)):
            self._office.attempt(actor, lambda unit: settle_refund(unit, code, "cash", "PC-0117"))

    def extend(self, code: str, row: DossierRow) -> None:
        """The leader apologises and gives a later day."""
        self._lead(row, lambda unit: extend_deadline(unit, code, Term(3, "working_day"), words.APOLOGY))

    def free(self, code: str, row: DossierRow) -> None:
        """The leader takes the dossier out of the hands of somebody who is away."""
        self._lead(row, lambda unit: free_claim(unit, code, words.FREED))

    def pass_on(self, code: str, row: DossierRow) -> None:
        """The leader passes the dossier to the neighbour, on a legal ground."""
        self._lead(row, lambda unit: transfer(unit, code, NEIGHBOUR, words.PASSED_ON, words.PASSED_ON_BY))

    def hand_over(self, code: str, actor: Actor) -> None:
        """Notes who collected the result in the applicant's place."""
        given = {"name": name_of(self._office.chance, woman=False), "authority": words.AUTHORITY}
        self._office.attempt(actor, lambda unit: hand_over(unit, code, given))

    def fetch(self, code: str, number: int) -> None:
        """The applicant takes the result from the link."""
        self._office.attempt(Actor("citizen", "citizen", dossier_id=number), lambda unit: fetch_result(unit, code))

    def _counter(self, row: DossierRow) -> Actor | None:
        return self._office.somebody(row["offices"].get("intake", row["intake_office"]), "counter")

    def _lead(self, row: DossierRow, act: Callable[[UnitOfWork], Case]) -> None:
        leader = self._office.somebody(row["handler_office"], "leader")
        if leader is not None:
            self._office.attempt(leader, act)
