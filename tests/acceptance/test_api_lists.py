"""Lists: keyset pages with links, filters, search without accents, masked personal data, counts that equal the list."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest

from tests.installation.runtime import NOW
from tests.installation.served import ServedInstallation, served_copy
from tests.installation.trial_content import AUTHORITY, CENTRE, SAIGON, filing
from tests.installation.trial_release import PROCEDURE


def walk(installation: ServedInstallation, who: str, address: str) -> list[Any]:
    """Every item of a list, following the links that the pages carry."""
    items: list[Any] = []
    for _ in range(50):
        page = installation.person(who).get(address)
        assert page.status_code == 200, page.text
        items += page.json["items"]
        link = page.headers.get("Link")
        assert (link is None) == (page.json["next"] is None)
        if link is None:
            return items
        found = re.fullmatch(r'<(/[^>]+)>; rel="next"', link)
        assert found is not None
        address = found[1]
    raise AssertionError("the pages do not end")


@pytest.mark.parametrize("sort", ["-id", "due_at"])
def test_pages_carry_every_dossier_once(both_installations: ServedInstallation, sort: str) -> None:
    installation = both_installations
    codes = [installation.filed(receive=number % 3 != 0)["code"] for number in range(7)]
    whole = walk(installation, "counter", f"/api/v1/dossiers?limit=200&sort={sort}")
    paged = walk(installation, "counter", f"/api/v1/dossiers?limit=2&sort={sort}&procedure={PROCEDURE}")
    assert [one["code"] for one in paged] == [one["code"] for one in whole]
    assert sorted(one["code"] for one in paged) == sorted(codes)
    if sort == "due_at":
        due = [one["due_at"] or "9999" for one in paged]
        assert due == sorted(due)


def test_filters_narrow_the_list(installation: ServedInstallation) -> None:
    new, received, forwarded = (installation.filed(receive=step > 0)["code"] for step in range(3))
    installation.act("counter", forwarded, "forward")
    claimed = installation.person("counter").put(
        f"/api/v1/dossiers/{received}/assignment", {}, version=installation.version_of(received)
    )
    assert claimed.json["holder"]["person"] == installation.person("counter").get("/api/v1/me").json["id"]

    def codes(query: str, who: str = "counter") -> list[str]:
        return [one["code"] for one in installation.person(who).get(f"/api/v1/dossiers?{query}").json["items"]]

    assert codes("state=new") == [new]
    assert codes("portal=4") == [forwarded]
    assert codes(f"holder_office={CENTRE}") == [received, new]
    assert codes(f"holder_office={AUTHORITY}") == [forwarded]
    assert codes(f"office={AUTHORITY}") == [forwarded, received, new]
    assert codes("holder=me") == [received]
    assert codes("holder=me", "specialist") == []
    assert codes("overdue=true") == []
    assert codes("procedure=9.9") == []
    assert codes("due_before=2026-03-09T02:00:01Z") == [forwarded, received]
    assert codes("due_before=2026-03-09T02:00:00Z") == []


@pytest.mark.parametrize("words", ["nguyen thi dao", "NGUYỄN", "Đào", "dao", "thi  nguyen"])
def test_search_ignores_accents_and_case(installation: ServedInstallation, words: str) -> None:
    code = installation.filed()["code"]
    installation.filed(applicant=filing()["applicant"] | {"name": "Trần Văn Bưởi"})
    found = installation.person("counter").get("/api/v1/dossiers", query_string={"q": words}).json["items"]
    assert [one["code"] for one in found] == [code]


@pytest.mark.parametrize("words", ["%", "_", "\\", "' --", "khong-co"])
def test_search_signs_mean_themselves(installation: ServedInstallation, words: str) -> None:
    installation.filed()
    assert installation.person("counter").get("/api/v1/dossiers", query_string={"q": words}).json["items"] == []


def test_a_list_shows_no_number_by_which_a_person_could_be_reached(installation: ServedInstallation) -> None:
    installation.filed()
    told = installation.person("counter").get("/api/v1/dossiers").text
    for hidden in ("079300012345", "0901234567", "dao@example.org", "Lê Lợi", "Nguyễn Văn Cha"):
        assert hidden not in told


def test_one_dossier_is_masked_until_a_reason_is_given(installation: ServedInstallation) -> None:
    code = installation.filed()["code"]
    path, counter = f"/api/v1/dossiers/{code}", installation.person("counter")
    masked = counter.get(path)
    for hidden in ("079300012345", "0901234567", "dao@example.org", "Lê Lợi", "Nguyễn Văn Cha"):
        assert hidden not in masked.text
    assert masked.json["applicant"]["identity_number"] == "•••345"
    assert masked.json["fields"] == {"land.commune": SAIGON, "purpose": "vay vốn", "father": "•••"}

    views = f"{path}/personal-data-views"
    assert counter.post(views, {"reason": ""}).status_code == 422
    shown = counter.post(views, {"reason": "đối chiếu căn cước"})
    assert shown.json["applicant"]["identity_number"] == "079300012345"
    assert shown.json["fields"]["father"] == "Nguyễn Văn Cha"
    with installation.runtime.database.connect() as connection:
        rows = connection.exec_driver_sql("SELECT actor, what, reason FROM reads").all()
    assert [tuple(row) for row in rows] == [
        (f"staff:{counter.get('/api/v1/me').json['id']}", "applicant", "đối chiếu căn cước")
    ]


def test_one_dossier_tells_all_that_belongs_to_it(installation: ServedInstallation) -> None:
    first, second = installation.filed()["code"], installation.filed()["code"]
    counter = installation.person("counter")
    counter.post(
        f"/api/v1/dossiers/{second}/links",
        {"dossier": first, "kind": "related"},
        version=installation.version_of(second),
    )
    told = counter.get(f"/api/v1/dossiers/{second}").json
    assert {one["key"]: one["office"] for one in told["offices"]} == {"intake": CENTRE, "handler": AUTHORITY}
    assert all(one["reason"]["vi"] for one in told["offices"])
    assert [one["code"] for one in told["links"]] == [first]
    assert [one["key"] for one in told["documents"]] == ["form", "card"]
    assert told["fees"][0]["vnd"] == 50_000
    assert told["time_left"]["vi"].startswith("Còn 5 ngày")
    assert {one["action"] for one in told["actions"] if one["allowed"]} == {"forward"}
    assert all(one["why"]["vi"] and one["why"]["en"] for one in told["actions"] if not one["allowed"])


def test_the_clock_is_explained_day_by_day(installation: ServedInstallation) -> None:
    code = installation.filed()["code"]
    told = installation.person("counter").get(f"/api/v1/dossiers/{code}/clock").json
    assert told["due_at"] == "2026-03-09T02:00:00Z"  # five working days later, the weekend left out
    assert told["trace"][0]["kind"] == "start"
    assert told["trace"][-1]["kind"] == "due"
    assert "skipped_weekend" in [line["kind"] for line in told["trace"]]
    assert told["remaining_minutes"] == 5 * 8 * 60


def test_counts_of_a_queue_equal_its_list(installation: ServedInstallation) -> None:
    for step in range(4):
        installation.filed(receive=step > 0)
    counts = installation.person("counter").get(f"/api/v1/reports/queues?office={CENTRE}").json["items"]
    for line in counts:
        listed = (
            installation.person("counter")
            .get(f"/api/v1/dossiers?holder_office={CENTRE}&state={line['state']}")
            .json["items"]
        )
        assert line["count"] == len(listed)
    assert sum(line["count"] for line in counts) == 4


def test_on_time_counts_late_and_running_late(tmp_path: Any) -> None:
    clock = {"now": NOW}
    installation = served_copy(tmp_path, now=lambda: clock["now"])
    on_time, late, running = (installation.filed()["code"] for _ in range(3))
    for code in (on_time, late, running):
        installation.act("counter", code, "forward")
        installation.act("specialist", code, "submit")
    installation.act("leader", on_time, "sign")
    clock["now"] = NOW + dt.timedelta(days=10)
    installation.act("leader", late, "sign")
    told = installation.person("specialist").get("/api/v1/reports/on-time?start=2026-03-01&end=2026-03-31").json
    assert told["items"] == [
        {
            "office": AUTHORITY,
            "office_name": told["items"][0]["office_name"],
            "finished": 2,
            "on_time": 1,
            "late": 1,
            "running_late": 1,
            "rate": 0.3333,
        }
    ]
    overdue = installation.person("specialist").get("/api/v1/dossiers?overdue=true").json["items"]
    assert [one["code"] for one in overdue] == [running]
    installation.close()


def test_the_register_lists_what_a_centre_received(installation: ServedInstallation) -> None:
    codes = [installation.filed()["code"] for _ in range(3)]
    installation.filed(receive=False)
    period = f"office={CENTRE}&start=2026-03-02&end=2026-03-02"
    assert [one["code"] for one in walk(installation, "counter", f"/api/v1/reports/register?{period}&limit=1")] == codes
    before = f"office={CENTRE}&start=2026-03-01&end=2026-03-01"
    assert installation.person("counter").get(f"/api/v1/reports/register?{before}").json["items"] == []


def test_public_lists_need_no_session(installation: ServedInstallation) -> None:
    anyone = installation.anyone()
    assert [one["procedure"] for one in anyone.get("/api/v1/procedures?q=xac nhan").json["items"]] == [PROCEDURE]
    assert anyone.get("/api/v1/procedures?on=2020-01-01").json["items"] == []
    one = anyone.get(f"/api/v1/procedures/{PROCEDURE}?province=79").json
    assert [field["key"] for field in one["fields"]] == ["land.commune", "purpose", "father"]
    assert anyone.get("/api/v1/procedures/9.9").status_code == 404
    assert [one["code"] for one in anyone.get("/api/v1/offices?receives=true&province=01").json["items"]] == [
        "TT-00070"
    ]
    pages = walk_public(installation, "/api/v1/offices?limit=2")
    assert len(pages) == 6
    resolved = anyone.get("/api/v1/units/resolve", query_string={"q": "P. Sài Gòn, Thành phố Hồ Chí Minh"}).json
    assert (resolved["outcome"], resolved["unit"]["code"]) == ("one", SAIGON)


def walk_public(installation: ServedInstallation, address: str) -> list[Any]:
    items: list[Any] = []
    while address:
        page = installation.anyone().get(address).json
        items += page["items"]
        address = f"/api/v1/offices?limit=2&after={page['next']}" if page["next"] else ""
    return items
