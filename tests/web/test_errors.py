"""Errors as pages: the code and the sentence of the API, the request's id, a way on, in both languages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.errors import Refusal
from tests.web.failing import THROWN, failing_pages
from tests.web.site import Site

HEADINGS = {
    "403": ("Bạn chưa có quyền xem trang này", "You may not see this page"),
    "409": ("Việc này không còn làm được", "This is no longer possible"),
    "413": ("Những gì gửi lên quá lớn", "What was sent is too large"),
    "429": ("Thử quá nhiều lần", "Too many attempts"),
    "500": ("Lỗi do hệ thống, không phải do bạn", "The system has failed, not you"),
    "503": ("Hệ thống đang bận", "The system is busy"),
    "busy": ("Hệ thống đang bận", "The system is busy"),
}
TO_STAFF = {
    "403": ("Anh/chị chưa có quyền xem trang này", "You may not see this page"),
    "500": ("Lỗi do hệ thống, không phải do anh/chị", "The system has failed, not you"),
}
"""Where staff are spoken to in other words than citizens."""


@pytest.fixture(autouse=True)
def failing() -> Iterator[None]:
    """Pages that fail as they are told."""
    with failing_pages():
        yield


@pytest.fixture
def failing_site(failing: None, site: Site) -> Site:
    return site


@pytest.mark.parametrize("how", sorted(HEADINGS))
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_says_what_happened_and_what_now(failing_site: Site, how: str, lang: str) -> None:
    error = THROWN[how]
    status = error.status if isinstance(error, Refusal) else 500
    for visitor, path in (
        (failing_site.nobody(), f"/hong/{how}"),
        (failing_site.person("counter"), f"/hong/can-bo/{how}"),
    ):
        page = visitor.get(path, status=status, lang=lang)
        told = TO_STAFF.get(how, HEADINGS[how]) if visitor.token else HEADINGS[how]
        assert page.soup.h1.get_text() == told[lang == "en"]  # type: ignore[union-attr]
        assert page.soup.html["lang"] == lang  # type: ignore[index]
        if isinstance(error, Refusal):
            assert error.code in page.text and error.sentence(lang) in page.text
        assert "secret" not in page.text and "Traceback" not in page.text
        assert page.response.headers["X-Request-Id"][:8] in page.text
        assert page.response.headers["Cache-Control"] == "no-store"
        assert page.soup.find("a", class_="btn") is not None, "there is a way on"
    if status in (429, 503):
        assert int(page.response.headers["Retry-After"]) >= 1


def test_the_page_of_a_missing_right_names_the_roles_of_the_account(failing_site: Site) -> None:
    text = failing_site.person("counter").get("/hong/can-bo/403", status=403).text
    assert "chỉ dành cho lãnh đạo" in text and "vai trò: Cán bộ tiếp nhận" in text


def test_an_error_beside_a_dossier_leads_back_to_it(failing_site: Site) -> None:
    filed = failing_site.installation.filed()
    visitor = failing_site.applicant(filed)
    page = visitor.get(f"/h/{filed['code']}/viec/forward", status=404)
    assert page.soup.find("a", class_="btn", href=f"/h/{filed['code']}") is not None


def test_a_wrong_method_says_which_are_right(failing_site: Site) -> None:
    visitor = failing_site.person("counter")
    answer = visitor.client.get("/dang-xuat")
    assert answer.status_code == 405 and "POST" in answer.headers["Allow"]
    assert "wrong-method" in answer.get_data(as_text=True)
    assert visitor.client.delete("/quay").status_code == 405


def test_a_form_of_a_session_that_has_ended_shows_what_was_typed_and_leads_back(failing_site: Site) -> None:
    refused = failing_site.nobody().post(
        "/hong/can-bo/403",
        status=401,
        headers={"Referer": "http://localhost/ho-so?q=1"},
        reason="một lý do dài",
        password="bi-mat",
        csrf="x",
    )
    assert "một lý do dài" in refused.text and "bi-mat" not in refused.text
    assert refused.soup.find("a", href="/dang-nhap?tiep=/ho-so%3Fq%3D1") is not None
    foreign = failing_site.nobody().post("/hong/can-bo/403", status=401, headers={"Referer": "https://evil.example//x"})
    assert foreign.soup.find("a", href="/dang-nhap?tiep=/quay") is not None


def test_too_many_fields_are_an_error_page(failing_site: Site) -> None:
    visitor = failing_site.person("counter")
    sent = {f"f{number}": "x" for number in range(3000)}
    answer = visitor.client.post("/dang-xuat", data=sent, content_type="multipart/form-data")
    assert answer.status_code == 413 and "<h1>" in answer.get_data(as_text=True)
