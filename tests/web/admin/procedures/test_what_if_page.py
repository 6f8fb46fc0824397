"""What if: a version, a plan and a draft tried on the past, by its address alone; a figure kept with its plan."""

from __future__ import annotations

import datetime as dt
from urllib.parse import parse_qs, urlsplit

import pytest

from engine.acts.versions.drafts import plan_version
from engine.queries import what_if as queries
from engine.queries.version_drafts import plan_made
from engine.rules.versions.fates import Orders
from tests.installation.later_land import reviewed
from tests.installation.lived import asked, live
from tests.installation.short_releases import LAND
from tests.installation.trial_release import PROCEDURE
from tests.web.admin.drafted import made_from_version, place_of, without_errors
from tests.web.desk.conftest import Office
from tests.web.site import Site
from web.admin.procedures import what_if as page_

HERE = f"/quan-tri/thu-tuc/{LAND}/neu-nhu"


@pytest.fixture
def lived(office: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    """An office with a past of three weeks; three past dossiers are enough, and the last 18 days are held out."""
    monkeypatch.setattr(queries, "FEWEST", 3)
    monkeypatch.setattr(page_, "FEWEST", 3)
    monkeypatch.setattr(page_, "HELD_DAYS", 18)
    live(office.world)
    office.world.at("2026-03-30 09:00")
    return office


def told(page: object) -> str:
    return page.text.replace("\xa0", " ")  # type: ignore[attr-defined]


def test_the_page_asks_first_and_computes_what_its_address_says(lived: Office) -> None:
    admin = lived.person("admin")
    empty = admin.get(HERE)
    assert "Chưa thử phiên bản nào" in empty.text and not empty.soup.select("#ty-le")
    assert admin.get(f"/quan-tri/thu-tuc/{LAND}").soup.find("a", href=HERE) is not None
    version = lived.world.runtime.catalogue.current(LAND, dt.date(2026, 3, 30)).release.version
    address = f"{HERE}?thu=v{version}&so=1000&hat=3"
    page = admin.get(address)
    assert page.soup.select_one("#ty-le svg title") is not None and page.soup.select("#buoc tbody tr")
    assert page.soup.select_one("#ty-le table") is not None
    assert "nút thắt" in page.text and "điểm phần trăm" in told(page)
    assert "Hiện nay" in page.text and page.soup.select_one("#hat")["value"] == "3"  # type: ignore[index]
    assert admin.get(address).soup.select_one("#ty-le").get_text() == page.soup.select_one("#ty-le").get_text()  # type: ignore[union-attr]


def test_a_version_like_the_present_one_with_todays_people_has_the_same_share(lived: Office) -> None:
    version = lived.world.runtime.catalogue.current(LAND, dt.date(2026, 3, 30)).release.version
    cells = lived.person("admin").get(f"{HERE}?thu=v{version}").soup.select("#ty-le tbody tr")
    today, tried = ([cell.get_text() for cell in row.select("td")] for row in cells)
    assert today == tried
    fewer = lived.person("admin").get(f"{HERE}?thu=v{version}&nguoi=-1&vai-tro=specialist&den=200")
    assert fewer.soup.select_one("#nguoi option[selected]")["value"] == "-1"  # type: ignore[index]


def test_what_the_address_says_wrongly_counts_as_not_said(lived: Office) -> None:
    admin = lived.person("admin")
    for odd in ("thu=v99", "thu=ke-hoach-7", "thu=nhap-9", "thu=%C2%B2&so=7", "thu=v" + "9" * 500):
        assert "Chưa thử phiên bản nào" in admin.get(f"{HERE}?{odd}").text
    version = lived.world.runtime.catalogue.current(LAND, dt.date(2026, 3, 30)).release.version
    odd = f"thu=v{version}&nguoi=-99999999999&vai-tro=zz&so=99999999&hat=x&ky=1&den=0&co-quan=zz"
    assert admin.get(f"{HERE}?{odd}").soup.select_one("#ty-le") is not None


def test_too_few_dossiers_are_said_and_no_error(office: Office) -> None:
    version = office.world.runtime.catalogue.current(LAND, office.world.now.date()).release.version
    page = office.person("admin").get(f"{HERE}?thu=v{version}")
    assert "dự báo cần ít nhất 10" in page.text and page.soup.select_one("#tu-choi") is not None


def test_a_figure_is_kept_with_its_plan_and_leads_back(lived: Office) -> None:
    world = lived.world
    number = plan_version(world.runtime, world.actor("admin"), reviewed(), Orders())
    admin, plan = lived.person("admin"), f"/quan-tri/ke-hoach/nhap/{number}"
    link = admin.get(plan).soup.select_one("#neu-nhu a")
    assert link is not None and link["href"] == f"{HERE}?thu=ke-hoach-{number}"
    digest = asked(world, world.actor("admin"), plan_made, number).digest
    page = admin.get(f"{HERE}?thu=ke-hoach-{number}&so=1000")
    assert "Thẩm tra" in page.text
    kept = admin.follow(admin.submit(page, page.soup.select_one("#ty-le form")["action"]))  # type: ignore[index,arg-type]
    assert kept.response.request.path == plan and "Đã lưu con số này" in kept.text
    made = asked(world, world.actor("admin"), plan_made, number)
    assert made.digest == digest and made.forecast is not None and 0 <= made.forecast.low <= made.forecast.after
    again = urlsplit(str(kept.soup.select_one("#neu-nhu a")["href"]))  # type: ignore[index]
    assert again.path == HERE and parse_qs(again.query)["so"] == ["1000"]
    listed = admin.get("/quan-tri/ke-hoach")
    assert "đúng hạn" in listed.soup.select_one("#cho").get_text()  # type: ignore[union-attr]
    assert admin.get(f"{plan}").soup.select_one("#ap-dung") is not None


def test_only_a_plan_keeps_a_figure_and_only_administrators_come_here(lived: Office) -> None:
    admin = lived.person("admin")
    version = lived.world.runtime.catalogue.current(LAND, dt.date(2026, 3, 30)).release.version
    page = admin.get(f"{HERE}?thu=v{version}")
    assert page.soup.select_one("#ty-le form") is None
    for who in ("counter", "leader", "monitor"):
        lived.person(who).get(HERE, status=403)
    lived.nobody().get(HERE, status=303)
    admin.get("/quan-tri/thu-tuc/9.999/neu-nhu", status=404)


def test_a_draft_of_the_editor_is_tried_once_it_has_no_errors(site: Site) -> None:
    admin = site.person("admin")
    editor = made_from_version(admin)
    number = place_of(editor).rpartition("/")[2]
    tries = f"/quan-tri/thu-tuc/{PROCEDURE}/neu-nhu?thu=nhap-{number}"
    refused = admin.get(tries)
    assert "Bản nháp còn lỗi" in refused.text
    assert refused.soup.select_one("#tu-choi a")["href"] == place_of(editor)  # type: ignore[index]
    saved = admin.follow(admin.submit(editor, place_of(editor), text=without_errors(editor)))
    assert saved.soup.find("a", href=tries) is not None
    assert "dự báo cần ít nhất 10" in admin.get(tries).text
