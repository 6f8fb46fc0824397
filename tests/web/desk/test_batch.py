"""Batches on pages: begun from a list, their progress, stopping, and trying again what failed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.spoken import spoken
from tests.web.site import Site
from tests.web.visitor import Page, Visitor
from web.desk import batch


@pytest.fixture
def two(site: Site) -> list[str]:
    return [site.installation.filed()["code"] for _ in range(2)]


def begin(site: Site, codes: list[str], act: str, who: str = "counter", **more: Any) -> tuple[Visitor, Page]:
    visitor = site.person(who)
    page = visitor.get("/ho-so?pham-vi=tat-ca")
    marked = [box["value"] for box in page.soup.select("input[name=chon]") if str(box["value"]).split("@")[0] in codes]
    chosen = visitor.submit(page, "/ho-so/chon", status=200, chon=marked, viec=act)
    return visitor, visitor.submit(chosen, "/viec", **({"viec": act} | more))


def state(site: Site, code: str) -> str:
    told: dict[str, Any] = site.installation.person("counter").get(f"/api/v1/dossiers/{code}").json  # type: ignore[assignment] # JSON
    return str(told["state"])


def test_marked_dossiers_are_forwarded_and_the_page_says_so(site: Site, two: list[str]) -> None:
    visitor, begun = begin(site, two, "step:forward")
    page = visitor.follow(begun)
    assert "xong cả 2 hồ sơ" in page.text and page.soup.find("progress")["value"] == "2"  # type: ignore[index]
    assert [state(site, code) for code in two] == ["checking", "checking"]


def test_a_double_click_does_it_once(site: Site, two: list[str]) -> None:
    visitor = site.person("counter")
    page = visitor.get("/ho-so")
    chosen = visitor.submit(page, "/ho-so/chon", status=200, chon=[f"{two[0]}@2"], viec="")
    first = visitor.submit(chosen, "/viec", viec="claim")
    assert visitor.submit(chosen, "/viec", viec="claim").location == first.location
    assert visitor.get("/viec").text.count("Nhận xử lý: 1 hồ sơ") == 1


def test_a_refusal_is_listed_with_its_reason_and_tried_again(site: Site, two: list[str]) -> None:
    visitor = site.person("counter")
    chosen = visitor.submit(
        visitor.get("/ho-so"), "/ho-so/chon", status=200, chon=[f"{code}@1" for code in two], viec=""
    )
    page = visitor.follow(visitor.submit(chosen, "/viec", viec="step:forward"))
    assert "0 xong, 2 không được" in page.text and "stale" in page.text and two[0] in page.text
    action = page.soup.find("button", string=lambda text: text is not None and "Thử lại" in text)
    path = page.response.request.path
    assert action is not None or "Thử lại 2 hồ sơ" in page.text
    again = visitor.follow(visitor.submit(page, f"{path}/thu-lai"))
    assert "xong cả 2 hồ sơ" in again.text


def test_what_needs_a_person_asks_for_one(site: Site, two: list[str]) -> None:
    site.installation.act("counter", two[0], "forward")
    visitor = site.person("leader")
    page = visitor.get("/ho-so")
    chosen = visitor.submit(page, "/ho-so/chon", status=200, chon=[f"{two[0]}@3"], viec="assign")
    people = [one.get_text() for one in chosen.soup.select("select[name=nguoi] option")]
    assert people == ["Người colleague", "Người specialist"]
    person = chosen.soup.select("select[name=nguoi] option")[0]["value"]
    done = visitor.follow(visitor.submit(chosen, "/viec", nguoi=person, ly_do="Phân công lại"))
    assert "Giao cho Người colleague" in done.text and "xong cả 1" in done.text
    assert f"Anh/chị được giao hồ sơ này {two[0]}" in site.person("colleague").get("/quay").text


def test_a_batch_that_waits_can_be_stopped_gone_on_with_and_survives_a_reload(
    site: Site, two: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "SECONDS", 0.0)  # nothing is done in the request that asks
    visitor, begun = begin(site, two, "claim")
    page = visitor.follow(begun)
    assert "0 xong, 0 không được, còn 2" in page.text and page.soup.select_one("[data-poll='2']") is not None
    assert visitor.get(begun.location).text == page.text
    stopped = visitor.follow(visitor.submit(page, f"{begun.location}/dung"))
    assert "2 đã dừng" in stopped.text
    waiting = visitor.follow(visitor.submit(stopped, f"{begun.location}/thu-lai"))
    assert "còn 2" in waiting.text
    assert "xong cả 2" in visitor.follow(visitor.submit(waiting, f"{begun.location}/lam-tiep")).text


def test_it_is_nobody_elses(site: Site, two: list[str]) -> None:
    _, begun = begin(site, two, "claim")
    site.person("leader").get(begun.location, status=404)
    csrf = site.person("leader").get("/quay").soup.find("input", attrs={"name": "csrf"})["value"]  # type: ignore[index]
    for act in ("dung", "thu-lai", "lam-tiep"):
        site.person("leader").post(f"{begun.location}/{act}", status=404, csrf=csrf, key="k" * 24)
    site.person("counter").get(f"{begun.location}/dung", status=405)
    site.person("counter").post(f"{begun.location}/dung", status=403)
    site.person("counter").get("/viec/999999", status=404)


def test_an_empty_list_of_batches_says_what_to_do(site: Site) -> None:
    assert "Chưa có việc hàng loạt nào" in site.person("counter").get("/viec").text
    assert "There are no batches yet" in site.person("counter").get("/viec", lang="en").text


def test_the_statements_of_its_page_are_few(both_sites: Site) -> None:
    codes = [both_sites.installation.filed()["code"] for _ in range(3)]
    visitor, begun = begin(both_sites, codes, "claim")
    with spoken(both_sites.installation.database) as told:
        visitor.follow(begun)
    assert len(told) <= 10
