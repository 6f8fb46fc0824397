"""The handbook in the product: every chapter in both languages, without markup of its own, linked from each page."""

from __future__ import annotations

import re

import pytest

from tests.web.site import Site
from web.help import book
from web.help.where import help_for, section_for
from web.pages import Pages

LANGUAGES = ("vi", "en")


def test_every_chapter_has_the_same_sections_in_both_languages() -> None:
    for name in book.CHAPTERS:
        vi, en = (book.chapter(name, language) for language in LANGUAGES)
        assert [one.name for one in vi.sections] == [one.name for one in en.sections]
        assert vi.title != en.title and len(vi.sections) > 5
        assert all(one.title and one.text for one in (*vi.sections, *en.sections))


@pytest.mark.parametrize("name", book.CHAPTERS)
def test_a_chapter_is_shown_with_its_sections_and_pictures(site: Site, name: str) -> None:
    for language in LANGUAGES:
        page = site.nobody().get(f"/tro-giup/{name}", lang=language)
        chapter = book.chapter(name, language)
        assert page.soup.h1 is not None and page.soup.h1.get_text() == chapter.title
        assert {one["id"] for one in page.soup.find_all("section")} >= {one.name for one in chapter.sections}
        for picture in page.soup.find_all("img"):
            assert picture["alt"] and picture["width"], picture
            answer = site.nobody().client.get(str(picture["src"]))
            assert answer.mimetype == "image/webp" and 0 < len(answer.data) < 60_000, picture["src"]
        for link in page.soup.select("main a[href^='/tro-giup']"):
            assert site.nobody().client.get(str(link["href"])).status_code == 200, link


def test_nothing_else_is_a_chapter_or_a_picture(site: Site) -> None:
    for path in ("/tro-giup/none", "/tro-giup/hinh/vi/none.webp", "/tro-giup/hinh/vi/..%2fclerk.md"):
        site.nobody().get(path, status=404)


def test_what_is_written_is_no_markup() -> None:
    shown = str(book._html("a <script>alert(1)</script> [b](javascript:alert(1)) `c`"))
    assert "<script" not in shown and 'href="javascript' not in shown and "<kbd>c</kbd>" in shown


def test_a_document_beside_the_handbook_is_named_and_leads_nowhere() -> None:
    shown = str(book._html("see [the lesson](../../tutorial.md) and [here](clerk.md#today)"))
    assert "<em>the lesson</em>" in shown and 'href="/tro-giup/clerk#today"' in shown and "tutorial.md" not in shown


def test_every_page_leads_to_the_section_about_it(site: Site) -> None:
    app = site.installation.app
    sections = {f"{name}#{one.name}" for name in book.CHAPTERS for one in book.chapter(name, "vi").sections}
    lost = []
    for rule in app.url_map.iter_rules():
        if app.view_functions[rule.endpoint] in Pages.ACCESS and "GET" in (rule.methods or ()):
            path = re.sub(r"<[^>]+>", "x1", rule.rule)
            if not rule.rule.startswith("/tro-giup") and section_for(path) not in sections:
                lost.append(rule.rule)
    assert lost == []


def test_the_link_stands_on_the_page(site: Site) -> None:
    desk = site.person("counter").get("/quay")
    assert desk.soup.find("a", attrs={"href": help_for("/quay")}) is not None
    applicant = site.nobody().get("/dang-nhap")
    assert applicant.soup.find("a", attrs={"href": "/tro-giup/clerk#sign-in"}) is not None
