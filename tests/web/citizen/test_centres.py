"""The centres and support points: found by a place, in a province, and each with hours and procedures."""

from __future__ import annotations

import pytest

from tests.installation.trial_content import CENTRE, OTHER_CENTRE
from tests.web.site import Site


@pytest.mark.parametrize("typed", ["Phường Sài Gòn", "phuong sai gon", "12 Lê Lợi, phường Sài Gòn, TP.HCM"])
def test_a_place_is_found_with_and_without_accents(site: Site, typed: str) -> None:
    visitor = site.nobody()
    page = visitor.get("/trung-tam", query_string={"noi": typed})
    assert page.soup.find("a", href=f"/trung-tam/{CENTRE}") and not page.soup.find(
        "a", href=f"/trung-tam/{OTHER_CENTRE}"
    )
    assert page.form("/trung-tam").find(id="noi")["value"] == typed  # type: ignore[index]


def test_an_unknown_place_says_what_to_try(site: Site) -> None:
    page = site.nobody().get("/trung-tam", query_string={"noi": "<b>Atlantis</b>"})
    assert "Không tìm thấy nơi nào" in page.text and not page.soup.find("b", string="Atlantis")


def test_a_province_lists_its_centres(site: Site) -> None:
    page = site.nobody().get("/trung-tam")
    link = page.soup.find("a", href="/trung-tam?tinh=79")
    assert link is not None
    listed = site.nobody().get("/trung-tam?tinh=79")
    assert listed.soup.find("a", href=f"/trung-tam/{CENTRE}") and listed.soup.find(
        "a", href=f"/trung-tam/{OTHER_CENTRE}"
    )
    site.nobody().get("/trung-tam?tinh=99", status=404)


def test_a_centre_shows_hours_and_what_it_receives(site: Site) -> None:
    page = site.nobody().get(f"/trung-tam/{CENTRE}")
    assert "Thứ Hai – thứ Sáu" in page.text and "Xác nhận thử nghiệm" in page.text and "Đang mở cửa" in page.text
    english = site.nobody().get(f"/trung-tam/{CENTRE}", lang="en")
    assert "Monday – Friday" in english.text and "Trial confirmation" in english.text


def test_an_office_that_receives_nothing_has_no_page(site: Site) -> None:
    for code in ("UB-26740", "TT-00000", "x" * 300):
        site.nobody().get(f"/trung-tam/{code}", status=404)


def test_a_very_long_text_is_cut_off(site: Site) -> None:
    site.nobody().get("/trung-tam", query_string={"noi": "a" * 3000})
