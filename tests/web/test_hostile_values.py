"""Names, reasons, file names and browsers that hold markup are shown as what they are, on every page."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from server.identity import Access
from tests.file_samples import pdf
from tests.installation.served import ServedInstallation, open_installation
from tests.installation.trial_content import PASSWORD, TRIAL, filing
from tests.web.routes import routes
from tests.web.site import Site
from tests.web.visitor import Page, Visitor
from web.app import register_pages

MARK = "x-hostile-x"
HOSTILE = f"</title></textarea><script>{MARK}()</script><img src={MARK} onerror={MARK}()>\"'><b>{{{{7*7}}}}"
PDF = pdf()


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]  # a site for all tests of the file
    folder: Path = tmp_path_factory.mktemp("hostile")
    with TRIAL.copy("sqlite", folder) as url:
        installation = open_installation(url, folder, pages=register_pages, MOTCUA_SECOND_FACTOR="0")
        yield Site(installation), _filed(installation)
        installation.close()


def _filed(installation: ServedInstallation) -> dict[str, str]:
    body = filing()
    body["applicant"] |= {"name": f"Nguyễn {HOSTILE}"[:190], "address": HOSTILE}
    body["fields"] |= {"purpose": HOSTILE, "father": HOSTILE}
    filed = installation.filed(**{name: body[name] for name in ("applicant", "fields")})
    counter = installation.person("counter")
    where = f"/api/v1/dossiers/{filed['code']}/documents"
    sent = {"key": "form", "original": "1", "file": (io.BytesIO(PDF), f"<img src={MARK}>.pdf")}
    counter.post(where, data=sent, content_type="multipart/form-data", key="hostile-upload-1")
    counter.post(f"/api/v1/dossiers/{filed['code']}/notes", {"text": HOSTILE})
    return filed


def _is_harmless(page: Page, where: str) -> None:
    html = str(page.soup)
    for one in page.soup.find_all(True):
        assert not any(name.startswith("on") or name == "style" for name in one.attrs), f"{where}: {one}"
        for name in ("src", "href", "action", "formaction"):
            assert not str(one.get(name, "/")).startswith(("javascript:", "data:", "//", "http:")), f"{where}: {one}"
            assert str(one.get(name, "")) != MARK, f"{where}: {one}"
    assert all(script.get("src", "").startswith("/tinh/") for script in page.soup.find_all("script")), where
    if MARK in html:
        assert "{{7*7}}" in page.soup.get_text() or "7*7" not in html, f"{where}: a template in a value ran"


def _looked_at(visitor: Visitor, path: str) -> Page | None:
    answer = visitor.client.get(path)
    if answer.status_code >= 500:
        raise AssertionError(f"{path}: {answer.status_code}")
    if answer.mimetype != "text/html":
        return None
    return visitor.get(path, status=answer.status_code)


def test_every_page_shows_hostile_values_as_text(hostile: tuple[Site, dict[str, str]]) -> None:
    site, filed = hostile
    seen = 0
    for route in routes(site.installation.app):
        if route.method == "POST" or route.rule == "/h/<token>":
            continue
        path = route.path({"code": filed["code"]})
        staff = [site.person("counter"), site.person("leader")]
        for visitor in [site.applicant(filed)] if route.access is Access.LINK else staff:
            page = _looked_at(visitor, path)
            if page is not None:
                _is_harmless(page, route.named)
                seen += 1
    assert seen > 5


@pytest.mark.parametrize("name", ["username", "password", "tiep", "lang", "otp", "khong-co"])
def test_what_was_typed_is_shown_again_as_text(hostile: tuple[Site, dict[str, str]], name: str) -> None:
    site, _ = hostile
    visitor = site.nobody()
    csrf = visitor.get("/dang-nhap").soup.find("input", attrs={"name": "csrf"})["value"]  # type: ignore[index]
    for path in ("/dang-nhap", "/ngon-ngu", "/dang-nhap/ma-xac-thuc"):
        sent = {"csrf": csrf, "username": "counter", "password": "sai", name: HOSTILE}
        answer = visitor.client.post(path, data=sent)
        assert answer.status_code < 500
        assert f"<img src={MARK}" not in answer.get_data(as_text=True), path


def test_a_hostile_address_query_and_browser_are_shown_as_text(hostile: tuple[Site, dict[str, str]]) -> None:
    site, _ = hostile
    visitor = site.nobody()
    csrf = visitor.get("/dang-nhap").soup.find("input", attrs={"name": "csrf"})["value"]  # type: ignore[index]
    sent = {"csrf": csrf, "username": "counter", "password": PASSWORD}
    signed = visitor.client.post("/dang-nhap", data=sent, headers={"User-Agent": f"Chrome/1 {HOSTILE}"})
    assert signed.status_code == 303
    for path in ("/tai-khoan", f"/khong-co/{HOSTILE}", f"/quay?x={HOSTILE}", f"/dang-nhap?tiep={HOSTILE}"):
        answer = visitor.client.get(path, headers={"Referer": HOSTILE})
        assert f"<img src={MARK}" not in answer.get_data(as_text=True), path
        assert "\n" not in answer.headers.get("Location", "")


@pytest.mark.parametrize(
    "where",
    [
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/\n/evil.example",
        " //evil.example",
        "/%0d%0aSet-Cookie:x=1\r\nX: y",
        "///evil.example",
        "data:text/html,x",
        "",
        "quay",
        "/..//evil.example",
    ],
)
def test_no_address_leads_to_another_site(hostile: tuple[Site, dict[str, str]], where: str) -> None:
    site, _ = hostile
    visitor = site.nobody()
    page = visitor.get("/dang-nhap")
    language = visitor.submit(page, "/ngon-ngu", lang="en", tiep=where)
    signed = visitor.submit(page, "/dang-nhap", username="counter", password=PASSWORD, tiep=where)
    for answer in (language, signed):
        to = answer.location
        assert to.startswith("/") and not to.startswith(("//", "/\\")) and "\\" not in to and "\n" not in to, to
        assert "evil.example" not in to or to == "/..//evil.example", to


@pytest.mark.parametrize("number", ["²", "9" * 30, "9" * 5000, "-1", "１"])
def test_a_number_in_an_address_or_a_form_is_plain_and_bounded(
    hostile: tuple[Site, dict[str, str]], number: str
) -> None:
    site, filed = hostile
    visitor, where = site.person("counter"), f"/ho-so/{filed['code']}"
    csrf = visitor.get("/quay").soup.find("input", attrs={"name": "csrf"})["value"]  # type: ignore[index]
    for path, name in ((where, "den"), (f"{where}/giay-to/1", "trang")):
        assert visitor.client.get(path, query_string={name: number}).status_code < 500, path
    keys = {"csrf": csrf, "key": "k" * 24, "draft": "d" * 24}
    for path, fields in (
        ("/quay/tiep-nhan/tep/bo", {"tep": number}),
        ("/viec", {"chon": f"{filed['code']}@{number}", "viec": "assign", "nguoi": number}),
        (f"/ky/{filed['code']}/xem", {"document": number}),
        ("/xac-minh/1/tep", {"document": number}),
    ):
        assert 400 <= visitor.client.post(path, data={**keys, **fields}).status_code < 500, path
