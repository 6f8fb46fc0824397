"""Signing in to the pages, and what a session of pages is not good for."""

from __future__ import annotations

import datetime as dt

import pytest

from engine.acts.staff.people import add_membership
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.transaction import in_transaction
from tests.installation.trial_content import CENTRE, PASSWORD
from tests.web.site import Site
from web.cookies import SESSION


def test_leads_to_the_page_that_was_wanted(site: Site) -> None:
    visitor = site.nobody()
    asked = visitor.get("/quay?x=1", status=303)
    assert asked.location == "/dang-nhap?tiep=/quay%3Fx%3D1"
    page = visitor.follow(asked)
    signed = visitor.submit(page, "/dang-nhap", username="counter", password=PASSWORD)
    assert signed.location == "/quay?x=1"
    assert "Hôm nay" in visitor.follow(signed).text


def test_no_script_and_no_other_site_gets_the_cookie(site: Site) -> None:
    visitor = site.nobody()
    signed = visitor.submit(visitor.get("/dang-nhap"), "/dang-nhap", username="counter", password=PASSWORD)
    [cookie] = [one for one in signed.response.headers.getlist("Set-Cookie") if one.startswith(f"{SESSION}=")]
    words = {one.strip() for one in cookie.split(";")[1:]}
    assert words == {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"}, "it ends with the browser, too"


def test_a_wrong_password_is_answered_on_the_page_and_keeps_the_name(site: Site) -> None:
    visitor = site.nobody()
    page = visitor.get("/dang-nhap")
    again = visitor.submit(page, "/dang-nhap", status=401, username="counter", password="sai rồi")
    assert "Tên đăng nhập hoặc mật khẩu không đúng" in again.text
    assert again.form("/dang-nhap").find("input", attrs={"name": "username"})["value"] == "counter"  # type: ignore[index]


@pytest.mark.parametrize("where", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_leads_to_no_other_site(site: Site, where: str) -> None:
    visitor = site.nobody()
    page = visitor.get("/dang-nhap")
    signed = visitor.submit(page, "/dang-nhap", username="counter", password=PASSWORD, tiep=where)
    assert signed.location == "/quay"


def test_the_token_of_a_page_is_no_bearer_token_and_the_cookie_opens_no_api(site: Site) -> None:
    visitor = site.person("counter")
    assert visitor.get("/quay").status == 200
    assert visitor.client.get("/api/v1/dossiers").status_code == 401
    bearer = {"Authorization": f"Bearer {visitor.token}"}
    assert site.nobody().client.get("/api/v1/dossiers", headers=bearer).status_code == 401
    api_token = site.installation.token_of("counter")
    stranger = site.nobody()
    stranger.client.set_cookie(SESSION, api_token, secure=True)
    assert stranger.get("/quay", status=303).location.startswith("/dang-nhap")


def test_signing_out_ends_the_session(site: Site) -> None:
    visitor = site.person("counter")
    page = visitor.get("/quay")
    out = visitor.submit(page, "/dang-xuat")
    assert "cookies" in out.response.headers["Clear-Site-Data"]
    stranger = site.nobody()
    stranger.client.set_cookie(SESSION, str(visitor.token), secure=True)
    assert stranger.get("/quay", status=303).location.startswith("/dang-nhap")


def test_an_administrator_without_an_office_begins_at_the_administration(site: Site) -> None:
    def landing(username: str, **sent: str) -> str:
        visitor = site.nobody()
        page = visitor.get("/dang-nhap")
        return str(visitor.submit(page, "/dang-nhap", username=username, password=PASSWORD, **sent).location)

    assert landing("counter") == "/quay"
    assert landing("admin") == "/quan-tri"
    assert landing("admin", tiep="/tai-khoan") == "/tai-khoan", "what was wanted comes first"
    world = site.installation
    number = world.actor("admin").person_id
    assert number is not None
    since = dt.date(2026, 1, 1)
    in_transaction(
        world.runtime, SYSTEM_ACTOR, lambda unit: add_membership(unit, number, CENTRE, "counter", since, None, "")
    )
    assert landing("admin") == "/quay", "whoever has both begins at the desk"
