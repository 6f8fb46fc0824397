"""A clerk takes dossiers in without a mouse; what was typed survives a lost connection and a session that has ended."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Page, expect

from tests.installation.town import COUNTER
from tests.web.browser.accessibility import findings
from tests.web.browser.journeys import Journeys
from tests.web.browser.visitor import Visitor

AT = "/quay/tiep-nhan"
CARD = "079085000002||Trần Văn Thử|15031985|Nam|12 Nguyễn Huệ, phường Bến Nghé, quận 1|05072021"
MOST_KEYS = 25


@dataclass
class Hands:
    """Somebody at the keyboard: ``keys`` counts every stroke that is no part of the data."""

    page: Page
    keys: int = 0

    def say(self, text: str) -> None:
        """Types data, as fast as nobody can."""
        self.page.keyboard.insert_text(text)

    def press(self, key: str, times: int = 1) -> None:
        for _ in range(times):
            self.page.keyboard.press(key)
            self.keys += 1

    def wait_at(self, name: str) -> None:
        expect(self.page.locator(f"[id='{name}']")).to_be_focused()


def take_in_a_birth(came: Visitor) -> Hands:
    """From the empty form to the last field."""
    hands = Hands(came.go(AT))
    hands.wait_at("procedure")
    hands.say("khai sinh")
    hands.press("Enter")
    hands.wait_at("card")
    hands.say(CARD)
    hands.press("Enter")
    hands.wait_at("applicant.phone")
    hands.say("0903000482")
    hands.press("Tab", 4)
    for text in ("Phường Sài Gòn", "Trần An Nhiên", "20/02/2026"):
        hands.say(text)
        hands.press("Tab")
    hands.page.keyboard.press("ArrowDown")  # the sex of the child is data
    for text in ("", "Bệnh viện Từ Dũ", "", "Nguyễn Thị Mẫu", "079190000001"):
        hands.press("Tab")
        hands.say(text)
    hands.press("Tab", 2)
    hands.press("Space")
    hands.press("Tab", 2)
    hands.press("Enter")  # all papers are here
    expect(hands.page.get_by_text("2 trong 2 đã đủ")).to_be_visible()
    return hands


def test_a_birth_from_the_empty_form_to_the_receipt_in_few_keys(journeys: Journeys) -> None:
    came = journeys.staff(COUNTER)
    hands = take_in_a_birth(came)
    hands.press("Control+Enter")
    came.page.wait_for_url("**/bien-nhan")
    expect(came.page.locator("svg.qr")).to_be_visible()
    expect(came.page.get_by_role("article")).to_contain_text("Trần Văn Thử")
    assert hands.keys <= MOST_KEYS, hands.keys
    assert findings(came.page) == []
    hands.press("n")
    hands.wait_at("procedure")
    expect(came.page.locator("#unsaved")).to_be_hidden()


def test_suggestions_hints_and_candidates_are_accessible(journeys: Journeys) -> None:
    came = journeys.staff(COUNTER, "en")
    hands = Hands(came.go(AT))
    hands.say("cap gp xay dung")
    expect(came.page.locator("#goi-y li").first).to_be_visible()
    assert findings(came.page) == []
    hands.press("ArrowDown")
    hands.press("ArrowUp")
    hands.press("Enter")
    hands.wait_at("card")
    hands.say(CARD.replace("15031985", "15131985"))
    hands.press("Enter")
    expect(came.page.get_by_text("is no real day").first).to_be_visible()
    assert findings(came.page) == []
    came.page.fill("#card", "")
    came.page.locator("[id='applicant.address']").fill("1 Nguyễn Văn Thủ, phường Đa Kao, quận 1")
    choices = came.page.locator("input[name='applicant.commune.pick']")
    expect(choices).to_have_count(2)
    assert findings(came.page) == []
    choices.first.check()
    expect(came.page.locator(".chain").last).to_contain_text("Phường Đa Kao")


def test_a_lost_connection_loses_nothing(journeys: Journeys) -> None:
    came = journeys.visit(forgive=("ERR_INTERNET_DISCONNECTED", "Failed to fetch"))
    came.become(journeys.session(COUNTER))
    hands = take_in_a_birth(came)
    came.context.set_offline(True)
    came.page.locator("[id='fields.child.name']").fill("Trần Tên Mới")
    expect(came.page.locator("#lost")).to_be_visible()
    came.context.set_offline(False)
    expect(came.page.locator("#lost")).to_be_hidden()
    page = came.go(AT)
    page.get_by_role("link", name="Trần Văn Thử").click()
    expect(page.locator("[id='fields.child.name']")).to_have_value("Trần Tên Mới")
    hands.press("Control+Enter")
    came.page.wait_for_url("**/bien-nhan")


def test_a_session_that_ends_in_the_middle_keeps_the_draft(journeys: Journeys) -> None:
    came = journeys.visit(forgive=("401 for POST",))
    came.become(journeys.session(COUNTER))
    take_in_a_birth(came)
    came.page.locator("[data-save]").click()
    expect(came.page.locator("#kept")).to_contain_text("đã lưu nháp")
    came.context.clear_cookies()
    came.page.locator("[id='fields.child.name']").fill("Trần Sau Phiên")
    expect(came.page.locator("#lost")).to_be_visible()
    came.become(journeys.session(COUNTER))
    page = came.go(AT)
    expect(page.get_by_role("link", name="Trần Văn Thử")).to_be_visible()
    page.get_by_role("button", name="Nhập tiếp").click()
    page.wait_for_url("**nhap=**")
    expect(page.locator("[id='fields.child.name']")).to_have_value("Trần Sau Phiên")


def test_without_scripts_a_birth_is_taken_in_as_well(journeys: Journeys) -> None:
    came = journeys.visit(scripts=False)
    came.become(journeys.session(COUNTER))
    page = came.go(AT)
    page.fill("#procedure", "khai sinh")
    page.press("#procedure", "Enter")
    page.get_by_role("button", name="Đăng ký khai sinh", exact=True).click()
    page.fill("#card", CARD)
    page.press("#card", "Enter")
    expect(page.locator("[id='applicant.name']")).to_have_value("Trần Văn Thử")
    for name, text in {
        "applicant.phone": "0903000482",
        "fields.registry.commune": "Phường Bến Nghé, Quận 1",
        "fields.child.name": "Trần An Nhiên",
        "fields.child.born": "20/02/2026",
        "fields.child.birthplace": "Bệnh viện Từ Dũ",
        "fields.mother.name": "Nguyễn Thị Mẫu",
    }.items():
        page.fill(f"[id='{name}']", text)
    page.select_option("[id='fields.child.sex']", "female")
    page.get_by_role("button", name="Xem phí và ngày hẹn").last.click()
    expect(page.get_by_text("17:00 thứ Hai 09/03/2026").first).to_be_visible()
    page.get_by_role("button", name="Đủ cả").click()
    page.get_by_role("button", name="Tiếp nhận và in").click()
    expect(page.locator("svg.qr")).to_be_visible()
