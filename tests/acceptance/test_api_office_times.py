"""Working time over HTTP: who may publish it, what is answered, and what operators are warned of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.jobs.recounting import recount_waiting
from tests.installation.runtime import NOW
from tests.installation.served import ServedInstallation, served_copy
from tests.installation.trial_content import AUTHORITY, CENTRE, filing

WORDS = {"vi": "bão số 3", "en": "storm", "legal": "TB 1"}
STORM = {"first": "2026-03-04", "last": "2026-03-05", **WORDS}
SATURDAYS = {"first": "2026-03-07", "week": {"sat": ["08:00-11:30"]}, **WORDS}
AT = f"/api/v1/offices/{AUTHORITY}"


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[ServedInstallation]:
    opened = served_copy(tmp_path)
    yield opened
    opened.close()


def due_of(installation: ServedInstallation, code: str) -> Any:
    return installation.person("counter").get(f"/api/v1/dossiers/{code}").json["due_at"]


def test_a_closure_is_published_listed_and_taken_back(installation: ServedInstallation) -> None:
    code, admin = installation.filed()["code"], installation.person("admin")
    before = due_of(installation, code)
    made = admin.post(f"{AT}/closures", STORM)
    assert (made.status_code, made.json["spans"]) == (201, [])
    assert recount_waiting(installation.runtime).changed == 1
    assert due_of(installation, code) > before
    trace = installation.person("counter").get(f"/api/v1/dossiers/{code}/clock").json["trace"]
    assert any("bão số 3" in line["vi"] for line in trace)
    assert [one["first"] for one in installation.anyone().get(f"{AT}/times").json["closures"]] == ["2026-03-04"]
    left = admin.delete(f"{AT}/closures/2026-03-04?on=2026-03-05")
    assert left.json["left"]["last"] == "2026-03-04"
    assert admin.delete(f"{AT}/closures/2026-03-04").json == {"left": None}
    assert recount_waiting(installation.runtime).changed == 1
    assert due_of(installation, code) == before
    assert installation.anyone().get(f"{AT}/times").json == {"closures": [], "hours": []}


def test_saturday_mornings_are_published_and_ended(installation: ServedInstallation) -> None:
    admin = installation.person("admin")
    made = admin.post(f"{AT}/hours", SATURDAYS)
    assert made.status_code == 201, made.text
    assert (made.json["week"]["sat"], made.json["week"]["mon"]) == (["08:00-11:30"], ["08:00-12:00", "13:00-17:00"])
    assert installation.anyone().get(f"{AT}/times").json["hours"] == [made.json]
    calendar = installation.runtime.catalogue.calendar("vn", AUTHORITY)
    assert [calendar.minutes(dt.date(2026, 3, day)) for day in (7, 14)] == [210, 210]
    assert admin.delete(f"{AT}/hours/2026-03-07").json == {"left": None}


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("closures", STORM | {"first": "2025-12-01"}, 422),
        ("closures", STORM | {"last": "2026-03-03"}, 422),
        ("closures", STORM | {"spans": ["17:00-08:00"]}, 422),
        ("closures", STORM | {"vi": ""}, 422),
        ("hours", SATURDAYS | {"first": "2026-03-02"}, 422),
        ("hours", SATURDAYS | {"week": {"day": []}}, 422),
        ("hours", SATURDAYS | {"week": {day: [] for day in ("mon", "tue", "wed", "thu", "fri")}}, 422),
    ],
)
def test_what_cannot_be_is_refused(
    installation: ServedInstallation, path: str, body: dict[str, Any], status: int
) -> None:
    assert installation.person("admin").post(f"{AT}/{path}", body).status_code == status
    assert installation.anyone().get(f"{AT}/times").json == {"closures": [], "hours": []}


def test_what_is_not_there_is_not_found(installation: ServedInstallation) -> None:
    admin = installation.person("admin")
    assert installation.anyone().get("/api/v1/offices/XX-1/times").status_code == 404
    assert admin.post("/api/v1/offices/XX-1/closures", STORM).status_code == 404
    assert admin.delete(f"{AT}/closures/2026-03-04").status_code == 404
    assert admin.delete(f"{AT}/hours/not-a-day").status_code in (404, 422)


def test_a_reception_entered_later_over_http(installation: ServedInstallation) -> None:
    friday = "2026-02-27T16:55:00+07:00"
    counter = installation.person("counter")
    body = filing(received_at=friday, received_reason="mất điện")
    made = counter.post("/api/v1/dossiers", body)
    assert made.status_code == 201, made.text
    assert made.json["received_at"] == "2026-02-27T09:55:00Z"
    refused = counter.post("/api/v1/dossiers", filing(received_at="2026-01-05T09:00:00+07:00", received_reason="x"))
    assert (refused.status_code, list(refused.json["errors"])) == (422, ["received_at"])


def test_online_filings_that_wait_are_listed_and_reported(installation: ServedInstallation) -> None:
    counter = installation.person("counter")
    code = counter.post("/api/v1/dossiers", filing(channel="portal", receive=False)).json["code"]
    whole = counter.get(f"/api/v1/dossiers/{code}").json
    assert (whole["intake_due_at"], whole["intake_overdue"]) == ("2026-03-03T02:00:00Z", False)
    assert counter.get(f"/api/v1/dossiers/{code}/clock").json["intake"]["trace"][-1]["kind"] == "due"
    listed = counter.get("/api/v1/dossiers?intake_overdue=false").json["items"]
    assert [one["code"] for one in listed] == [code]
    assert counter.get("/api/v1/dossiers?intake_overdue=true&warned=true").json["items"] == []
    (line,) = counter.get("/api/v1/reports/intake?start=2026-03-02&end=2026-03-02").json["items"]
    assert (line["office"], line["filed"], line["waiting_late"]) == (CENTRE, 1, 0)


def test_operators_are_warned_a_year_before_a_calendar_ends(installation: ServedInstallation) -> None:
    client = installation.app.test_client()
    assert "warnings" not in client.get("/readyz").json
    assert "motcua_calendar_days_left 669.0" in client.get("/metrics").text
    later = NOW + dt.timedelta(days=310)
    object.__setattr__(installation.runtime, "now", lambda: later)
    answer = client.get("/readyz")
    assert answer.json["checks"]["database"] == "ok"
    (warning,) = answer.json["warnings"]
    assert (warning["code"], warning["calendar"]) == ("calendar-ends", "vn")
    assert "31/12/2027" in warning["vi"] and "31 Dec 2027" in warning["en"]
    assert "motcua_calendar_days_left 359.0" in client.get("/metrics").text


def test_hotline_and_address_are_published_and_taken_away(installation: ServedInstallation) -> None:
    admin, fresh = installation.person("admin"), {"hotline": "1900 0000", "address": "Số 1", "reason": "QĐ 1"}
    told = admin.put(f"{AT}/contact", fresh)
    assert (told.status_code, told.json["hotline"], told.json["address"]) == (200, "1900 0000", "Số 1"), told.text
    listed = {one["code"]: one for one in installation.anyone().get("/api/v1/offices?limit=200").json["items"]}
    assert listed[AUTHORITY]["hotline"] == "1900 0000"
    assert admin.put(f"{AT}/contact", fresh | {"hotline": None}).json["hotline"] is None
    assert admin.put(f"{AT}/contact", {"hotline": "1"}).status_code == 422
    assert installation.person("leader").put(f"{AT}/contact", fresh).status_code == 403
    assert admin.put("/api/v1/offices/khong-co/contact", fresh).status_code == 404
