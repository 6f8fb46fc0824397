"""A dossier in each state that matters for who may do what: under way, held, waiting, finished, withdrawn, far away."""

from __future__ import annotations

from typing import Any

from tests.installation.served import ServedInstallation
from tests.installation.trial_content import FAR_CENTRE, HOAN_KIEM, filing

Step = tuple[str, str, dict[str, Any]]

_FORWARDED: list[Step] = [("counter", "forward", {})]
_ASKED: list[Step] = [*_FORWARDED, ("specialist", "ask", {"reason": "Thiếu bản đồ"})]
_SIGNED: list[Step] = [*_FORWARDED, ("specialist", "submit", {}), ("leader", "sign", {})]
WAYS: dict[str, list[Step]] = {
    "new": [],
    "accepted": [],
    "checking": _FORWARDED,
    "held": _FORWARDED,
    "supplement": _ASKED,
    "signing": [*_FORWARDED, ("specialist", "submit", {})],
    "ready": _SIGNED,
    "returned": [*_SIGNED, ("counter", "return", {})],
    "withdrawn": [],
    "refused": [("counter", "refuse", {"reason": "Không thuộc thẩm quyền"})],
    "stopped": [*_FORWARDED, ("leader", "stop", {"reason": "Tranh chấp"})],
}
"""How each state is reached; ``held`` is one that ``specialist`` has claimed, ``new`` and ``refused`` not received."""


def bring_to(installation: ServedInstallation, state: str) -> dict[str, Any]:
    """A dossier of CENTRE and AUTHORITY in a state of WAYS: the answer to its filing, which has code and link."""
    filed = installation.filed(receive=state not in ("new", "refused"))
    code = filed["code"]
    for who, action, more in WAYS[state]:
        if action == "return":
            _pay(installation, code)
        installation.act(who, code, action, **more)
    if state == "held":
        claimed = installation.person("specialist").put(
            f"/api/v1/dossiers/{code}/assignment", {}, version=installation.version_of(code)
        )
        assert claimed.status_code == 200, claimed.text
    if state == "withdrawn":
        gone = installation.anyone().post(
            f"/api/v1/status/{filed['link_token']}/actions",
            {"action": "withdraw", "receipt_code": filed["receipt_code"]},
        )
        assert gone.status_code == 200, gone.text
    return filed


def far_dossier(installation: ServedInstallation) -> dict[str, Any]:
    """One of another province, which nobody of CENTRE and AUTHORITY may see."""
    applicant = {"kind": "citizen", "name": "Phạm Thị Xa", "phone": "0987000111", "commune": HOAN_KIEM}
    fields = {"land.commune": HOAN_KIEM, "father": "Phạm Văn Xa"}
    body = filing(applicant=applicant, fields=fields, intake_office=FAR_CENTRE)
    answer = installation.person("far-counter").post("/api/v1/dossiers", body)
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json
    return told


def _pay(installation: ServedInstallation, code: str) -> None:
    paid = installation.person("counter").put(
        f"/api/v1/dossiers/{code}/fees/fee",
        {"method": "cash", "receipt": "BL-1"},
        version=installation.version_of(code),
    )
    assert paid.status_code == 200, paid.text
