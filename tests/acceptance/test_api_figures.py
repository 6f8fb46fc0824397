"""Delays, floors, readiness and reports by mail over the interface: the figures of the pages, for the same readers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from sqlalchemy import update

from engine.queries.delays import CLASSES
from engine.store.people import people
from server.paging import page_key
from tests.installation.application import application
from tests.installation.runtime import NOW
from tests.installation.served import ServedInstallation, served_copy
from tests.installation.trial_content import AUTHORITY
from tests.installation.world import World

BASE = "/api/v1/reports"
READERS = ("leader", "monitor", "admin")
MAILS = f"{BASE}/subscriptions"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedInstallation]:
    """Two dossiers that ended: one at once, one ten days later and late."""
    clock = {"now": NOW}
    installation = served_copy(tmp_path_factory.mktemp("town"), now=lambda: clock["now"])
    swift, slow = (installation.filed()["code"] for _ in range(2))
    for code in (swift, slow):
        installation.act("counter", code, "forward")
        installation.act("specialist", code, "submit")
    clock["now"] = NOW + dt.timedelta(hours=3)
    installation.act("leader", swift, "sign")
    clock["now"] = NOW + dt.timedelta(days=10)
    installation.act("leader", slow, "sign")
    with installation.runtime.database.begin() as connection:
        connection.execute(update(people).values(email="ai.do@example.vn"))
    yield installation
    installation.close()


def test_delays_count_the_dossiers_of_each_class(town: ServedInstallation) -> None:
    asked = f"{BASE}/delays?start=2026-03-01&end=2026-03-31"
    for who in READERS:
        told = town.person(who).get(asked).json
        (line,) = told["items"]
        assert [line["office"], line["finished"], line["late_share"]] == [AUTHORITY, 2, 0.5], who
        assert len(told["classes"]) == len(line["dossiers"]) == len(CLASSES)
        assert line["dossiers"][0] == 1 and sum(line["dossiers"]) == 2
    assert town.person("monitor").get(f"{asked}&province=01").json["items"] == []
    assert town.person("nobody").get(asked).json["items"] == []


def test_what_really_happened_is_told_of_those_that_ended_last(
    town: ServedInstallation, monkeypatch: pytest.MonkeyPatch
) -> None:
    period = "?procedure=1.000001&start=2026-03-01&end=2026-03-31"
    last = NOW + dt.timedelta(days=10)
    for most, dossiers, since in ((10_000, 2, None), (2, 2, None), (1, 1, f"{last:%Y-%m-%dT%H:%M:%SZ}")):
        monkeypatch.setattr("api.histories.MOST_READ", most)
        for who in ("leader", "monitor"):
            told = town.person(who).get(f"{BASE}/variants{period}").json
            assert (told["dossiers"], told["since"]) == (dossiers, since), who
            steps = town.person(who).get(f"{BASE}/steps{period}").json
            assert steps["since"] == since and max(one["minutes"]["times"] for one in steps["items"]) == dossiers


def test_floors_are_those_of_the_year_and_province(town: ServedInstallation) -> None:
    for who in READERS:
        told = town.person(who).get(f"{BASE}/floors?year=2026&province=79").json
        filed = {one["procedure"]: one["filed"] for one in told["items"]}
        assert filed["1.000001"] == 2 and {one["province"] for one in told["items"]} == {"79"}, who
        assert (told["year"], told["floor"]) == (2026, 10)
        assert told["reached"] == sum(one["reached"] and one["offered"] for one in told["items"])
    before = town.person("monitor").get(f"{BASE}/floors?year=2025").json
    assert sum(one["filed"] for one in before["items"]) == 0
    assert town.person("monitor").get(f"{BASE}/floors?province=ZZ").status_code == 404
    wrong = town.person("monitor").get(f"{BASE}/floors?floor=0")
    assert wrong.status_code == 422 and "floor" in wrong.json["errors"]


def test_floors_come_in_pages_that_give_every_line_once(world: World) -> None:
    monitor = ServedInstallation(world.runtime, application(world.runtime)).person("monitor")
    world.land_at("accepted")
    asked = f"{BASE}/floors?year=2026"
    whole = monitor.get(asked).json
    assert len(whole["items"]) > 2 and whole["next"] is None
    got, address = [], f"{asked}&limit=1"
    while address:
        answer = monitor.get(address)
        assert len(answer.json["items"]) == 1 and answer.json["reached"] == whole["reached"]
        got += answer.json["items"]
        link = answer.headers.get("Link")
        address = link.partition(">")[0][1:] if link else ""
        assert (answer.json["next"] is None) is (link is None)
    assert got == whole["items"]


@pytest.mark.parametrize(
    "parts",
    [("x", 0), (0, 0, 0, "a"), (0, 0, 0, 0, 0), (0, 0, 0, "a\0", "b"), (-1, 0, 0, "a", "b"), (True, 0, 0, "a", "b")],
)
def test_floors_refuse_a_key_of_another_list(town: ServedInstallation, parts: tuple[str | int, ...]) -> None:
    answer = town.person("monitor").get(f"{BASE}/floors?after={page_key(*parts)}")
    assert answer.status_code == 422 and "after" in answer.json["errors"]


def test_readiness_names_what_is_counted(town: ServedInstallation) -> None:
    told = town.person("monitor").get(f"{BASE}/readiness").json
    (line,) = told["items"]
    assert line["province"] == "79" and len(line["done"]) == len(line["of"]) == len(told["items_counted"]) == 4
    assert all(done <= of for done, of in zip(line["done"], line["of"], strict=True)) and line["equipped"] is False


@pytest.mark.parametrize("path", ["floors", "readiness", "subscriptions"])
def test_other_staff_read_none_of_them(town: ServedInstallation, path: str) -> None:
    for who in ("counter", "specialist", "nobody"):
        assert town.person(who).get(f"{BASE}/{path}").status_code == 403, who


def test_a_report_by_mail_is_asked_for_once_and_ended_by_its_person(town: ServedInstallation) -> None:
    leader = town.person("leader")
    assert leader.get(MAILS).json == {"address": True, "items": []}
    made = leader.post(MAILS, {"rhythm": "month", "office": AUTHORITY})
    assert made.status_code == 201 and made.json["office"] == AUTHORITY and made.json["name"]["vi"]
    assert leader.get(MAILS).json["items"] == [made.json]
    again = leader.post(MAILS, {"rhythm": "month", "office": AUTHORITY})
    assert again.status_code == 422 and "rhythm" in again.json["errors"]
    assert leader.post(MAILS, {"rhythm": "day"}).status_code == 422
    assert town.person("monitor").delete(f"{MAILS}/{made.json['id']}").status_code == 404
    assert leader.delete(f"{MAILS}/{made.json['id']}").status_code == 204
    assert leader.get(MAILS).json["items"] == []


def test_nobody_subscribes_what_they_do_not_read(town: ServedInstallation) -> None:
    assert town.person("counter").post(MAILS, {"rhythm": "week"}).status_code == 403
    assert town.person("leader").post(MAILS, {"rhythm": "week", "province": "01"}).status_code == 403
    for unknown in ({"office": "KHONG-CO"}, {"province": "ZZ"}):
        assert town.person("admin").post(MAILS, {"rhythm": "week"} | unknown).status_code == 404
    assert town.person("admin").get(MAILS).json["items"] == []
