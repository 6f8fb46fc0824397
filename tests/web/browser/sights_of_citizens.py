"""What citizens see, in every state."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.web.browser.sight import Sight, send, submit
from tests.web.browser.visitor import Visitor

LONG = "Nguyễn-Hoàng-Phước-Thiện-Mỹ-Hạnh-Như-Ý-Cát-Tường-An-Khang"
"""A word that no line of a telephone holds."""
WRONG = {"code": "H79.26740-260302-0000009", "receipt_code": "00000-00000"}


def _look_up_wrongly(page: Page) -> None:
    send(page, "main form", **WRONG)


def _send_nothing(page: Page) -> None:
    with page.expect_navigation():
        page.click("button[value=send]")


def _write(page: Page) -> None:
    send(page, "main form:has(textarea)", text=f"{LONG} Tôi gửi lời nhắn này để hỏi giờ nhận kết quả.")


def _notices_off(came: Visitor) -> None:
    page = came.go(came.at() + "/thong-bao")
    page.check("input[value=none]")
    with page.expect_navigation():
        page.locator("main form button").click()


def _ask_for_code(came: Visitor) -> None:
    """The QR code is asked for, once for all visits."""
    page = came.go(came.at())
    if page.locator("form[action$='/nop-phi']").count():
        with page.expect_navigation():
            page.locator("form[action$='/nop-phi'] button").click()


CITIZENS = [
    Sight("start", "/", like="citizen-start"),
    Sight("start-refused", "/", then=submit),
    Sight("start-wrong", "/", then=_look_up_wrongly),
    Sight("public-procedures", "/thu-tuc"),
    Sight("public-procedures-none", "/thu-tuc?q=zzzz"),
    Sight("public-procedure", "/thu-tuc/1.013225"),
    Sight("centres", "/trung-tam"),
    Sight("centres-found", "/trung-tam?noi=Phường Bến Nghé, Quận 1"),
    Sight("centres-none", "/trung-tam?noi=zzzz"),
    Sight("centres-province", "/trung-tam?tinh=79"),
    Sight("centre", "/trung-tam/TT-26740"),
    Sight("closed", "/h/H79.26740-260302-0000009", status=404),
    Sight("status-new", "/h/{new}", link="new", like="citizen-status-running"),
    Sight("status-accepted", "/h/{accepted}", link="accepted", like="citizen-status-running"),
    Sight("status-running", "/h/{running}", link="running", like="citizen-status-running"),
    Sight("status-late", "/h/{late}", link="late", like="citizen-status-late"),
    Sight("status-supplement", "/h/{supplement}", link="supplement", like="citizen-status-supplement"),
    Sight("status-ready", "/h/{ready}", link="ready", like="citizen-status-finished"),
    Sight("status-returned", "/h/{returned}", link="returned", like="citizen-status-finished"),
    Sight("supplement", "/h/{supplement}/bo-sung", link="supplement", like="citizen-supplement"),
    Sight("supplement-refused", "/h/{supplement}/bo-sung", link="supplement", then=_send_nothing),
    Sight("withdraw", "/h/{accepted}/viec/withdraw", link="accepted"),
    Sight("withdraw-refused", "/h/{accepted}/viec/withdraw", link="accepted", then=submit),
    Sight("result", "/h/{ready}/ket-qua", link="ready"),
    Sight("result-none", "/h/{running}/ket-qua", link="running"),
    Sight("result-refused", "/h/{ready}/ket-qua", link="ready", then=submit),
    Sight("notices", "/h/{running}/thong-bao", link="running"),
    Sight("messages", "/h/{running}/tin-nhan", link="running"),
    Sight("feedback", "/h/{late}/phan-anh", link="late"),
    Sight("feedback-refused", "/h/{late}/phan-anh", link="late", then=submit),
    Sight("messages-some", "/h/{accepted}/tin-nhan", link="accepted", then=_write),
    Sight("messages-refused", "/h/{running}/tin-nhan", link="running", then=submit),
    Sight("rating-refused", "/h/{returned}", link="returned", then=submit),
    Sight("notices-off", "/h/{accepted}", link="accepted", first=_notices_off, like="citizen-status-running"),
    Sight("status-pay", "/h/{ready}", link="ready", first=_ask_for_code),
    Sight("fee-notice", "/h/{ready}/nop-phi", link="ready", first=_ask_for_code),
    Sight("fee-notice-none", "/h/{running}/nop-phi", link="running"),
    Sight("proof", "/h/{returned}/bang-chung", link="returned"),
]
