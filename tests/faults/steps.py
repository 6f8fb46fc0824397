"""What clerks file in the fault runs under three shipped procedures, and the possible steps in each state."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from tests.faults.staff import WARDS
from tests.installation import filings
from tests.installation.filings import BIRTH, LAND, PERMIT


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that may be done next. ``by`` is a role or ``applicant``; ``attach`` is uploaded before, ``fees`` are
    settled before."""

    weight: int
    by: str
    action: str
    body: dict[str, Any] = field(default_factory=dict)
    attach: str | None = None
    fees: bool = False


_WHY = {"reason": "Cần làm rõ một điểm trong hồ sơ."}
_BEGIN = [Step(5, "counter", "receive"), Step(1, "counter", "refuse", _WHY)]
_END = [Step(1, "counter", "return", fees=True)]
_SUPPLEMENT = [Step(4, "applicant", "resubmit"), Step(2, "counter", "resubmit"), Step(1, "applicant", "withdraw")]
_SIGN = [Step(5, "leader", "sign", attach="ket_qua"), Step(1, "leader", "send_back", _WHY)]

STEPS: dict[str, dict[str, list[Step]]] = {
    BIRTH: {
        "new": _BEGIN,
        "accepted": [Step(9, "counter", "forward"), Step(1, "applicant", "withdraw")],
        "checking": [
            Step(6, "specialist", "submit"),
            Step(3, "specialist", "ask", _WHY),
            Step(1, "leader", "stop", _WHY),
        ],
        "supplement": _SUPPLEMENT,
        "signing": _SIGN,
        "ready": _END,
    },
    PERMIT: {
        "new": [*_BEGIN, Step(1, "counter", "complete", _WHY)],
        "incomplete": [Step(2, "applicant", "completed"), Step(1, "counter", "completed")],
        "accepted": [Step(9, "counter", "forward"), Step(1, "applicant", "withdraw")],
        "checking": [Step(5, "specialist", "inspect"), Step(2, "specialist", "ask", _WHY)],
        "site": [Step(5, "specialist", "inspected"), Step(1, "specialist", "ask", _WHY)],
        "opinions": [Step(1, "specialist", "answered")],
        "drafting": [Step(6, "specialist", "submit"), Step(1, "leader", "stop", _WHY)],
        "supplement": _SUPPLEMENT,
        "signing": _SIGN,
        "ready": _END,
    },
    LAND: {
        "new": _BEGIN,
        "accepted": [Step(9, "counter", "forward"), Step(1, "applicant", "withdraw")],
        "checking": [
            Step(4, "specialist", "submit"),
            Step(4, "specialist", "to_tax"),
            Step(2, "specialist", "ask", _WHY),
        ],
        "supplement": _SUPPLEMENT,
        "finance": [Step(4, "tax", "paid", attach="bien_lai"), Step(1, "specialist", "paid", attach="bien_lai")],
        "signing": _SIGN,
        "ready": _END,
    },
}
"""Procedure → state → what may come next. A state that is not named is final."""


def filing(dice: random.Random, serial: int) -> dict[str, Any]:
    """A new dossier, as a counter would send it; most of them are received in the same stroke."""
    procedure = dice.choice((BIRTH, BIRTH, PERMIT, LAND))
    ward = "26080" if procedure == LAND else dice.choice(WARDS)
    drawn: dict[str, Any] = {}
    if procedure == BIRTH:
        born = "2025-01-05" if dice.random() < 0.4 else "2026-02-20"
        drawn = {"child.sex": dice.choice(("female", "male")), "child.born": born}
    elif procedure == PERMIT:
        drawn = {"building.special_area": dice.random() < 0.3}
    else:
        drawn = {"land.tax_due": dice.random() < 0.5}
    receive = dice.random() < 0.8
    return filings.filing(procedure, ward, who=filings.applicant(ward, serial), fields=drawn) | {"receive": receive}


def steps_from(filed: dict[str, Any], state: str) -> list[Step]:
    """What may come next; nothing when the state is final. Whether a tax is due decides between two ways."""
    refused = {True: "submit", False: "to_tax"}.get(filed["fields"].get("land.tax_due"))
    return [step for step in STEPS[filed["procedure"]].get(state, []) if step.action != refused]


def handler_of(filed: dict[str, Any]) -> str:
    """The office that decides on what was filed."""
    return "VPDK-CN-LONGKHANH" if filed["procedure"] == LAND else f"UB-{filed['intake_office'].removeprefix('TT-')}"


def office_of(filed: dict[str, Any], role: str, handler: str) -> str:
    """The office at which this role works on the dossier, which ``handler`` decides on now."""
    return {"counter": str(filed["intake_office"]), "tax": "THUE-75"}.get(role) or handler


def fees_of(filed: dict[str, Any]) -> list[str]:
    """The keys of the fees that a filing owes."""
    fields = filed["fields"]
    if filed["procedure"] == BIRTH:
        return ["le_phi_muon"] if fields["child.born"] < "2026" else []
    return ["nha_o"] if filed["procedure"] == PERMIT else ["le_phi"]
