"""The first page: looking up a dossier by its two codes, and what it never gives away."""

from __future__ import annotations

import gzip
from typing import Any

import pytest

from tests.installation.served import open_installation
from tests.installation.trial_content import TRIAL
from tests.spoken import spoken
from tests.web.site import Site
from tests.web.visitor import Page, Visitor
from web.app import register_pages


def look_up(visitor: Visitor, code: str, receipt: str, status: int = 303, **more: Any) -> Page:
    return visitor.submit(visitor.get("/"), "/", status=status, code=code, receipt_code=receipt, **more)


def test_says_what_it_is_and_leads_to_the_centres(site: Site) -> None:
    page = site.nobody().get("/")
    assert page.soup.h1 is not None and page.soup.h1.get_text() == "Hồ sơ của bạn đến đâu rồi?"
    assert page.form("/trung-tam").find("input", attrs={"name": "noi"})
    english = site.nobody().get("/", lang="en")
    assert "Where is your dossier?" in english.text and "một cửa" not in english.text.replace("Một Cửa", "")


@pytest.mark.parametrize("written", ["as printed", "by hand"])
def test_the_two_codes_open_the_dossier(site: Site, written: str) -> None:
    filed, visitor = site.installation.filed(), site.nobody()
    code, receipt = filed["code"], filed["receipt_code"]
    if written == "by hand":
        code, receipt = code.lower().replace("-", " – "), receipt.lower().replace("-", " ")
    opened = look_up(visitor, code, receipt)
    assert opened.location == f"/h/{filed['code']}"
    assert filed["code"] in visitor.follow(opened).text


def test_a_wrong_code_and_an_unknown_dossier_are_answered_the_same(site: Site) -> None:
    filed = site.installation.filed()
    wrong = look_up(site.nobody(), filed["code"], "AAAAA-BBBBB", 404)
    unknown = look_up(site.nobody(), "H79.26740-260302-0000999", "AAAAA-BBBBB", 404)
    assert "Mã hồ sơ hoặc mã biên nhận không đúng" in wrong.text
    assert wrong.text.replace(filed["code"], "") == unknown.text.replace("H79.26740-260302-0000999", "")
    assert wrong.form("/").find(id="code")["value"] == filed["code"]  # type: ignore[index]
    assert "Set-Cookie" not in wrong.response.headers or "ho-so" not in wrong.response.headers["Set-Cookie"]


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("vi", ["Mã hồ sơ: chưa điền.", "Mã biên nhận: chưa điền."]),
        ("en", ["Dossier code: not filled in.", "Receipt code: not filled in."]),
    ],
)
def test_the_summary_names_the_fields_that_were_left_empty(site: Site, lang: str, said: list[str]) -> None:
    visitor = site.nobody()
    csrf = visitor.get("/").form("/").find("input", attrs={"name": "csrf"})["value"]  # type: ignore[index]
    again = visitor.post("/", status=422, headers={"Accept-Language": lang}, csrf=csrf)
    assert [one.get_text() for one in again.soup.select("#errors li")] == said


def test_the_work_is_the_same_whether_the_dossier_exists(site: Site) -> None:
    filed = site.installation.filed()
    said = []
    for code in (filed["code"], "H79.26740-260302-0000999"):
        visitor = site.nobody()
        page = visitor.get("/")
        with spoken(site.installation.runtime.database) as told:
            visitor.submit(page, "/", status=404, code=code, receipt_code="AAAAA-BBBBB")
        said.append(told)
    assert said[0] == said[1]


def test_guessing_is_limited_and_keeps_what_was_typed(tmp_path: Any) -> None:
    with TRIAL.copy("sqlite", tmp_path) as url:
        installation = open_installation(url, tmp_path, pages=register_pages, MOTCUA_RATE_LIMITS="1")
        site = Site(installation)
        filed = installation.filed()
        for _ in range(10):
            look_up(site.nobody(), filed["code"], "AAAAA-BBBBB", 404)
        held = look_up(site.nobody(), filed["code"], filed["receipt_code"], 429)
        assert held.form("/").find(id="code")["value"] == filed["code"]  # type: ignore[index]
        installation.close()


@pytest.mark.parametrize("then", ["//evil.example", "https://evil.example", "/quay", "/h/other/bo-sung"])
def test_leads_to_no_other_page_than_the_dossiers_own(site: Site, then: str) -> None:
    filed = site.installation.filed()
    assert look_up(site.nobody(), filed["code"], filed["receipt_code"], tiep=then).location == f"/h/{filed['code']}"


def test_a_closed_dossier_reveals_nothing_and_says_how_to_open_it(site: Site) -> None:
    filed = site.installation.filed()
    there = site.nobody().get(f"/h/{filed['code']}/phan-anh", status=404)
    absent = site.nobody().get("/h/H79.26740-260302-0000999/phan-anh", status=404)
    assert there.text.replace(filed["code"], "") == absent.text.replace("H79.26740-260302-0000999", "")
    assert there.form("/").find(id="code")["value"] == filed["code"]  # type: ignore[index]
    visitor = site.nobody()
    page = visitor.get(f"/h/{filed['code']}/phan-anh", status=404)
    opened = visitor.submit(page, "/", receipt_code=filed["receipt_code"])
    assert opened.location == f"/h/{filed['code']}/phan-anh"


def test_opening_a_link_changes_nothing(site: Site) -> None:
    filed = site.installation.filed()
    with spoken(site.installation.runtime.database) as told:
        site.applicant(filed).get(f"/h/{filed['code']}")
    assert {one.split()[0] for one in told} <= {"SELECT", "WITH", "BEGIN", "PRAGMA"}


def test_a_post_without_its_token_is_refused(site: Site) -> None:
    filed = site.installation.filed()
    site.nobody().post("/", status=403, code=filed["code"], receipt_code=filed["receipt_code"])


@pytest.mark.parametrize("path", ["/", "/trung-tam"])
def test_a_first_visit_weighs_little(site: Site, path: str) -> None:
    assert _weight(site.nobody(), path) < 50_000


def test_the_status_page_weighs_little(site: Site) -> None:
    filed = site.installation.filed()
    assert _weight(site.applicant(filed), f"/h/{filed['code']}") < 50_000


def _weight(visitor: Visitor, path: str) -> int:
    """The bytes of a page and everything that it loads, compressed; at most six requests, and none to another host."""
    page = visitor.get(path)
    loaded = [str(one["href"]) for one in page.soup.find_all("link")]
    assert not page.soup.find_all(["script", "img", "iframe", "style"])
    assert len(loaded) < 6 and all(one.startswith("/tinh/") for one in loaded)
    sizes = [len(visitor.client.get(one, headers={"Accept-Encoding": "gzip"}).data) for one in loaded]
    return len(gzip.compress(page.response.data)) + sum(sizes)
