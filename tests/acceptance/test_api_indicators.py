"""Indicators and what really happened, as the interface tells them: figures, lists, and tables for spreadsheets."""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Iterator

import pytest

from tests.acceptance.test_api_lists import walk
from tests.installation.runtime import NOW
from tests.installation.served import ServedInstallation, served_copy
from tests.installation.trial_content import AUTHORITY

MARCH = "start=2026-03-01&end=2026-03-31"
BASE = "/api/v1/reports"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedInstallation]:
    """Three dossiers: one signed at once, one ten days later, one that waits at the specialist."""
    clock = {"now": NOW}
    installation = served_copy(tmp_path_factory.mktemp("town"), now=lambda: clock["now"])
    swift, slow, waiting = (installation.filed()["code"] for _ in range(3))
    for code in (swift, slow, waiting):
        installation.act("counter", code, "forward")
    for code in (swift, slow):
        installation.act("specialist", code, "submit")
    clock["now"] = NOW + dt.timedelta(hours=3)
    installation.act("leader", swift, "sign")
    clock["now"] = NOW + dt.timedelta(days=10)
    installation.act("leader", slow, "sign")
    yield installation
    installation.close()


def test_every_indicator_is_told_with_its_words_points_and_both_numbers(town: ServedInstallation) -> None:
    told = town.person("monitor").get(f"{BASE}/indicators?{MARCH}").json
    items = {one["key"]: one for one in told["items"]}
    assert [items["on_time"][name] for name in ("numerator", "denominator", "value")] == [1, 3, 0.3333]
    assert (items["on_time"]["number"], items["on_time"]["points"], items["on_time"]["most_points"]) == (
        "2.1",
        6.67,
        20,
    )
    assert items["mean_time"]["value"] == round((3 / 24 + 10) / 2, 2) and items["mean_time"]["points"] is None
    assert items["satisfied"]["value"] is None and items["satisfied"]["denominator"] == 0
    assert all(one["formula"]["vi"] and "766" in one["source"] for one in told["items"])
    groups = {one["key"]: one for one in told["groups"]}
    assert groups["progress"]["points"] == 6.67 and sum(one["most_points"] for one in told["groups"]) == 100
    assert {one["key"] for one in told["not_counted"]}.isdisjoint(items) and told["not_counted"][0]["why"]["en"]
    by_office = town.person("monitor").get(f"{BASE}/indicators?{MARCH}&by=office").json
    (line,) = [one for one in by_office["items"] if one["key"] == "on_time"]
    assert (line["within"], line["denominator"]) == (AUTHORITY, 3) and line["within_name"]["vi"]
    assert {one["points"] for one in by_office["groups"]} == {None}


def test_both_lists_of_an_indicator_are_one_request_away(town: ServedInstallation) -> None:
    monitor, address = town.person("monitor"), f"{BASE}/indicators/dossiers?{MARCH}&indicator=on_time"
    everything = walk(town, "monitor", f"{address}&side=denominator&limit=2")
    achieved = monitor.get(address).json["items"]
    assert len(everything) == 3 and len(achieved) == 1 and achieved[0] in everything
    assert monitor.get(f"{BASE}/indicators/dossiers?{MARCH}&indicator=offered_online").status_code == 404
    offered = monitor.get(f"{BASE}/indicators/procedures?{MARCH}&indicator=offered_online&side=denominator").json
    assert "1.000001" in {one["procedure"] for one in offered["items"]}
    assert monitor.get(f"{BASE}/indicators/procedures?{MARCH}&indicator=nothing").status_code == 404


def test_tables_hold_the_figures_that_json_tells(town: ServedInstallation) -> None:
    monitor = town.person("monitor")
    told = monitor.get(f"{BASE}/indicators?{MARCH}").json["items"]
    for extra, delimiter, share in (("", ",", "0.3333"), ("&decimal=comma&language=en", ";", "0,3333")):
        answer = monitor.get(f"{BASE}/indicators.csv?{MARCH}{extra}")
        assert answer.headers["Content-Type"].startswith("text/csv") and answer.data.startswith(b"\xef\xbb\xbf")
        head, *rows = csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=delimiter)
        assert len(rows) == len(told) and {len(row) for row in rows} == {len(head)}
        (on_time,) = [row for row in rows if row[1] == "'2.1"]
        assert on_time[5:8] == ["1", "3", share]
        assert on_time[2] == ("Dossiers on time" if extra else "Hồ sơ đúng hạn")
    answer = monitor.get(f"{BASE}/indicators.xlsx?{MARCH}")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="chi-tieu-766.xlsx"'
    with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
        assert "Hồ sơ đúng hạn".encode() in book.read("xl/sharedStrings.xml")
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")


def test_variants_steps_and_states_of_a_procedure(town: ServedInstallation) -> None:
    monitor, asked = town.person("monitor"), f"procedure=1.000001&{MARCH}"
    found = monitor.get(f"{BASE}/variants?{asked}").json
    (way,) = found["items"]
    assert (found["dossiers"], way["dossiers"], way["share"], len(way["examples"])) == (2, 2, 1.0, 2)
    assert way["minutes"]["times"] == 2 and way["minutes"]["median"] < way["minutes"]["p90"]
    assert set(way["states"]) | set(found["main_path"]) <= {one["state"] for one in found["states"]}
    steps = monitor.get(f"{BASE}/steps?{asked}&by=month").json["items"]
    assert {one["within"] for one in steps} == {"2026-03"} and all(one["name"]["vi"] for one in steps)
    assert sum(one["minutes"]["longest"] for one in steps) == way["minutes"]["longest"]
    now = {one["state"]: one for one in monitor.get(f"{BASE}/states?procedure=1.000001").json["items"]}
    assert sum(one["dossiers"] for one in now.values()) == 3 and sum(one["late"] > 0 for one in now.values()) == 1


@pytest.mark.parametrize(
    ("question", "wrong"),
    [
        ("variants?procedure=1.000001&start=2026-01-01&end=2026-04-03", "end"),  # 93 days
        ("steps?procedure=1.000001&start=2026-03-02&end=2026-03-01", "end"),
        ("indicators?start=2026-03-02&end=2026-03-01", "end"),
        (f"indicators?{MARCH}&by=person", "by"),
        (f"indicators.csv?{MARCH}&decimal=dot", "decimal"),
    ],
)
def test_what_cannot_be_answered_is_refused(town: ServedInstallation, question: str, wrong: str) -> None:
    refused = town.person("monitor").get(f"{BASE}/{question}")
    assert (refused.status_code, list(refused.json["errors"])) == (422, [wrong])
