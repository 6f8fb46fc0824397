"""Specialist, leader and counter carry a dossier to its end: by keys, without a script, twice, in two tabs."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from cli.demo.samples import result_on_paper
from tests.installation.town import COUNTER, LEADER, OFFICER
from tests.web.browser.accessibility import half_of_findings
from tests.web.browser.journeys import Journeys, sign_in
from tests.web.browser.keyboard import Keyboard
from tests.web.browser.visitor import back

RESULT = {"name": "ket-qua.pdf", "mimeType": "application/pdf", "buffer": result_on_paper()}
QUEUE = "/ho-so"

both = pytest.mark.parametrize("language", ["vi", "en"])


@both
def test_a_specialist_works_through_the_list_by_keys(journeys: Journeys, language: str) -> None:
    came = journeys.staff(OFFICER, language)
    page, keys = came.go("/quay"), Keyboard(came.page)
    keys.press("/")
    assert page.evaluate("document.activeElement.name") == "q"
    keys.data("pham ngoc")  # without accents
    keys.press("Enter")
    page.wait_for_url("**/ho-so?**q=pham**")
    keys.press("j")
    keys.press("Enter")
    page.wait_for_selector("#verdict")
    code = journeys.town.known["running"].code
    assert f"/ho-so/{code}" in came.at()
    came.go(QUEUE)
    keys.press("j")
    keys.press("j")
    keys.press("k")
    keys.press("x")
    page.wait_for_selector("#thanh button[name=viec]:not([value=''])")
    assert page.locator("input[name=chon]:checked").count() == 1
    keys.press("Escape")
    assert page.locator("input[name=chon]:checked").count() == 0
    keys.press("?")
    page.wait_for_selector("dialog[open]")


@both
@pytest.mark.parametrize("scripts", [True, False])
def test_a_dossier_goes_from_the_specialist_to_the_applicant(journeys: Journeys, language: str, scripts: bool) -> None:
    """Forward by the counter, submit, sign with what is signed attached, return to who comes for it."""
    known, town = journeys.town.known["accepted"], journeys.town
    page = journeys.staff(COUNTER, language, scripts=scripts).go(f"/ho-so/{known.code}")
    _act(page, "forward", twice=True)
    assert town.state(known) == "checking"
    assert town.told(known).count("forward") == 1, "a double click forwards once"
    page = journeys.staff(OFFICER, language, scripts=scripts).go(f"/ho-so/{known.code}")
    _act(page, "submit")
    assert town.state(known) == "signing"
    page = journeys.staff(LEADER, language, scripts=scripts).go(f"/ky?ma={known.code}")
    page.set_input_files("[name=tep]", RESULT)  # type: ignore[arg-type]  # a file in memory
    _press(page, f"form[action='/ky/{known.code}/ket-qua'] button")
    page.check(f"input[name=chon][value*='{known.code}']")
    _press(page, "#ky button[data-submit]")
    page.wait_for_url("**/ky/lan/*")
    assert town.state(known) == "ready"
    page = journeys.staff(COUNTER, language, scripts=scripts).go(f"/tra-ket-qua/{known.code}")
    _press(page, f"form[action='/tra-ket-qua/{known.code}'] button")
    assert town.state(known) == "returned"


@both
def test_two_tabs_do_not_overwrite_each_other(journeys: Journeys, language: str) -> None:
    known = journeys.town.known["running"]
    came = journeys.staff(OFFICER, language)
    page, second = came.go(f"/ho-so/{known.code}/lam/step/ask"), came.second_tab()
    second.goto(f"{came.base}/ho-so/{known.code}")
    page.fill("[name=reason]", "Thiếu bản vẽ móng")
    _act(second, "inspect")
    before = journeys.town.told(known)
    _press(page, "main form .btn-primary")
    assert "Thiếu bản vẽ móng" in page.content(), "what was typed is kept"
    assert page.locator("h1").count() == 1 and journeys.town.told(known) == before
    page.reload()
    assert journeys.town.told(known) == before


@both
def test_back_and_reload_repeat_nothing(journeys: Journeys, language: str) -> None:
    known = journeys.town.known["running"]
    came = journeys.staff(OFFICER, language)
    page = came.go(f"/ho-so/{known.code}/lam/note")
    page.fill("[name=text]", "Đã gọi <b>người nộp</b>")
    _press(page, "main form .btn-primary")
    before = journeys.town.told(known)
    assert page.locator("#said").count() == 1
    page.reload()
    back(page)
    page.go_forward()
    assert journeys.town.told(known) == before
    assert page.locator("main b:has-text('người nộp')").count() == 0, "what was typed is no markup"


@both
def test_an_ended_session_leads_back_to_where_one_was(journeys: Journeys, language: str) -> None:
    known = journeys.town.known["running"]
    came = journeys.staff(OFFICER, language)
    page = came.go(f"/ho-so/{known.code}/lam/note")
    page.fill("[name=text]", "Ghi chú dài")
    journeys.town.at("2026-03-09 21:30")
    _press(page, "main form .btn-primary")
    assert "Ghi chú dài" in page.content(), "what was typed is shown"
    came.go(f"/ho-so/{known.code}", 200)
    sign_in(came, OFFICER)
    assert came.at() == f"/ho-so/{known.code}"


@both
def test_many_are_done_at_once_and_each_says_what_became_of_it(journeys: Journeys, language: str) -> None:
    came = journeys.staff(COUNTER, language)
    page = came.go("/ho-so?hang=moi-tiep-nhan")
    boxes = page.locator("input[name=chon]")
    assert boxes.count() >= 2
    for box in boxes.all()[:2]:
        box.check()
    page.wait_for_selector("#thanh button[formaction='/viec']")
    _press(page, "#thanh button[formaction='/viec']")
    page.wait_for_url("**/viec/*")
    if page.locator("form[action$='/lam-tiep'] button").count():
        _press(page, "form[action$='/lam-tiep'] button")
    page.reload()
    assert page.locator("progress").get_attribute("value") == "2"
    assert half_of_findings(page, on_phone=language == "en") == []


@both
def test_signing_asks_again_who_it_is_after_a_while(journeys: Journeys, language: str) -> None:
    known, town = journeys.town.known["to_sign"], journeys.town
    came = journeys.staff(LEADER, language)
    page = came.go(f"/ky?ma={known.code}")
    page.set_input_files("[name=tep]", RESULT)  # type: ignore[arg-type]  # a file in memory
    _press(page, f"form[action='/ky/{known.code}/ket-qua'] button")
    town.at("2026-03-09 09:20")
    came.go("/ky")
    page.check(f"input[name=chon][value*='{known.code}']")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("input[type=password]")
    assert town.state(known) == "signing"
    page.fill("input[type=password]", "mot-cua-2026")
    _press(page, "main form .btn-primary")
    page.wait_for_url("**/ky/lan/*")
    assert town.state(known) == "ready"
    assert half_of_findings(page, on_phone=language == "en") == []


@both
def test_prints_a_paper_and_looks_at_a_file(journeys: Journeys, language: str) -> None:
    accepted, ready = journeys.town.known["accepted"], journeys.town.known["ready"]
    came = journeys.staff(COUNTER, language)
    page = came.go(f"/ho-so/{accepted.code}/in/01")
    _press(page, f"form[action='/ho-so/{accepted.code}/in/01'] button")
    page.wait_for_url("**/in/*")
    assert half_of_findings(page, on_phone=language == "en") == []
    page = came.go(f"/ho-so/{ready.code}")
    _press(page, "form[action$='/views'] button")
    page.wait_for_url("**/giay-to/*")
    assert page.locator("main img").count() >= 1, "the file is seen as a picture"
    assert half_of_findings(page, on_phone=language == "en") == []


@both
def test_asks_another_office_which_answers(journeys: Journeys, language: str) -> None:
    known = journeys.town.known["running"]
    page = journeys.staff(OFFICER, language).go(f"/ho-so/{known.code}/lam/ask")
    page.fill("[name=office]", "VPDK-CN-LONGKHANH")
    page.fill("[name=question]", "Thửa đất có tranh chấp không?")
    _press(page, "main form .btn-primary")
    came = journeys.staff("datdai.longkhanh", language)
    page = came.go("/xac-minh")
    _press(page, "main a[href^='/xac-minh/']")
    assert half_of_findings(page, on_phone=language == "en") == []
    page.fill("[name=tra_loi]", "Không có tranh chấp")
    page.locator("[name=xac_nhan]").first.check()
    _press(page, "main form[action$='/tra-loi'] button")
    assert page.locator("#said").count() == 1


@both
def test_signs_in_sees_the_sessions_and_signs_out(journeys: Journeys, language: str) -> None:
    came = journeys.visit(language, scripts=False)
    page = came.go("/dang-nhap?tiep=/quay")
    page.fill("[name=username]", COUNTER)
    page.fill("[name=password]", "sai rồi")
    _press(page, "main form .btn-primary")
    assert page.locator("#errors").count() == 1 and page.input_value("[name=username]") == COUNTER
    sign_in(came, COUNTER)
    assert came.at() == "/quay"
    assert page.locator("html").get_attribute("lang") == "vi", "the language of the account"
    _press(page, "form[action='/ngon-ngu'] button")
    assert page.locator("html").get_attribute("lang") == "en"
    _press(page, "form[action='/dang-xuat'] button")
    back(page)
    page.reload()
    assert "/dang-nhap" in came.at(), "nothing of the desk is shown after signing out"


def _act(page: Page, action: str, *, twice: bool = False) -> None:
    button = page.locator(f"form[action$='/actions'] button[name=action][value={action}]")
    if button.count() == 0:
        page.click(f".row a[href*='/lam/step/{action}']")
        button = page.locator("main form .btn-primary")
    if not twice:
        with page.expect_navigation():
            button.first.click()
        return
    button.first.dblclick()
    page.wait_for_selector("#said")


def _press(page: Page, button: str) -> None:
    with page.expect_navigation():
        page.locator(button).first.click()
