"""A province decides over the interface where the dossiers of its divided communes go."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from engine.acts.rectify import rectify
from engine.acts.reform.batches import apply_all
from engine.acts.reform.load import load_plan
from engine.acts.reform.run import open_run
from engine.acts.staff.people import add_membership, add_person, issue_token
from engine.dossier.rights import CounterClosed
from engine.reform.document import read_plan
from engine.reform.planning import make_plan
from tests.installation.application import application
from tests.installation.caller import Caller
from tests.installation.june import DA_KAO, JULY, permit, prepare_june, reform_of
from tests.installation.world import World

SAID = {"legal": "QĐ 5/QĐ-UBND", "reason": "Khu phố 1 thuộc Tân Định"}
DECISIONS, TRIAGE = "/api/v1/reforms/1/decisions", "/api/v1/reforms/1/triage"


@pytest.fixture
def july(world: World, tmp_path: Path) -> list[str]:
    """Three dossiers of the divided ward wait; their codes."""
    prepare_june(world)
    codes = [permit(world, DA_KAO, **{"land.hamlet": quarter}) for quarter in ("Khu phố 1", "Khu phố 1", "Khu phố 2")]
    make_plan(world.runtime, reform_of(world), tmp_path / "plan.json")
    world.at(JULY)
    apply_all(world.runtime, open_run(world.runtime, load_plan(world.runtime, read_plan(tmp_path / "plan.json"))))
    return codes


def caller(world: World, name: str, office: str, role: str) -> Caller:
    """A new member of staff, signed in."""
    person = world.try_act("admin", add_person, name, name)
    world.try_act("admin", add_membership, person, office, role, dt.date(2025, 7, 1))
    token = world.try_act("admin", issue_token, person, dt.timedelta(days=30))
    app = application(world.runtime)
    document = app.test_client().get("/api/v1/openapi.json").json
    assert document is not None
    return Caller(app, token, document)


def test_the_leader_of_the_province_sees_and_decides_a_quarter_at_once(world: World, july: list[str]) -> None:
    leader = caller(world, "chu.tich", "UB-79", "leader")
    (plan,) = leader.get("/api/v1/reforms").json["items"]
    assert (plan["number"], plan["date"], plan["dossiers"]) == (1, "2025-07-01", {"person": 3})
    (waiting,) = leader.get(TRIAGE).json["items"]
    assert (waiting["commune"], waiting["commune_name"], waiting["dossiers"]) == (DA_KAO, "Phường Đa Kao", 3)
    assert {one["commune"] for one in waiting["candidates"]} == {"26737", "26740"}
    body = {"to": "26737", "commune": DA_KAO, "hamlet": "khu pho 1", **SAID}
    done = leader.post(DECISIONS, body, key="once")
    assert done.json == {"asked": 2, "moved": 2, "left": 0}
    assert leader.post(DECISIONS, body, key="once").json == done.json  # repeated: the same answer, nothing done twice
    world.check()
    assert [world.row(code)["handler_office"] for code in july] == ["UB-26737", "UB-26737", "UB-760-C"]
    entry = world.entries(july[0])[-1]
    assert entry["act"] == "reform"
    assert entry["data"]["decided"] == {"by": f"staff:{world.person('chu.tich')}", "legal": SAID["legal"]}
    assert leader.get(TRIAGE).json["items"][0]["dossiers"] == 1
    one = leader.post(DECISIONS, {"to": "26740", "dossiers": [july[2]], **SAID})
    assert one.json == {"asked": 1, "moved": 1, "left": 0}
    assert leader.get(TRIAGE).json["items"] == []
    assert leader.post(DECISIONS, {"to": "26740", "dossiers": [july[2]], **SAID}).json["asked"] == 0


def test_what_needs_a_counter_waits_for_the_decision(world: World, july: list[str]) -> None:
    """Everything else goes on; the receiving office that the dossier had is closed, and which one follows is open."""
    fields = {"land.commune": "26743"}
    refusal = world.refuse(CounterClosed, "dk_counter", rectify, july[0], "Ghi nhầm phường", fields=fields)
    assert "Đa Kao" in refusal.sentence("vi") and "2025-07-01" in refusal.sentence("en")
    world.act("dk_counter", rectify, july[0], "Nhầm tên", applicant={"name": "Trần Thị Mẫu"})


def test_nobody_else_of_the_province_decides(world: World, july: list[str]) -> None:
    body = {"to": "26737", "commune": DA_KAO, **SAID}
    for office, role in (("UB-79", "monitor"), ("UB-26740", "leader"), ("TT-26740", "counter")):
        other = caller(world, f"{role}.{office.lower()}", office, role)
        (plan,) = other.get("/api/v1/reforms").json["items"]
        assert plan["dossiers"] == ({"person": 3} if role == "monitor" else {}), "counts are for the province"
        assert other.get(TRIAGE).status_code == 403
        assert other.post(DECISIONS, body).json["code"] == "forbidden"
    assert [world.row(code)["handler_office"] for code in july] == ["UB-760-C"] * 3


def test_another_province_sees_nothing_of_it_and_cannot_reach_it(world: World, july: list[str]) -> None:
    leader = caller(world, "tinh.khac", "UB-75", "leader")
    assert leader.get(TRIAGE).json["items"] == []
    done = leader.post(DECISIONS, {"to": "26737", "dossiers": july, **SAID})
    assert done.json == {"asked": 0, "moved": 0, "left": 0}
    assert [world.row(code)["handler_office"] for code in july] == ["UB-760-C"] * 3


def test_a_wrong_decision_says_what_is_wrong_and_moves_nothing(world: World, july: list[str]) -> None:
    leader = caller(world, "chu.tich", "UB-79", "leader")
    wrong: list[tuple[dict[str, object], str]] = [
        ({"to": "26737", **SAID}, "commune"),
        ({"to": "26737", "commune": DA_KAO, "dossiers": ["H79-1"], **SAID}, "commune"),
        ({"to": "26743", "commune": DA_KAO, **SAID}, "commune"),
        ({"to": "26737", "commune": DA_KAO, "legal": SAID["legal"]}, "reason"),
    ]
    for body, where in wrong:
        answer = leader.post(DECISIONS, body)
        assert answer.status_code == 422
        assert where in answer.text
    assert leader.get("/api/v1/reforms/99/triage").status_code == 404
    assert [world.row(code)["handler_office"] for code in july] == ["UB-760-C"] * 3
