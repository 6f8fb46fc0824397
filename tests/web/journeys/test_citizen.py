"""What applicants do, in both languages and without a script: look up, supplement, collect, withdraw, tell."""

from __future__ import annotations

import pytest
from playwright.sync_api import Error, Page, Route

from cli.demo.samples import result_on_paper
from tests.installation.town import Known
from tests.web.browser.journeys import Journeys
from tests.web.browser.visitor import PHONE, back

DRAWING = {"name": "ban-ve.pdf", "mimeType": "application/pdf", "buffer": result_on_paper()}
NO_PAPER = {"name": "ban-ve.pdf", "mimeType": "application/pdf", "buffer": b"MZ a program"}
FILE, SEND = "input[type=file]", "button[name=do][value=send]"

both = pytest.mark.parametrize("language", ["vi", "en"])


@both
def test_looks_up_with_the_two_codes_and_reads_everything(journeys: Journeys, language: str) -> None:
    known = journeys.town.known["running"]
    came = journeys.visit(language, size=PHONE, scripts=language == "vi")
    page = came.go("/")
    _look_up(page, known.code, "00000-00000", follows=False)
    assert page.locator("#errors").count() == 1 and page.input_value("[name=code]") == known.code
    _look_up(page, known.code, known.receipt_code)
    assert came.at() == f"/h/{known.code}" and known.token not in page.content()
    verdict = page.locator("#verdict")
    box = verdict.bounding_box()
    assert box is not None and box["y"] + box["height"] < PHONE[1], "the verdict is seen without scrolling"
    for way in ("thong-bao", "phan-anh", "bang-chung"):
        page.click(f"main a[href='/h/{known.code}/{way}']")
        assert page.locator("h1").count() == 1
        page.click(f"main a[href='/h/{known.code}']")


@both
def test_supplements_from_the_phone_once(journeys: Journeys, language: str) -> None:
    known = journeys.town.known["supplement"]
    came = journeys.applicant("supplement", language, size=PHONE, scripts=False)
    page = came.page
    page.click(f"main a[href='/h/{known.code}/bo-sung']")
    _send(page)
    assert page.locator("#errors").count() == 1, "nothing was chosen"
    page.set_input_files(FILE, NO_PAPER)  # type: ignore[arg-type]  # a file in memory
    _send(page)
    assert page.locator("#errors").count() == 1, "a program is no drawing"
    page.fill("[name=message]", "Đã vẽ lại <b>móng</b>")
    page.set_input_files(FILE, DRAWING)  # type: ignore[arg-type]  # a file in memory
    _send(page)
    assert came.at() == f"/h/{known.code}" and page.locator("#said").count() == 1
    assert journeys.town.state(known) == "checking"
    before = journeys.town.told(known)
    page.reload()
    back(page)
    assert journeys.town.told(known) == before


def test_a_lost_answer_and_a_lost_request_lose_nothing(journeys: Journeys) -> None:
    """The connection breaks while a file is on its way, and again after the server has done everything."""
    known = journeys.town.known["supplement"]
    came = journeys.applicant("supplement", size=PHONE)
    page = came.go(f"/h/{known.code}/bo-sung")
    page.set_input_files(FILE, DRAWING)  # type: ignore[arg-type]  # a file in memory
    _broken(page, lambda route: route.abort("connectionreset"))
    assert journeys.town.state(known) == "supplement"
    page = came.go(f"/h/{known.code}/bo-sung")
    page.set_input_files(FILE, DRAWING)  # type: ignore[arg-type]  # a file in memory
    _broken(page, _answer_lost)
    assert journeys.town.state(known) == "checking"
    before = journeys.town.told(known)
    page = came.go(f"/h/{known.code}/bo-sung")
    assert came.at() == f"/h/{known.code}", "there is nothing left to send"
    assert journeys.town.told(known) == before


@both
def test_withdraws_with_a_double_click_once(journeys: Journeys, language: str) -> None:
    known = journeys.town.known["accepted"]
    came = journeys.applicant("accepted", language)
    page, second = came.go(f"/h/{known.code}/viec/withdraw"), came.second_tab()
    second.goto(came.base + f"/h/{known.code}/viec/withdraw")
    _withdraw(page, known, twice=True)
    assert journeys.town.state(known) == "withdrawn"
    before = journeys.town.told(known)
    _withdraw(second, known)
    assert second.locator("h1").count() == 1, "the second tab is told, in a page"
    second.reload()
    back(page)
    assert journeys.town.told(known) == before, "the second tab, a reload and the back button change nothing"


@both
def test_collects_the_result_and_rates(journeys: Journeys, language: str) -> None:
    known = journeys.town.known["returned"]
    came = journeys.applicant("returned", language, scripts=False)
    page = came.page
    page.click(f"a[href='/h/{known.code}/ket-qua']")
    page.fill("[name=receipt_code]", "00000-00000")
    page.click("button[name=document]")
    assert page.locator("#errors").count() == 1
    page.fill("[name=receipt_code]", known.receipt_code)
    with page.expect_download() as coming:
        page.click("button[name=document]")
    assert coming.value.path().read_bytes().startswith(b"%PDF")
    page = came.go(f"/h/{known.code}")
    page.check("[name=mark][value='5']")
    page.fill("[name=receipt_code]", known.receipt_code)
    with page.expect_navigation():
        page.locator(f"form[action='/h/{known.code}/danh-gia'] button").click()
    assert page.locator("#said").count() == 1
    assert page.locator("[name=mark]").count() == 0, "one answer a dossier"


@both
def test_chooses_notices_and_sends_feedback(journeys: Journeys, language: str) -> None:
    known = journeys.town.known["late"]
    came = journeys.applicant("late", language)
    page = came.go(f"/h/{known.code}/thong-bao")
    page.check("[name=choice][value=none]")
    _press(page, "main form")
    assert page.locator("#said").count() == 1
    page = came.go(f"/h/{known.code}/thong-bao")
    assert page.is_checked("[name=choice][value=none]")
    page = came.go(f"/h/{known.code}/phan-anh")
    page.fill("[name=text]", "Trễ đã hai tuần. <script>alert(1)</script>")
    _press(page, "main form")
    assert page.locator("#said").count() == 1


@both
def test_an_opened_dossier_closes_by_itself(journeys: Journeys, language: str) -> None:
    known = journeys.town.known["running"]
    came = journeys.applicant("running", language)
    page = came.go(f"/h/{known.code}/phan-anh")
    page.fill("[name=text]", "Hồ sơ của tôi ở đâu?")
    journeys.town.at("2026-03-09 09:31")
    _press(page, "main form")
    assert "Hồ sơ của tôi ở đâu?" in page.inner_text("main"), "what was typed is still there"
    _look_up(page, known.code, known.receipt_code)
    assert came.at().startswith(f"/h/{known.code}")


def test_finds_the_centre_by_the_old_name_of_its_ward(journeys: Journeys) -> None:
    page = journeys.visit(scripts=False).go("/trung-tam")
    page.fill("[name=noi]", "phuong ben nghe")
    _press(page, "main form")
    assert "phường Sài Gòn" in page.inner_text("main").replace("Phường", "phường")
    page.click("main a[href='/trung-tam/TT-26740']")
    assert page.locator("h1").count() == 1


def _look_up(page: Page, code: str, receipt_code: str, *, follows: bool = True) -> None:
    page.fill("[name=code]", code)
    page.fill("[name=receipt_code]", receipt_code)
    _press(page, "main form[action='/']")
    assert ("/h/" in page.url) or not follows


def _send(page: Page) -> None:
    with page.expect_navigation():
        page.click(SEND)


def _press(page: Page, form: str) -> None:
    with page.expect_navigation():
        page.locator(f"{form} button").last.click()


def _withdraw(page: Page, known: Known, *, twice: bool = False) -> None:
    if page.locator("[name=reason]").count():
        page.fill("[name=reason]", "Đổi ý")
    page.fill("[name=receipt_code]", known.receipt_code)
    button = page.locator("main form button").first
    button.click(click_count=2 if twice else 1)
    page.wait_for_load_state("networkidle")


def _broken(page: Page, fate: object) -> None:
    """Sends the form while the network does this to the request; the browser shows its own page then."""
    page.route("**/bo-sung", fate)  # type: ignore[arg-type]  # a handler of routes
    with pytest.raises(Error, match="CONNECTION_RESET"), page.expect_navigation():
        page.click(SEND, no_wait_after=True)
    page.unroute("**/bo-sung")


def _answer_lost(route: Route) -> None:
    if route.request.method == "POST":
        route.fetch(max_redirects=0)
    route.abort("connectionreset")
