"""Answering a request: files one after another, values of the form, what was accepted kept, sent once."""

from __future__ import annotations

import io
from typing import Any

import pytest
from bs4 import Tag

from tests.installation.filings import PDF
from tests.installation.trial_content import SAIGON
from tests.spoken import spoken
from tests.web.site import Site
from tests.web.visitor import Page, Visitor

ASKS = {"documents": ["card", "form"], "fields": ["purpose", "land.commune"]}


def asked(site: Site, asks: dict[str, Any] | None = None) -> dict[str, Any]:
    """A dossier in which the office waits for the applicant."""
    filed = site.installation.filed()
    site.installation.act("counter", filed["code"], "forward")
    more = {"asks": asks} if asks else {}
    site.installation.act("specialist", filed["code"], "ask", reason="Ảnh bị mờ.", **more)
    return filed


def file(name: str = "can-cuoc.pdf", content: bytes = PDF) -> tuple[io.BytesIO, str]:
    return io.BytesIO(content), name


def path(filed: dict[str, Any]) -> str:
    return f"/h/{filed['code']}/bo-sung"


def come(page: Page) -> list[str]:
    """The names of the files that the page says have come."""
    return [one.get_text() for one in page.soup.select("form .notice-good strong")]


def state(site: Site, filed: dict[str, Any]) -> str:
    answer = site.installation.person("counter").get(f"/api/v1/dossiers/{filed['code']}")
    return str(answer.json["state"])


def papers(site: Site, filed: dict[str, Any]) -> list[str]:
    answer = site.installation.person("counter").get(f"/api/v1/dossiers/{filed['code']}/documents")
    return [one["file_name"] for one in answer.json["items"] if one["file_name"]]


def test_shows_what_is_asked_and_nothing_else(site: Site) -> None:
    filed = asked(site, ASKS)
    page = site.applicant(filed).get(path(filed))
    form = page.form(path(filed))
    names = [one["name"] for one in form.find_all(["input", "textarea", "select"]) if one.get("type") != "hidden"]
    assert names == ["file.card", "file.form", "fields.purpose", "fields.land.commune", "message"]
    assert "Ảnh bị mờ." in page.text
    labels = {one["for"] for one in form.find_all("label")}
    assert labels == set(names) and "vay vốn" not in page.response.text


def test_everything_in_one_go(site: Site) -> None:
    filed = asked(site, ASKS)
    visitor = site.applicant(filed)
    values = {"fields.purpose": "Vay vốn", "fields.land.commune": "phuong sai gon"}
    files = {"file.card": file(), "file.form": file("to-khai.pdf")}
    sent = visitor.submit(visitor.get(path(filed)), path(filed), do="send", message="Đã chụp lại.", **values, **files)
    assert sent.location == f"/h/{filed['code']}"
    assert "Chúng tôi đã nhận phần bổ sung" in visitor.follow(sent).text
    assert state(site, filed) == "checking"
    assert papers(site, filed) == ["can-cuoc.pdf", "to-khai.pdf"]
    dossier = site.installation.person("counter").get(f"/api/v1/dossiers/{filed['code']}").json
    assert dossier["fields"]["purpose"] == "Vay vốn" and dossier["fields"]["land.commune"] == SAIGON


def test_what_was_accepted_is_kept_and_named_when_another_file_fails(site: Site) -> None:
    filed = asked(site, ASKS)
    visitor = site.applicant(filed)
    files = {"file.card": file(), "file.form": file("anh.pdf", b"MZ this is a program")}
    again = visitor.submit(visitor.get(path(filed)), path(filed), status=422, do="send", message="Xin xem.", **files)
    assert come(again) == ["can-cuoc.pdf"] and papers(site, filed) == ["can-cuoc.pdf"]
    assert state(site, filed) == "supplement"
    summary = again.soup.find(id="errors")
    assert isinstance(summary, Tag) and summary.find("a", href="#file.form") and "anh.pdf" in summary.get_text()
    message = again.soup.find(id="message")
    assert isinstance(message, Tag) and message.get_text() == "Xin xem."
    mended = visitor.submit(again, path(filed), do="send", **{"file.form": file("anh.pdf")})
    assert mended.location == f"/h/{filed['code']}" and state(site, filed) == "checking"


def test_files_come_one_after_another(site: Site) -> None:
    filed = asked(site, ASKS)
    visitor = site.applicant(filed)
    first = visitor.submit(visitor.get(path(filed)), path(filed), do="keep", **{"file.card": file()})
    assert first.location == path(filed)
    page = visitor.follow(first)
    assert come(page) == ["can-cuoc.pdf"] and "Đã nhận 1 tệp" in page.text
    second = visitor.submit(page, path(filed), do="send", **{"file.form": file("to-khai.pdf")})
    assert second.location == f"/h/{filed['code']}" and len(papers(site, filed)) == 2


def test_a_missing_paper_is_named_and_may_be_brought_on_paper(site: Site) -> None:
    filed = asked(site, ASKS)
    visitor = site.applicant(filed)
    again = visitor.submit(visitor.get(path(filed)), path(filed), status=422, do="send", **{"file.card": file()})
    assert "Tờ khai: chưa có tệp" in again.text and state(site, filed) == "supplement"
    sent = visitor.submit(again, path(filed), do="send", on_paper="1")
    assert sent.location == f"/h/{filed['code']}" and state(site, filed) == "checking"


@pytest.mark.parametrize("button", ["keep", "send"])
def test_a_double_click_keeps_and_sends_once(site: Site, button: str) -> None:
    filed = asked(site, {"documents": ["card"], "fields": []})
    visitor = site.applicant(filed)
    page = visitor.get(path(filed))
    one = visitor.submit(page, path(filed), do=button, **{"file.card": file()})
    two = visitor.submit(page, path(filed), do=button, **{"file.card": file()})
    assert one.location == two.location and papers(site, filed) == ["can-cuoc.pdf"]
    acts = site.installation.person("counter").get(f"/api/v1/dossiers/{filed['code']}/journal").json["items"]
    assert [entry["act"] for entry in acts].count("answer") == (button == "send")


def test_a_place_that_is_no_commune_keeps_what_was_typed(site: Site) -> None:
    filed = asked(site, {"documents": [], "fields": ["land.commune"]})
    visitor = site.applicant(filed)
    again = visitor.submit(
        visitor.get(path(filed)), path(filed), status=422, do="send", **{"fields.land.commune": "Atlantis"}
    )
    field = again.soup.find(id="fields.land.commune")
    assert isinstance(field, Tag) and field["value"] == "Atlantis" and field["aria-invalid"] == "true"
    assert state(site, filed) == "supplement"


def test_without_a_list_the_applicant_chooses(site: Site) -> None:
    filed = asked(site)
    visitor = site.applicant(filed)
    page = visitor.get(path(filed))
    assert page.soup.find(id="file.other")
    visitor.submit(page, path(filed), do="send", **{"file.other": file("them.pdf")})
    assert papers(site, filed) == ["them.pdf"] and state(site, filed) == "checking"


def test_where_nothing_is_asked_the_page_leads_back(site: Site) -> None:
    filed = site.installation.filed()
    visitor = site.applicant(filed)
    assert visitor.get(path(filed), status=303).location == f"/h/{filed['code']}"
    visitor.post(path(filed), status=403, do="send", action="answer")


def test_only_the_holder_of_the_link_sends(site: Site) -> None:
    filed = asked(site, ASKS)
    stranger: Visitor = site.nobody()
    stranger.post(path(filed), status=404, do="send", **{"file.card": file()})
    site.person("counter").get(path(filed), status=404)
    assert papers(site, filed) == []


def test_reading_asks_the_database_three_times(both_sites: Site) -> None:
    filed = asked(both_sites, ASKS)
    visitor = both_sites.applicant(filed)
    visitor.get(path(filed))
    with spoken(both_sites.installation.runtime.database) as told:
        visitor.get(path(filed))
    assert len([one for one in told if one != "BEGIN"]) <= 4
