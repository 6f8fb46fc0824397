"""What every page stands on: forged requests, headers, languages, errors."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.installation.served import open_installation
from tests.web.site import Site
from tests.web.visitor import Visitor
from web.app import register_pages


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_a_post_of_another_site_is_refused(site: Site, headers: dict[str, str]) -> None:
    visitor = site.person("counter")
    csrf = visitor.get("/quay").soup.find("input", attrs={"name": "csrf"})["value"]  # type: ignore[index]
    refused = visitor.post("/dang-xuat", status=403, headers=headers, csrf=csrf)
    assert "foreign-request" in refused.text
    assert visitor.get("/quay").status == 200


@pytest.mark.parametrize("csrf", ["", "x", "AAAA", "ăâ"])
def test_a_post_without_its_token_is_refused(site: Site, csrf: str) -> None:
    visitor = site.person("counter")
    visitor.post("/dang-xuat", status=403, csrf=csrf)
    assert visitor.get("/quay").status == 200


def test_a_page_that_was_open_while_the_secrets_changed_is_still_good(site: Site, tmp_path: Path) -> None:
    visitor, runtime = site.person("counter"), site.installation.runtime
    csrf = visitor.get("/quay").soup.find("input", attrs={"name": "csrf"})["value"]  # type: ignore[index]
    keys = ("f" * 64, *runtime.settings.secret_keys)
    url = str(runtime.database.url.render_as_string(hide_password=False))
    for given, status in ((keys, 303), (keys[:1], 403)):
        later = open_installation(url, tmp_path, pages=register_pages, MOTCUA_SECRET_KEYS=",".join(given))
        later_visitor = Visitor(later.app, visitor.token)
        later_visitor.post("/ngon-ngu", status=status, csrf=csrf, lang="en")
        later.close()


def test_the_token_of_another_session_is_refused(site: Site) -> None:
    csrf = site.person("leader").get("/quay").soup.find("input", attrs={"name": "csrf"})["value"]  # type: ignore[index]
    site.person("counter").post("/dang-xuat", status=403, csrf=csrf)


def test_a_form_made_before_the_secret_was_replaced_is_still_taken(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    visitor, keys = site.person("counter"), site.installation.runtime.settings.keys
    before = visitor.get("/quay").soup.find("input", attrs={"name": "csrf"})["value"]  # type: ignore[index]
    fresh, known = "a new secret in front of the other one", keys.made()
    monkeypatch.setattr(keys, "made", lambda: (fresh, *known))
    visitor.post("/quay/da-xem", key="k" * 24, csrf=before)
    monkeypatch.setattr(keys, "made", lambda: (fresh,))
    visitor.post("/quay/da-xem", status=403, key="l" * 24, csrf=before)


def test_a_page_runs_nothing_inline_and_loads_nothing_from_elsewhere(site: Site) -> None:
    response = site.person("counter").get("/quay").response
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "require-trusted-types-for 'script'" in policy
    assert "script-src 'none'" in site.nobody().get("/dang-nhap").response.headers["Content-Security-Policy"]
    assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_a_chosen_language_stays(site: Site) -> None:
    visitor = site.nobody()
    page = visitor.get("/dang-nhap")
    assert page.soup.html["lang"] == "vi"  # type: ignore[index]
    assert visitor.submit(page, "/ngon-ngu", lang="en").location == "/dang-nhap"
    assert visitor.get("/dang-nhap").soup.html["lang"] == "en"  # type: ignore[index]


def test_an_error_is_a_page_with_the_code_of_the_api(site: Site) -> None:
    page = site.nobody().get("/không-có", status=404)
    assert "no-such-address" in page.text and page.soup.h1 is not None
    assert site.nobody().client.get("/api/v1/none").json["code"] == "no-such-address"  # type: ignore[index]


def test_a_wrong_link_is_a_page_and_a_right_one_leaves_the_address(site: Site) -> None:
    site.nobody().get(f"/h/{'x' * 43}", status=404)
    filed = site.installation.filed()
    opened = site.nobody().get(f"/h/{filed['link_token']}", status=303)
    assert opened.location == f"/h/{filed['code']}"
    assert filed["link_token"] not in opened.response.headers["Set-Cookie"]


def test_static_files_are_kept_for_ever_and_compressed(site: Site) -> None:
    page = site.nobody().get("/dang-nhap")
    sheet = page.soup.find("link", rel="stylesheet")["href"]  # type: ignore[index]
    answer = site.nobody().client.get(str(sheet), headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip" and "immutable" in answer.headers["Cache-Control"]
    assert len(answer.data) < 10_000


def test_what_is_no_page_carries_the_headers_of_safety_too(site: Site) -> None:
    """Static files, errors, redirects, downloads and wrong methods."""
    visitor = site.person("counter")
    sheet = str(visitor.get("/quay").soup.find("link", rel="stylesheet")["href"])  # type: ignore[index]
    asked = [("GET", path) for path in (sheet, "/favicon.ico", "/tinh/none", "/none", "/quay/", f"/h/{'x' * 32}")]
    asked += [("GET", "/so-dang-ky/tep"), ("DELETE", "/quay"), ("POST", "/dang-nhap"), ("POST", "/bao-cao-chinh-sach")]
    for method, path in asked:
        answer = visitor.client.open(path, method=method, base_url="https://localhost")
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"], path
        assert answer.headers["Strict-Transport-Security"].startswith("max-age="), path
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin", path
        assert "camera=()" in answer.headers["Permissions-Policy"], path
        assert answer.headers["X-Content-Type-Options"] == "nosniff", path
