"""One's own account: the list of sessions, ending them, password, preferences."""

from __future__ import annotations

import pytest

from tests.installation.trial_content import PASSWORD
from tests.web.account.conftest import Clock
from tests.web.site import Site
from tests.web.visitor import Visitor
from web.cookies import SESSION

FRESH = "hoa-sen-no-trong-mua-ha-92"


def _second_browser(site: Site, name: str = "counter", agent: str = "") -> Visitor:
    visitor = site.nobody()
    page = visitor.get("/dang-nhap")
    sent = {"username": name, "password": PASSWORD, "csrf": page.soup.find("input", attrs={"name": "csrf"})["value"]}  # type: ignore[index]
    answer = visitor.client.post("/dang-nhap", data=sent, headers={"User-Agent": agent})
    assert answer.status_code == 303
    return visitor


def test_lists_ones_sessions_with_the_device_in_words(both_sites: Site) -> None:
    visitor = both_sites.person("counter")
    _second_browser(both_sites, agent="Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/120.0 Safari/537.36")
    page = visitor.get("/tai-khoan")
    assert "Chrome trên Windows" in page.text and "phiên này" in page.text
    assert len(page.soup.find(id="sessions").find("tbody").find_all("tr")) == 2  # type: ignore[union-attr]
    assert "Chrome on Windows" in visitor.get("/tai-khoan", lang="en").text


def test_ends_another_session_and_goes_on_in_this_one(site: Site) -> None:
    visitor, other = site.person("counter"), _second_browser(site)
    page = visitor.get("/tai-khoan")
    forms = page.soup.find_all("form", action=lambda where: where and where.startswith("/tai-khoan/phien/"))
    assert len(forms) == 1, "the present session is ended by signing out"
    done = visitor.submit(page, str(forms[0]["action"]))
    assert "Đã kết thúc phiên" in visitor.follow(done).text
    assert other.get("/quay", status=303).location.startswith("/dang-nhap")
    assert visitor.get("/quay").status == 200


def test_ends_no_session_of_somebody_else(site: Site) -> None:
    visitor, stranger = site.person("counter"), site.person("specialist")
    _second_browser(site, "specialist")
    page = stranger.get("/tai-khoan")
    theirs = page.soup.find("form", action=lambda where: where and where.startswith("/tai-khoan/phien/"))["action"]  # type: ignore[index]
    own = visitor.get("/tai-khoan").form("/tai-khoan/moi-noi")
    csrf = own.find("input", attrs={"name": "csrf"})["value"]  # type: ignore[index]
    visitor.post(str(theirs), status=404, csrf=csrf, key="k" * 20)
    assert stranger.get("/quay").status == 200


def test_signs_out_everywhere(both_sites: Site) -> None:
    visitor, other = both_sites.person("counter"), _second_browser(both_sites)
    out = visitor.submit(visitor.get("/tai-khoan"), "/tai-khoan/moi-noi")
    assert "storage" in out.response.headers["Clear-Site-Data"]
    assert other.get("/quay", status=303).location.startswith("/dang-nhap")
    again = both_sites.nobody()
    again.client.set_cookie(SESSION, str(visitor.token), secure=True)
    assert again.get("/quay", status=303).location.startswith("/dang-nhap")


def test_a_session_ends_after_half_an_hour_without_use_and_a_poll_is_no_use(timed: Site, clock: Clock) -> None:
    visitor = timed.person("counter")
    clock.on(minutes=29)
    visitor.get("/quay")
    clock.on(minutes=29)
    visitor.get("/quay", headers={"X-Poll": "1"})
    clock.on(minutes=2)
    assert visitor.get("/quay", status=303).location.startswith("/dang-nhap")


def test_a_session_ends_after_twelve_hours_of_use(timed: Site, clock: Clock) -> None:
    visitor = timed.person("counter")
    for _ in range(35):
        clock.on(minutes=20)
        visitor.get("/quay")
    clock.on(minutes=21)
    assert visitor.get("/quay", status=303).location.startswith("/dang-nhap")


def test_each_signing_in_gives_another_token_and_ends_the_one_before_in_this_browser(site: Site) -> None:
    visitor = _second_browser(site)
    before = visitor.client.get_cookie(SESSION).value
    visitor.submit(visitor.get("/dang-nhap"), "/dang-nhap", username="counter", password=PASSWORD)
    assert visitor.client.get_cookie(SESSION).value != before
    thief = site.nobody()
    thief.client.set_cookie(SESSION, before, secure=True)
    assert thief.get("/quay", status=303).location.startswith("/dang-nhap")


def test_changes_ones_password_and_goes_on_in_a_fresh_session(both_sites: Site) -> None:
    visitor, other = both_sites.person("counter"), _second_browser(both_sites)
    page = visitor.get("/tai-khoan")
    done = visitor.submit(page, "/tai-khoan/mat-khau", present=PASSWORD, password=FRESH, repeated=FRESH)
    assert "Đã đổi mật khẩu" in visitor.follow(done).text
    assert other.get("/quay", status=303).location.startswith("/dang-nhap")
    stranger = both_sites.nobody()
    stranger.submit(stranger.get("/dang-nhap"), "/dang-nhap", username="counter", password=FRESH)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"present": "sai", "password": FRESH, "repeated": FRESH}, "mật khẩu hiện tại không đúng"),
        ({"present": PASSWORD, "password": FRESH, "repeated": FRESH + "x"}, "không giống"),
        ({"present": PASSWORD, "password": "ngan", "repeated": "ngan"}, "mật khẩu"),
        ({"present": PASSWORD, "password": PASSWORD, "repeated": PASSWORD}, "phải khác"),
    ],
)
def test_refuses_a_password_and_shows_none_of_them_again(site: Site, given: dict[str, str], says: str) -> None:
    visitor = site.person("counter")
    refused = visitor.submit(visitor.get("/tai-khoan"), "/tai-khoan/mat-khau", status=422, **given)
    assert says in refused.text
    assert FRESH not in str(refused.soup) and PASSWORD not in str(refused.soup)
    assert visitor.get("/quay").status == 200


def test_a_password_keeps_its_blanks(site: Site) -> None:
    visitor = site.person("counter")
    fresh = f" {FRESH} "
    visitor.submit(visitor.get("/tai-khoan"), "/tai-khoan/mat-khau", present=PASSWORD, password=fresh, repeated=fresh)
    stranger = site.nobody()
    stranger.submit(stranger.get("/dang-nhap"), "/dang-nhap", status=401, username="counter", password=FRESH)
    stranger.submit(stranger.get("/dang-nhap"), "/dang-nhap", username="counter", password=fresh)


def test_single_keys_are_switched_off_and_the_language_stays(both_sites: Site) -> None:
    visitor = both_sites.person("counter")
    assert not visitor.get("/quay").soup.body.has_attr("data-no-keys")  # type: ignore[union-attr]
    page = visitor.get("/tai-khoan")
    visitor.submit(page, "/tai-khoan/tuy-chon", leave=("keys",), language="en")
    after = visitor.get("/quay")
    assert after.soup.body.has_attr("data-no-keys")  # type: ignore[union-attr]
    assert after.soup.html["lang"] == "en"  # type: ignore[index]
    elsewhere = _second_browser(both_sites).get("/quay")
    assert elsewhere.soup.html["lang"] == "en", "a new browser speaks the language of the person"  # type: ignore[index]


def test_needs_a_session_and_its_token(site: Site) -> None:
    assert site.nobody().get("/tai-khoan", status=303).location == "/dang-nhap?tiep=/tai-khoan"
    for path in ("/tai-khoan/moi-noi", "/tai-khoan/phien-khac", "/tai-khoan/mat-khau", "/tai-khoan/tuy-chon"):
        site.person("counter").post(path, status=403)
        assert site.person("counter").client.get(path).status_code == 405
