"""Every page in every state. A page that is declared and stands in no sight fails in test_every_page.py."""

from __future__ import annotations

from tests.web.browser.sight import Sight, submit
from tests.web.browser.sights_of_accounts import ACCOUNT
from tests.web.browser.sights_of_administrators import ADMINISTRATORS
from tests.web.browser.sights_of_citizens import CITIZENS
from tests.web.browser.sights_of_editor import EDITOR
from tests.web.browser.sights_of_errors import ERRORS
from tests.web.browser.sights_of_procedures import PROCEDURES
from tests.web.browser.sights_of_reports import FILES, REPORTS
from tests.web.browser.sights_of_staff import STAFF
from tests.web.browser.sights_of_units import UNITS

SHOW_NOTHING = {
    *("/h/<token>", "/h/<token:token>", "/h/<code>/bang-chung/tep", "/tro-giup/hinh/<spoken>/<name>"),
    *("/dang-nhap/co-quan", "/dang-nhap/co-quan/tra-loi", "/so-dang-ky/tep"),
    "/quay/hang-doi",
    "/quan-tri/sap-xep/<digest>/ke-hoach.json",
    "/quan-tri/can-bo/nhap/mau",
    "/quan-tri/co-quan/tep/mau",
    "/quan-tri/luu-tru/tieu-huy/<int:number>/bien-ban",
    *FILES,
    "/quan-tri/thu-tuc/soan/khoa",
    "/ho-so/<code>/giay-to/<int:number>/trang/<int:page>.png",
}
"""Addresses that lead on, send a file, or send a part of a page."""
AFTER_AN_ACT = {
    *("/viec/<int:number>", "/ky/lan/<int:number>", "/in/<int:run>", "/xac-minh/<int:number>"),
    "/ho-so/<code>/giay-to/<int:number>",
    *("/kiem-tra/<token>", "/ky/tu-xa/<int:number>"),
    *("/quan-tri/ke-hoach/nhap/<int:number>", "/quan-tri/ke-hoach/<int:number>"),
    "/quan-tri/sap-xep/<digest>",
}
"""Pages that are there only after an act: the journeys look at them."""

SIGHTS = [
    Sight("sign-in", "/dang-nhap", like="sign-in"),
    Sight("sign-in-refused", "/dang-nhap", then=submit),
    Sight("help", "/tro-giup"),
    Sight("help-citizen", "/tro-giup/citizen"),
    Sight("help-clerk", "/tro-giup/clerk"),
    Sight("help-specialist", "/tro-giup/specialist"),
    Sight("help-leader", "/tro-giup/leader"),
    Sight("help-administrator", "/tro-giup/administrator"),
    Sight("nothing-there", "/tro-giup/nothing", status=404, like="error-404"),
    *ERRORS,
    *ACCOUNT,
    *CITIZENS,
    *STAFF,
    *ADMINISTRATORS,
    *PROCEDURES,
    *EDITOR,
    *UNITS,
    *REPORTS,
]
