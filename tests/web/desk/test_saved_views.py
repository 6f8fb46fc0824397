"""Saved views on pages: saved from a list, shown as tabs, renamed, shared, deleted."""

from __future__ import annotations

from tests.installation.trial_content import AUTHORITY
from tests.web.site import Site


def test_a_list_is_saved_and_stands_among_the_tabs(site: Site) -> None:
    visitor = site.person("specialist")
    page = visitor.get("/ho-so/bo-loc?truy_van=hang%3Dqua-han%26giu%3Dchua-ai%26sau%3Dabc")
    saved = visitor.submit(page, "/ho-so/bo-loc", ten="Trễ, chưa ai nhận")
    assert saved.location == "/ho-so?hang=qua-han&giu=chua-ai"
    shown = visitor.follow(saved)
    tab = next(one for one in shown.soup.select(".tabs a") if "Trễ, chưa ai nhận" in one.text)
    assert tab["aria-current"] == "page" and tab["href"] == saved.location
    assert "Trễ, chưa" not in site.person("colleague").get("/ho-so").text


def test_it_is_shared_renamed_and_deleted(site: Site) -> None:
    visitor = site.person("specialist")
    visitor.submit(visitor.get("/ho-so/bo-loc"), "/ho-so/bo-loc", ten="Chung", co_quan=AUTHORITY)
    assert "Chung" in site.person("colleague").get("/ho-so").text
    page = visitor.get("/ho-so/bo-loc")
    place = next(str(one["action"]) for one in page.soup.select("form[action^='/ho-so/bo-loc/']"))
    page = visitor.follow(visitor.submit(page, place, ten="Của riêng", co_quan=""))
    assert "Của riêng" in page.text and "Của riêng" not in site.person("colleague").get("/ho-so").text
    gone = visitor.follow(visitor.submit(page, f"{place}/xoa"))
    assert "Chưa lưu bộ lọc nào" in gone.text


def test_a_refused_name_is_said_at_the_field_and_kept(site: Site) -> None:
    visitor = site.person("specialist")
    page = visitor.get("/ho-so/bo-loc?truy_van=hang%3Dqua-han")
    again = visitor.submit(page, "/ho-so/bo-loc", status=422, ten="x" * 81)
    assert again.soup.select_one("#errors") is not None
    assert again.form("/ho-so/bo-loc").find("input", attrs={"name": "ten"})["value"] == "x" * 81  # type: ignore[index]
    assert again.form("/ho-so/bo-loc").find("input", attrs={"name": "truy_van"})["value"] == "hang=qua-han"  # type: ignore[index]


def test_a_view_of_others_is_neither_changed_nor_deleted(site: Site) -> None:
    visitor, colleague = site.person("specialist"), site.person("colleague")
    visitor.submit(visitor.get("/ho-so/bo-loc"), "/ho-so/bo-loc", ten="Chung", co_quan=AUTHORITY)
    csrf = colleague.get("/quay").soup.find("input", attrs={"name": "csrf"})["value"]  # type: ignore[index]
    assert not colleague.get("/ho-so/bo-loc").soup.select("form[action^='/ho-so/bo-loc/']")
    colleague.post("/ho-so/bo-loc/1", status=403, csrf=csrf, key="k" * 24, ten="Khác")
    colleague.post("/ho-so/bo-loc/1/xoa", status=403, csrf=csrf, key="l" * 24)
    site.person("counter").get("/ho-so/bo-loc", lang="en")
