"""The small town of the fault runs: offices, staff, three shipped procedures, and what may come next in each state."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from cli.shipped import Shipped
from engine.acts.staff.people import add_membership, add_person, issue_token
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.rules.territory.territory import Territory
from engine.transaction import Runtime, UnitOfWork, in_transaction
from tests.world import cut
from workflows.lint_context import LintContext
from workflows.territory.reader import read_territory

FIRST_DAY = dt.date(2025, 7, 1)
TOKENS_LAST = dt.timedelta(days=400)
RESULT = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"

STAFF: dict[str, tuple[str, str]] = {
    "quay.saigon": ("TT-26740", "counter"),
    "chuyenvien.saigon": ("UB-26740", "specialist"),
    "chuyenvien2.saigon": ("UB-26740", "specialist"),
    "lanhdao.saigon": ("UB-26740", "leader"),
    "quay.thudaumot": ("TT-25747", "counter"),
    "chuyenvien.thudaumot": ("UB-25747", "specialist"),
    "lanhdao.thudaumot": ("UB-25747", "leader"),
    "quay.longkhanh": ("TT-26080", "counter"),
    "chuyenvien.longkhanh": ("UB-26080", "specialist"),
    "lanhdao.longkhanh": ("UB-26080", "leader"),
    "datdai.longkhanh": ("VPDK-CN-LONGKHANH", "specialist"),
    "lanhdaodat.longkhanh": ("VPDK-CN-LONGKHANH", "leader"),
    "thue.dongnai": ("THUE-75", "tax"),
}
"""Username → office and role there."""

WARDS = ("26740", "25747", "26080")
DISTRICTS = ("760", "718", "732")  # where they lay: Quận 1, Thủ Dầu Một, Long Khánh
BIRTH, PERMIT, LAND = "1.001193", "1.013225", "1.012783"


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


class AroundTheTown(Shipped):
    """What ships, of the territory and the offices only those around the town: a process that starts again reads some
    hundred instead of 45,000."""

    @cached_property
    def territory(self) -> Territory:
        return cut(read_territory(), DISTRICTS)

    @cached_property
    def context(self) -> LintContext:
        return Shipped().context


def settle(runtime: Runtime) -> dict[str, str]:
    """Gives the offices their staff; username → access token."""

    def act(unit: UnitOfWork) -> dict[str, str]:
        tokens = {}
        for username, (office, role) in STAFF.items():
            number = add_person(unit, username, f"Cán bộ {username}", email=f"{username}@example.vn")
            add_membership(unit, number, office, role, FIRST_DAY)
            tokens[username] = issue_token(unit, number, TOKENS_LAST)
        return tokens

    return in_transaction(runtime, SYSTEM_ACTOR, act)


def people_with(office: str, role: str) -> list[str]:
    """Who has this role at this office."""
    return [username for username, place in STAFF.items() if place == (office, role)]


def filing(dice: random.Random, serial: int) -> dict[str, Any]:
    """A new dossier, as a counter would send it; most of them are received in the same stroke."""
    procedure = dice.choice((BIRTH, BIRTH, PERMIT, LAND))
    ward = "26080" if procedure == LAND else dice.choice(WARDS)
    fields, papers = _FORMS[procedure](dice, ward)
    return {
        "procedure": procedure,
        "intake_office": f"TT-{ward}",
        "receive": dice.random() < 0.8,
        "applicant": {
            "kind": "citizen",
            "name": f"Người Nộp Mẫu {serial}",
            "identity_number": f"079190{serial:06d}",
            "phone": f"09{serial:08d}",
            "email": f"nguoi.nop.{serial}@example.vn",
            "commune": ward,
            "verified": True,
        },
        "fields": fields,
        "documents": papers,
    }


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
        return ["le_phi_muon"] if fields["birth.late"] else []
    return ["nha_o"] if filed["procedure"] == PERMIT else ["le_phi"]


def _birth(dice: random.Random, ward: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    fields = {
        "registry.commune": ward,
        "child.name": "Trẻ Mẫu",
        "child.born": "2026-02-20",
        "child.sex": dice.choice(("female", "male")),
        "child.birthplace": "Bệnh viện Mẫu",
        "mother.name": "Người Mẹ Mẫu",
        "birth.at_hospital": True,
        "birth.late": dice.random() < 0.4,
    }
    return fields, [{"key": "to_khai", "original": 1}, {"key": "chung_sinh", "original": 1}]


def _permit(dice: random.Random, ward: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    fields = {
        "land.commune": ward,
        "land.parcel": "Thửa 12, tờ 5",
        "land.address": "Số 1 đường Mẫu",
        "land.area": 80,
        "building.kind": "house",
        "building.floors": 3,
        "building.area": 210,
        "building.special_area": dice.random() < 0.3,
    }
    papers = [{"key": "don", "original": 1}, {"key": "giay_dat", "certified": 1}, {"key": "ban_ve", "original": 2}]
    return fields, papers


def _land(dice: random.Random, ward: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    fields = {
        "land.commune": ward,
        "land.certificate": "AB 123456",
        "land.parcel": "Thửa 7, tờ 21",
        "land.area": 150,
        "land.tax_due": dice.random() < 0.5,
        "reissue.reason": "worn",
    }
    return fields, [{"key": "don", "original": 1}, {"key": "gcn", "original": 1}]


_FORMS = {BIRTH: _birth, PERMIT: _permit, LAND: _land}
