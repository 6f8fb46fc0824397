"""The way of a dossier over HTTP: from intake to return, with a supplement that pauses the clock."""

from __future__ import annotations

import itertools

from tests.installation.served import ServedInstallation
from tests.installation.trial_content import AUTHORITY, CENTRE


def test_from_intake_to_return(both_installations: ServedInstallation) -> None:
    installation = both_installations
    filed = installation.filed()
    code = filed["code"]
    assert filed["portal"] == 2
    assert filed["due_at"] is not None
    assert filed["holder"]["office"] == CENTRE

    assert installation.act("counter", code, "forward")["holder"]["office"] == AUTHORITY
    paused = installation.act("specialist", code, "ask", reason="Thiếu bản đồ")
    assert (paused["portal"], paused["clock"], paused["due_at"]) == (5, "paused", None)
    assert paused["promised_at"] == filed["due_at"]

    link = f"/api/v1/status/{filed['link_token']}"
    seen = installation.anyone().get(link)
    assert seen.json["asked"] == "Thiếu bản đồ"
    assert [task["action"] for task in seen.json["tasks"]] == ["answer", "withdraw"]
    answered = installation.anyone().post(f"{link}/actions", {"action": "answer"}, version=seen.json["version"])
    assert answered.json["portal"] == 4

    installation.act("specialist", code, "submit")
    installation.act("leader", code, "sign")
    refused = installation.person("counter").post(
        f"/api/v1/dossiers/{code}/actions", {"action": "return"}, version=installation.version_of(code)
    )
    assert (refused.status_code, refused.json["code"]) == (409, "guard-failed")
    fee = installation.person("counter").put(
        f"/api/v1/dossiers/{code}/fees/fee",
        {"method": "cash", "receipt": "BL-1"},
        version=installation.version_of(code),
    )
    assert fee.status_code == 200, fee.text
    assert installation.act("counter", code, "return")["portal"] == 10

    told = installation.person("counter").get(f"/api/v1/dossiers/{code}/journal").json["items"]
    assert [entry["number"] for entry in told] == list(range(1, len(told) + 1))
    assert all(later["previous"] == earlier["hash"] for earlier, later in itertools.pairwise(told))
    assert "Thiếu bản đồ" in [entry["reason"] for entry in told]
