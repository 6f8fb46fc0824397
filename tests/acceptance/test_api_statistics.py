"""Reports that hold across reorganisations, as the interface tells them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from tests.acceptance.test_api_lists import walk
from tests.installation.releases import START
from tests.installation.runtime import NOW
from tests.installation.served import ServedInstallation, served_copy
from tests.installation.trial_content import AUTHORITY, OTHER_AUTHORITY, SAIGON

MARCH = "start=2026-03-01&end=2026-03-31"


def pass_on(installation: ServedInstallation, who: str, code: str, office: str) -> None:
    body, version = {"office": office, "reason": "Theo phân công"}, installation.version_of(code)
    given = installation.person(who).post(f"/api/v1/dossiers/{code}/transfers", body, version=version)
    assert given.status_code < 300, given.text


def test_what_ended_late_is_told_by_who_held_it_and_by_unit(tmp_path: Path) -> None:
    """Five days, of which another office had more than all: from 2 March, 09:00, to 12 March, 09:00."""
    clock = {"now": NOW}
    installation = served_copy(tmp_path, now=lambda: clock["now"])
    passed, own, swift = (installation.filed()["code"] for _ in range(3))
    for code in (passed, own, swift):
        installation.act("counter", code, "forward")
    pass_on(installation, "specialist", passed, OTHER_AUTHORITY)
    for code in (own, swift):
        installation.act("specialist", code, "submit")
    installation.act("leader", swift, "sign")
    clock["now"] = NOW + dt.timedelta(days=10)
    pass_on(installation, "other-specialist", passed, AUTHORITY)
    installation.act("specialist", passed, "submit")
    for code in (passed, own):
        installation.act("leader", code, "sign")

    address = f"/api/v1/reports/held-time?office={AUTHORITY}&{MARCH}"
    told = installation.person("leader").get(address).json
    assert [told[name] for name in ("finished", "on_time", "late", "came_late")] == [3, 1, 2, 1]
    assert [(one["office"], one["dossiers"]) for one in told["longest"]] == [(AUTHORITY, 1), (OTHER_AUTHORITY, 1)]
    items = {one["code"]: one for one in told["items"]}
    assert {one["office"]: one["minutes"] for one in items[passed]["held"]} == {AUTHORITY: 0, OTHER_AUTHORITY: 3840}
    assert (items[passed]["longest"], items[passed]["came_late"]) == (OTHER_AUTHORITY, True)
    assert (items[own]["longest"], items[own]["came_late"]) == (AUTHORITY, False)
    assert items[own]["held"][0]["minutes"] == 8 * 480
    assert walk(installation, "leader", f"{address}&limit=1") == told["items"]

    monitor = installation.person("monitor")
    (line,) = monitor.get(f"/api/v1/reports/on-time-by-unit?{MARCH}").json["items"]
    assert (line["unit"], line["certain"]) == (f"c:{SAIGON}@{START}", True)
    assert [line[name] for name in ("finished", "on_time", "late", "rate")] == [3, 1, 2, 0.3333]
    (line,) = monitor.get(f"/api/v1/reports/on-time-by-unit?{MARCH}&level=province").json["items"]
    assert (line["code"], line["level"], line["finished"]) == ("79", "province", 3)
    installation.close()


def test_a_period_or_a_level_that_cannot_be_answered_is_refused(tmp_path: Path) -> None:
    installation = served_copy(tmp_path)
    monitor = installation.person("monitor")
    for question, wrong in (
        ("start=2026-01-01&end=2026-04-03", "end"),  # 93 days
        ("start=2026-03-02&end=2026-03-01", "end"),
        (f"{MARCH}&level=district", "level"),
        (f"{MARCH}&level=hamlet", "level"),
    ):
        refused = monitor.get(f"/api/v1/reports/on-time-by-unit?{question}")
        assert (refused.status_code, list(refused.json["errors"])) == (422, [wrong])
    assert monitor.get("/api/v1/reports/on-time-by-unit?start=2026-01-01&end=2026-04-02").status_code == 200
    installation.close()
