"""Pages of the desk that are left open: they end with the session, and keep what is being typed."""

from __future__ import annotations

from urllib.parse import quote

from playwright.sync_api import Page, Request, Route

from tests.installation.town import COUNTER, OFFICER
from tests.web.browser.journeys import Journeys
from tests.web.browser.visitor import Visitor, back

NOTE = "form[data-draft] [name=text]"


def _opened(journeys: Journeys, path: str, who: str = OFFICER) -> tuple[Visitor, Page]:
    """A page whose clock the test moves, so that it need not wait for what the page does now and then."""
    came = journeys.staff(who)
    came.page.clock.install()
    return came, came.go(path)


def _sign_out_elsewhere(came: Visitor) -> None:
    other = came.second_tab()
    other.goto(came.base + "/tai-khoan")
    with other.expect_navigation():
        other.evaluate("document.querySelector(\"form[action='/dang-xuat']\").requestSubmit()")
    other.close()


def test_what_lies_open_goes_when_the_session_is_over(journeys: Journeys) -> None:
    code = journeys.town.known["running"].code
    for path in (f"/ho-so/{code}", "/ho-so", f"/ho-so/{code}/nguoi-nop"):
        came, page = _opened(journeys, path)
        _sign_out_elsewhere(came)
        page.clock.fast_forward(61_000)
        page.wait_for_url("**/dang-nhap?tiep=" + quote(path, safe=""))
        assert came.fine("401") == []


def test_what_is_being_typed_stays_when_the_session_is_over(journeys: Journeys) -> None:
    code = journeys.town.known["running"].code
    came, page = _opened(journeys, f"/ho-so/{code}")
    page.fill(NOTE, "Gọi lại chiều nay")
    _sign_out_elsewhere(came)
    with page.expect_response(lambda answer: "presence" in answer.url and answer.status == 401):
        page.clock.fast_forward(61_000)
    page.wait_for_timeout(200)
    assert page.input_value(NOTE) == "Gọi lại chiều nay"
    with page.expect_navigation():
        page.press(NOTE, "Enter")
    assert "Gọi lại chiều nay" in page.inner_text("main"), "the answer shows what was typed"
    assert came.fine("401") == []


def test_today_that_lies_open_follows_its_numbers(journeys: Journeys) -> None:
    _, page = _opened(journeys, "/quay", COUNTER)
    told = page.locator("#hang-doi .count, #so-lieu b")
    numbers = told.all_inner_texts()
    assert any(one[:1].isdigit() for one in numbers)
    told.evaluate_all("(all) => all.forEach((one) => { one.textContent = 'old'; })")
    with page.expect_response(lambda answer: "x-part" in answer.request.headers) as came:
        page.clock.fast_forward(31_000)
    assert "<main" not in came.value.text()
    page.wait_for_function("() => !document.body.innerText.includes('old')")
    assert told.all_inner_texts() == numbers
    assert page.locator("#truoc").count() == 1, "the rest of the page stays"


def test_a_dossier_that_lies_open_keeps_no_session_open(journeys: Journeys) -> None:
    _, page = _opened(journeys, f"/ho-so/{journeys.town.known['running'].code}")
    assert _presence(page).headers["x-poll"] == "1"
    page.fill(NOTE, "Đang viết")
    assert "x-poll" not in _presence(page).headers, "who types is there"


def test_a_note_is_there_again_after_the_connection_broke(journeys: Journeys) -> None:
    came, page = _opened(journeys, f"/ho-so/{journeys.town.known['running'].code}")
    page.fill(NOTE, "Đã gọi người nộp")

    def cut(route: Route) -> None:
        route.abort("connectionreset")

    page.route("**/notes", cut)
    page.press(NOTE, "Enter")
    page.wait_for_url("chrome-error://**")
    page.unroute("**/notes", cut)
    back(page)
    page.wait_for_selector(NOTE)
    assert page.input_value(NOTE) == "Đã gọi người nộp"
    with page.expect_navigation():
        page.press(NOTE, "Enter")
    assert page.input_value(NOTE) == "" and page.inner_text("main").count("Đã gọi người nộp") >= 1
    came.page.reload()
    assert page.input_value(NOTE) == "", "what was sent is not kept"


def test_a_file_can_be_downloaded_twice(journeys: Journeys) -> None:
    known = journeys.town.known["ready"]
    _, page = _opened(journeys, f"/ho-so/{known.code}", COUNTER)
    page.locator("form[action$='/views'] button").first.click()
    page.wait_for_url("**/giay-to/**")
    button = page.locator("form[action*='/documents/']:not([action$='check']):not([action$='views']) button").first
    for _ in range(2):
        with page.expect_download() as coming:
            button.click()
        assert coming.value.path().read_bytes().startswith(b"%PDF")
        page.clock.fast_forward(4_000)


def _presence(page: Page) -> Request:
    with page.expect_request("**/presence") as asked:
        page.clock.fast_forward(16_000)
    return asked.value
