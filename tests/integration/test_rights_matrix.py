"""Who may do what inside a dossier: act × person × state, with every act really tried and then rolled back.

``PARTS`` and ``MAY`` say it in plain words, and share nothing with the product: which part each person has in a dossier
in each state, and which parts each act takes. Whoever has none of them must be refused for want of the right, or for
what the state forbids to everybody; whoever has one must not be refused for want of it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from engine.acts.add_note import add_note
from engine.acts.documents import add_document, check_document, remove_document
from engine.acts.extend_deadline import extend_deadline
from engine.acts.file_dossier import file_dossier
from engine.acts.free_claim import free_claim
from engine.acts.hold import assign, claim
from engine.acts.link_dossiers import link_dossiers
from engine.acts.perform_action import perform_action
from engine.acts.read_personal_data import read_personal_data
from engine.acts.recall import recall
from engine.acts.rectify import rectify
from engine.acts.settle_fee import settle_fee
from engine.acts.transfer import transfer
from engine.acts.verification import answer_verification, ask_verification
from engine.dossier.case import read_case
from engine.dossier.rights import HeldByAnother
from engine.errors import Forbidden, NotFound, Refusal
from engine.queries.journal import journal
from engine.queries.verifications import verifications
from engine.rules.procedure.act_rights import RIGHTS
from engine.rules.procedure.definition import Term
from engine.security.citizen_link import receipt_code
from engine.store.people import role_members
from engine.transaction import UnitOfWork
from tests.installation.filings import PDF
from tests.installation.people import Posts, employ
from tests.installation.releases import START
from tests.installation.world import BRANCH, FIELDS, LONG_KHANH, PROVINCE, TAX, World

MORE: dict[str, Posts] = {
    "tax2": ((TAX, "tax"),),
    "tax_leader": ((TAX, "leader"),),
    "centre_leader": ((LONG_KHANH, "leader"),),
    "inside_monitor": ((BRANCH, "monitor"), (LONG_KHANH, "monitor"), (TAX, "monitor"), ("UB-26080", "monitor")),
    "asked_clerk": (("UB-26080", "clerk"),),
}
PEOPLE = (
    *("counter", "counter2", "other_counter", "far_counter", "specialist", "specialist2", "leader", "deputy"),
    *("province_specialist", "province_leader", "tax", "tax2", "police", "asked", "monitor", "admin"),
    *("centre_leader", "tax_leader", "inside_monitor", "asked_clerk", "citizen"),
)
INSIDE = (
    *("counter", "counter2", "specialist", "specialist2", "leader", "deputy", "tax", "tax2"),
    *("centre_leader", "tax_leader", "inside_monitor", "monitor"),
)
"""Those of an office with a part, and the overseer of the province; ``asked`` sees its question alone."""

_REACHED = {"specialist": "handler", "specialist2": "handler", "leader": "handler decider"}
_COUNTER = {"counter": "counter", "counter2": "counter"}
_AT_COUNTER = {"counter": "counter holder acting", "counter2": "counter holder acting", "centre_leader": "leader"}
_AT_DESK = {"specialist": "handler holder acting", "specialist2": "handler holder acting"}
PARTS: dict[str, dict[str, str]] = {
    "new": _AT_COUNTER,
    "accepted": _AT_COUNTER,
    "checking": _COUNTER | _AT_DESK | {"leader": "handler decider leader", "counter": "counter sender"},
    "held": _COUNTER
    | {"specialist": "handler acting", "specialist2": "handler holder acting", "leader": "handler decider leader"},
    "asked": _COUNTER | _AT_DESK | {"leader": "handler decider leader", "asked": "asked"},
    "supplement": _COUNTER | _REACHED | {"specialist": "handler sender"},
    "finance": _COUNTER
    | _REACHED
    | {"specialist": "handler sender", "tax": "support holder acting", "tax2": "support holder acting"}
    | {"tax_leader": "leader"},
    "signing": _COUNTER | _REACHED | {"leader": "handler decider leader holder acting", "specialist": "handler sender"},
    "after_tax": _COUNTER
    | _REACHED
    | {"leader": "handler decider leader holder acting", "tax": "support sender", "tax2": "support"},
    "ready": _COUNTER | _REACHED | _AT_COUNTER | {"leader": "handler decider sender"},
    "returned": _COUNTER | _REACHED,
    "withdrawn": _COUNTER,
}
"""The parts of each person in each state; whoever is not named has none. The tax office is reached in ``finance``."""

MAY: dict[str, str] = {
    "claim": "holder",
    "free_claim": "leader acting",
    "assign": "holder leader",
    "recall": "sender",
    "add_document": "counter handler support acting applicant",
    "check_document": "counter handler acting",
    "remove_document": "counter handler acting",
    "settle_fee": "counter handler",
    "waive_fee": "counter handler",
    "add_note": "counter handler support leader",
    "link": "counter handler",
    "rectify": "counter handler",
    "extend_deadline": "handler",
    "transfer": "holder leader decider",
    "transfer_elsewhere": "leader decider",
    "ask_verification": "holder",
    "answer_verification": "asked",
    "read_personal_data": "counter handler acting leader",
    "print_form": "counter handler acting leader",
}
OUTSIDE_RIGHT = (Forbidden, HeldByAnother, NotFound)


class Undone(Exception):
    """The act was done, and is rolled back."""


class Stage:
    """A dossier in a state, a second one beside it, and the open question about it."""

    def __init__(self, world: World, state: str) -> None:
        self.world, self.state = world, state
        self.other, self.code = brought_to(world, state), brought_to(world, state)
        self.question = 0
        if state == "asked":
            _, self.question = world.try_act("specialist", ask_verification, self.code, "UB-26080", "Đúng ranh giới?")

    def acts(self) -> dict[str, Callable[[UnitOfWork], object]]:
        code = self.code
        paper = next(row["id"] for row in self._papers() if row["key"] == "don")
        return {
            "claim": lambda unit: claim(unit, code),
            "free_claim": lambda unit: free_claim(unit, code, "Nghỉ ốm"),
            "assign": lambda unit: assign(unit, code, self._colleague(unit)),
            "recall": lambda unit: recall(unit, code),
            "add_document": lambda unit: add_document(unit, code, key="other", copy=1),
            "check_document": lambda unit: check_document(unit, code, paper, False, "mờ"),
            "remove_document": lambda unit: remove_document(unit, code, paper, "nhầm"),
            "settle_fee": lambda unit: settle_fee(unit, code, "le_phi", "cash"),
            "waive_fee": lambda unit: settle_fee(unit, code, "le_phi", "waived", "NĐ 1"),
            "add_note": lambda unit: add_note(unit, code, "đã gọi"),
            "link": lambda unit: link_dossiers(unit, code, self.other),
            "rectify": lambda unit: rectify(unit, code, "sai", applicant={"phone": "0900000009"}),
            "extend_deadline": lambda unit: extend_deadline(unit, code, Term(2, "working_day"), "chờ"),
            "transfer": lambda unit: transfer(unit, code, PROVINCE, "sai thẩm quyền"),
            "transfer_elsewhere": lambda unit: transfer(unit, code, "CA-26080", "công an giữ", "QĐ 1"),
            "ask_verification": lambda unit: ask_verification(unit, code, "UB-26098", "Có đúng không?"),
            "answer_verification": lambda unit: answer_verification(unit, code, self.question, True, "Đúng"),
            "read_personal_data": lambda unit: read_personal_data(unit, code, "đối chiếu"),
            "print_form": lambda unit: read_personal_data(unit, code, "in mẫu", "form-06"),
        }

    def outcome(self, who: str, act: Callable[[UnitOfWork], object]) -> str:
        """``done``, ``right`` where the right is missing, else the code of the refusal. Nothing stays."""

        def then_undo(unit: UnitOfWork) -> None:
            act(unit)
            raise Undone

        try:
            self.world.try_act(self.world.citizen(self.code) if who == "citizen" else who, then_undo)
        except Undone:
            return "done"
        except OUTSIDE_RIGHT as refusal:
            return "too-fresh" if refusal.code == "claim-too-fresh" else "right"
        except Refusal as refusal:
            return refusal.code
        raise AssertionError("the act was not rolled back")

    def _papers(self) -> list[Any]:
        return list(self.world.try_act("system", lambda unit: read_case(unit, self.code).documents()))

    def _colleague(self, unit: UnitOfWork) -> int:
        row = read_case(unit, self.code).row
        people = role_members(unit.reader(), row["holder_office"] or "", row["holder_role"] or "", unit.today)
        return min(people, default=0)


@pytest.fixture
def staffed(world: World) -> World:
    world.try_act("system", lambda unit: employ(unit, MORE, START))
    return world


@pytest.mark.parametrize("state", PARTS)
def test_everybody_does_what_their_part_allows_and_nothing_else(staffed: World, state: str) -> None:
    stage, cells, done = Stage(staffed, state), 0, set[tuple[str, str]]()
    before = staffed.everything()
    for name, act in stage.acts().items():
        for who in PEOPLE:
            parts = {"applicant"} if who == "citizen" else {*PARTS[state].get(who, "").split()}
            allowed, told = parts & {*MAY[name].split()}, stage.outcome(who, act)
            assert (told != "right") if allowed else (told != "done"), f"{who} {name} {state}: {told}"
            done |= {(name, part) for part in allowed if told == "done"}
            cells += 1
    assert staffed.everything() == before
    assert cells == len(MAY) * len(PEOPLE)
    assert {name for name, _ in done} >= DONE_SOMEHOW[state]


DONE_SOMEHOW: dict[str, set[str]] = {
    "new": {"claim", "add_document", "settle_fee", "waive_fee", "rectify", "link", "transfer", "print_form"},
    "accepted": {"claim", "assign", "free_claim", "check_document", "remove_document", "ask_verification"},
    "checking": {"claim", "recall", "extend_deadline", "transfer", "transfer_elsewhere", "ask_verification"},
    "held": {"claim", "free_claim", "assign", "transfer", "transfer_elsewhere", "add_note"},
    "asked": {"answer_verification"},
    "supplement": {"recall", "transfer", "transfer_elsewhere", "add_document", "read_personal_data"},
    "finance": {"claim", "recall", "assign", "free_claim", "add_note", "check_document", "read_personal_data"},
    "signing": {"claim", "recall", "assign"},
    "after_tax": {"claim", "recall", "add_note", "add_document"},
    "ready": {"claim", "recall", "free_claim", "settle_fee", "transfer_elsewhere"},
    "returned": {"add_note", "rectify", "link", "read_personal_data", "print_form"},
    "withdrawn": {"add_note", "rectify", "link", "settle_fee", "waive_fee"},
}
"""What somebody gets done in each state, so that nobody is refused for a reason that is not the right."""


@pytest.mark.parametrize("state", PARTS)
def test_who_has_no_part_reads_nothing(staffed: World, state: str) -> None:
    stage = Stage(staffed, state)
    reads: dict[str, Callable[[UnitOfWork], object]] = {
        "dossier": lambda unit: read_case(unit, stage.code),
        "journal": lambda unit: journal(unit, stage.code),
        "questions": lambda unit: verifications(unit, read_case(unit, stage.code, asked=True)),
    }
    for who in PEOPLE:
        sees = {"dossier", "journal", "questions"} if who in (*INSIDE, "citizen") else set()
        sees |= {"questions"} if who == "asked" and state == "asked" else set()
        told = {name for name, read in reads.items() if stage.outcome(who, read) == "done"}
        assert told == sees, f"{who} {state}"


def test_the_matrix_names_every_act_and_every_part() -> None:
    """Acts of one's own claim, and noting that one has opened a dossier, are in test_acts_hold.py."""
    assert MAY.keys() == RIGHTS.keys() - {"release_claim", "open"}
    parts = {part for told in MAY.values() for part in told.split()}
    assert parts - {"applicant"} == {part for told in PARTS.values() for one in told.values() for part in one.split()}


def brought_to(world: World, state: str) -> str:
    """The code of a land dossier in a state of ``PARTS``."""
    if state == "new":
        return str(world.try_act("counter", lambda unit: _file(world, unit)))
    fields = FIELDS | {"land.tax_due": state in ("finance", "after_tax")}
    way = {"accepted": "accepted", "withdrawn": "accepted", "signing": "signing", "ready": "signing"}
    code = world.land_at(way.get(state, "signing" if state == "returned" else "checking"), fields=fields)
    for who, act in _FURTHER.get(state, ()):
        world.try_act(world.citizen(code) if who == "citizen" else who, act, code)
    return code


def _file(world: World, unit: UnitOfWork) -> str:
    return file_dossier(unit, world.filing()).case.code


def _takes(action: str, **more: Any) -> Callable[[UnitOfWork, str], object]:
    return lambda unit, code: perform_action(unit, code, action, **more)


def _brings(key: str) -> Callable[[UnitOfWork, str], object]:
    return lambda unit, code: add_document(unit, code, key=key, content=PDF)


def _pays(unit: UnitOfWork, code: str) -> None:
    for row in read_case(unit, code).fees():
        settle_fee(unit, code, row["key"], "cash")


def _withdraws(unit: UnitOfWork, code: str) -> object:
    nonce = read_case(unit, code).row["link_nonce"]
    return perform_action(unit, code, "withdraw", receipt_code=receipt_code(unit.settings.secret_keys[0], nonce))


_SIGNED = (("leader", _brings("ket_qua")), ("leader", _takes("sign")))
_FURTHER: dict[str, tuple[tuple[str, Callable[[UnitOfWork, str], object]], ...]] = {
    "held": (("specialist2", claim),),
    "supplement": (("specialist", _takes("ask", reason="thiếu")),),
    "finance": (("specialist", _takes("finish_review")),),
    "after_tax": (("specialist", _takes("finish_review")), ("tax", _brings("bien_lai")), ("tax", _takes("paid"))),
    "ready": _SIGNED,
    "returned": (*_SIGNED, ("system", _pays), ("counter", _takes("return"))),
    "withdrawn": (("citizen", _withdraws),),
}
