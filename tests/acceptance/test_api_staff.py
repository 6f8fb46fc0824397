"""The staff over HTTP: administrators end what was given, and make another administrator only by two."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.journal.check import Tally
from engine.journal.check_staff import check_staff
from tests.installation.served import ServedInstallation, open_installation
from tests.installation.trial_content import TRIAL

RIGHT, WHY = "mat-khau-dai-de-thu", "theo quyết định"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def installation(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ServedInstallation]:
    with TRIAL.copy(request.param, tmp_path) as url:
        opened = open_installation(url, tmp_path)
        yield opened
        assert list(check_staff(opened.database, Tally())) == []
        opened.close()


def number_of(installation: ServedInstallation, name: str) -> int:
    found = installation.person("admin").get("/api/v1/people?limit=200").json["items"]
    return next(int(one["id"]) for one in found if one["username"] == name)


def signed_in(installation: ServedInstallation, name: str) -> Any:
    return installation.anyone().post("/api/v1/sessions", {"username": name, "password": RIGHT})


def test_the_staff_is_listed_with_roles_and_without_secrets(installation: ServedInstallation) -> None:
    answer = installation.person("admin").get("/api/v1/people?limit=200")
    line = next(one for one in answer.json["items"] if one["username"] == "counter")
    assert line["roles"][0]["role"] == "counter" and line["active"] and not line["admin"]
    assert "argon2" not in answer.text
    page = installation.person("admin").get("/api/v1/people?limit=1").json
    assert len(page["items"]) == 1 and page["next"]
    office = line["roles"][0]["office"]
    there = installation.person("admin").get(f"/api/v1/people?office={office}&limit=200").json["items"]
    assert {role["office"] for one in there for role in one["roles"]} >= {office}
    assert len(there) < len(answer.json["items"])


def test_whoever_is_switched_off_is_out_at_once(installation: ServedInstallation) -> None:
    admin, counter = installation.person("admin"), installation.person("counter")
    path = f"/api/v1/people/{number_of(installation, 'counter')}/activity"
    assert counter.get("/api/v1/me").status_code == 200
    assert admin.put(path, {"active": False, "reason": WHY}).status_code == 204
    assert counter.get("/api/v1/me").status_code == 401
    assert signed_in(installation, "counter").status_code == 401
    assert admin.put(path, {"active": True, "reason": WHY}).status_code == 204
    assert signed_in(installation, "counter").status_code == 201
    assert admin.put(path, {"active": False}).status_code == 422


def test_one_session_is_revoked_and_then_all(installation: ServedInstallation) -> None:
    admin, number = installation.person("admin"), number_of(installation, "counter")
    for _ in range(2):
        assert signed_in(installation, "counter").status_code == 201
    listed = admin.get(f"/api/v1/people/{number}").json["tokens"]
    assert {one["kind"] for one in listed} >= {"session"}
    revoke = f"/api/v1/people/{number}/token-revocations"
    assert admin.post(revoke, {"token": listed[0]["id"], "reason": WHY}).json == {"revoked": 1}
    assert admin.post(revoke, {"token": listed[0]["id"], "reason": WHY}).status_code == 404
    assert admin.post(revoke, {"reason": WHY}).json == {"revoked": len(listed) - 1}
    assert admin.get(f"/api/v1/people/{number}").json["tokens"] == []


def test_a_membership_ends(installation: ServedInstallation) -> None:
    admin, number = installation.person("admin"), number_of(installation, "counter")
    role = admin.get(f"/api/v1/people/{number}").json["roles"][0]
    body = {"office": role["office"], "role": role["role"], "on": "2026-03-09", "reason": WHY}
    assert admin.post(f"/api/v1/people/{number}/membership-ends", body).status_code == 204
    assert admin.get(f"/api/v1/people/{number}").json["roles"][0]["valid_to"] == "2026-03-09"
    assert admin.post(f"/api/v1/people/{number}/membership-ends", body).status_code == 404


def test_two_make_an_administrator_and_the_journal_tells_both(installation: ServedInstallation) -> None:
    admin, number = installation.person("admin"), number_of(installation, "counter")
    made = admin.post("/api/v1/admin-proposals", {"person": number, "reason": WHY})
    assert made.status_code == 201
    verdict = f"/api/v1/admin-proposals/{made.json['id']}/verdict"
    refused = admin.put(verdict, {"approve": True, "reason": WHY})
    assert (refused.status_code, refused.json["code"]) == (403, "second-person-needed")
    assert installation.person("counter").put(verdict, {"approve": True, "reason": WHY}).status_code == 403
    (proposal,) = admin.get("/api/v1/admin-proposals").json["items"]
    assert (proposal["person"], proposal["status"]) == (number, "waiting")
    again = admin.post("/api/v1/admin-proposals", {"person": number, "reason": WHY})
    assert (again.status_code, again.json["code"]) == (409, "already-administrator")
    entries = admin.get(f"/api/v1/staff-journal?person={number}").json["items"]
    (told,) = [one for one in entries if one["act"] == "propose-admin"]
    assert (told["reason"], told["subject"]) == (WHY, number)
    assert told["changes"][0]["table"] == "admin_proposals"


def test_the_last_administrator_stays(installation: ServedInstallation) -> None:
    admin, number = installation.person("admin"), number_of(installation, "admin")
    for answer in (
        admin.put(f"/api/v1/people/{number}/activity", {"active": False, "reason": WHY}),
        admin.post(f"/api/v1/people/{number}/admin-removals", {"reason": WHY}),
    ):
        assert (answer.status_code, answer.json["code"]) == (409, "last-administrator")
