"""What clerks do with a dossier besides its steps: notes, claims, questions, corrections, transfers, recalls."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from tests.faults import staff, steps

RECALLED, REGRETS = ("forward", "submit"), 0.08
"""Steps that are now and then taken back at once, and how often."""
AUTHORITIES = tuple(f"UB-{ward}" for ward in staff.WARDS)
KINDS = {
    "add_note": 5,
    "claim": 5,
    "release_claim": 3,
    "ask_verification": 3,
    "answer_verification": 5,
    "rectify": 3,
    "extend_deadline": 1,
    "transfer": 1,
}
"""Act → how often, against the others."""
_WHY = {"reason": "Theo đề nghị của bộ phận chuyên môn."}


@dataclass(frozen=True, slots=True)
class SideAct:
    """One request to a dossier: the act as the journal names it, who sends it, and what."""

    act: str
    who: str
    method: str
    part: str
    body: dict[str, Any] | None = None
    versioned: bool = True


def choose(dice: random.Random, filed: dict[str, Any], state: str, handler: str) -> SideAct | None:
    """What somebody wants to do now; None when nobody has to act on a dossier in this state."""
    act = dice.choices(list(KINDS), list(KINDS.values()))[0]
    roles = sorted({step.by for step in steps.steps_from(filed, state)} - {"applicant", "leader"}) or ["leader"]
    acting = dice.choice(staff.people_with(steps.office_of(filed, roles[0], handler), roles[0]))
    specialist = dice.choice(staff.people_with(handler, "specialist"))
    leader = dice.choice(staff.people_with(handler, "leader"))
    others = [office for office in AUTHORITIES if office != handler]
    match act:
        case "add_note":
            clerk = dice.choice(staff.people_with(filed["intake_office"], "counter"))
            return SideAct(act, clerk, "POST", "notes", {"text": "Đã gọi điện cho người nộp."}, versioned=False)
        case "claim":
            return SideAct(act, acting, "PUT", "assignment", {})
        case "release_claim":
            return SideAct(act, acting, "DELETE", "assignment")
        case "ask_verification" if state == "checking":
            question = {"office": dice.choice(others), "question": "Đất có tranh chấp không?"}
            return SideAct(act, specialist, "POST", "verifications", question)
        case "answer_verification":
            asked = dice.choice(staff.people_with(dice.choice(others), "specialist"))
            return SideAct(act, asked, "PUT", "", {"confirmed": True, "answer": "Không."}, versioned=False)
        case "rectify":
            change = {"number": 1, "applicant": {"phone": f"09{dice.randrange(10**8):08d}"}, **_WHY}
            return SideAct(act, specialist, "POST", "rectifications", change)
        case "extend_deadline":
            more = {"term": {"amount": 2, "unit": "working_day"}, **_WHY}
            return SideAct(act, leader, "POST", "extensions", more)
        case "transfer" if state in ("checking", "signing") and handler in AUTHORITIES:
            return SideAct(act, leader, "POST", "transfers", {"office": dice.choice(others), **_WHY})
    return None


def recall(who: str) -> SideAct:
    """Takes the step back that this person has just taken."""
    return SideAct("recall", who, "POST", "recalls", _WHY)


def unanswered(rows: list[dict[str, Any]], who: str) -> int | None:
    """The number of a question that this person's office has not answered yet."""
    office = staff.office_of(who)
    return next((row["id"] for row in rows if row["office"] == office and row["answered_at"] is None), None)
