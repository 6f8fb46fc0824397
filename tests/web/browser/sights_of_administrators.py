"""What administrators see, in every state: one list for each group of pages."""

from __future__ import annotations

import hashlib

from playwright.sync_api import Page

from tests.installation.town import ADMIN
from tests.web.browser.sight import Sight, send, submit
from tests.web.browser.visitor import Visitor

STAFF = "/quan-tri/can-bo"
_FILE = "username;name;office;role;start\nlan.nt;Nguyễn Thị Lan;TT-26740;counter;01/08/2026\n"
_FAULTY = _FILE + "binh;Trần Văn Bình;TT-26741;counter;01/08/2026\nmai;;TT-26740;countr;31/02/2026\n"
_FAILED = "/su-co/notices/" + hashlib.sha256(b"notices\0e-mail: refused").hexdigest()[:12]
"""The notices that were given up in every journey (``tests.web.browser.journeys.something_failed``)."""


def _try(text: str, page: Page) -> None:
    send(page, f"main form[action='{STAFF}/nhap']", text=text)


def _good_file(page: Page) -> None:
    _try(_FILE, page)


def _faulty_file(page: Page) -> None:
    _try(_FAULTY, page)


def _propose(came: Visitor) -> None:
    """Somebody is proposed as an administrator, once for all visits."""
    page = came.go(f"{STAFF}/2")
    if page.locator(f"a[href='{STAFF}/2/lam/de-nghi-quan-tri']").count():
        send(came.go(f"{STAFF}/2/lam/de-nghi-quan-tri"), "main form", reason="cần người thứ hai")


def _try_offices(page: Page) -> None:
    """A file with a new hotline is tried."""
    page.fill("[name=text]", "code;hotline;receives\nTT-26740;1900 1000;1\nUB-26740;1900 1001;1")
    with page.expect_navigation():
        page.click("form[enctype] button[type=submit]")


def _see_closure(page: Page) -> None:
    """What a closure would do is looked at."""
    for name, value in (("vi", "mất điện"), ("en", "power cut"), ("legal", "Thông báo 2")):
        page.fill(f"[name={name}]", value)
    with page.expect_navigation():
        page.click("button[value=preview]")


_LINES = (
    "02/03/2026;FT1;0011001932418;54.000,00;CK MC00004K701GX",
    "02/03/2026;FT2;0011001932418;7.000;Nguyễn Thị Mẫu nộp phí",
    "03/03/2026;FT3;0011001932418;-11.000;Phí dịch vụ SMS",
)
_STATEMENT = "Ngày giao dịch;Số tham chiếu;Số tài khoản;Số tiền;Nội dung\n" + "\n".join(_LINES)


def _read_statement(came: Visitor) -> None:
    """A file of the bank is read, once for all visits."""
    page = came.go("/quan-tri/doi-soat")
    if page.locator("section#unknown").count() == 0:
        file = {"name": "sao-ke.csv", "mimeType": "text/csv", "buffer": _STATEMENT.encode()}
        page.set_input_files("input[name=file]", [file])
        with page.expect_navigation():
            page.locator("form[enctype] button").click()


def _read_nothing(page: Page) -> None:
    with page.expect_navigation():
        page.locator("form[enctype] button").click()


PAYMENTS = [
    Sight("reconciliation-none", "/quan-tri/doi-soat?tu=2025-01-01&den=2025-01-02", ADMIN),
    Sight("reconciliation", "/quan-tri/doi-soat?tu=2026-02-20&den=2026-03-20", ADMIN, first=_read_statement),
    Sight("reconciliation-refused", "/quan-tri/doi-soat", ADMIN, then=_read_nothing),
    Sight("bank-line", "/quan-tri/doi-soat/dong?tk=0011001932418&so=FT2", ADMIN),
    Sight("bank-line-refused", "/quan-tri/doi-soat/dong?tk=0011001932418&so=FT2", ADMIN, then=submit),
    Sight("payment-waiting", "/quan-tri/doi-soat/cho/1", ADMIN),
]

PEOPLE = [
    Sight("staff", STAFF, ADMIN),
    Sight("staff-nobody-found", f"{STAFF}?q=zzzz", ADMIN),
    Sight("staff-new", f"{STAFF}/them", ADMIN),
    Sight("staff-new-refused", f"{STAFF}/them", ADMIN, then=submit),
    Sight("staff-one", f"{STAFF}/1", ADMIN),
    Sight("staff-role", f"{STAFF}/1/lam/vai-tro", ADMIN),
    Sight("staff-role-refused", f"{STAFF}/1/lam/vai-tro", ADMIN, then=submit),
    Sight("staff-role-end", f"{STAFF}/1/lam/het-vai-tro?office=TT-26740&role=counter", ADMIN),
    Sight("staff-deputy", f"{STAFF}/1/lam/thay-the", ADMIN),
    Sight("staff-deputy-end", f"{STAFF}/1/lam/het-thay-the", ADMIN),
    *[Sight(f"staff-{name}", f"{STAFF}/1/lam/{name}", ADMIN) for name in ("phien", "ngung", "bat-lai", "mat-khau")],
    *[Sight(f"staff-{name}", f"{STAFF}/1/lam/{name}", ADMIN) for name in ("hai-lop", "thoi-quan-tri")],
    Sight("staff-propose", f"{STAFF}/3/lam/de-nghi-quan-tri", ADMIN),
    Sight("staff-proposals", f"{STAFF}/de-nghi", ADMIN, first=_propose),
    Sight("staff-proposal", f"{STAFF}/de-nghi/1", ADMIN, first=_propose),
    Sight("staff-journal", f"{STAFF}/nhat-ky", ADMIN),
    Sight("staff-import", f"{STAFF}/nhap", ADMIN),
    Sight("staff-import-empty", f"{STAFF}/nhap", ADMIN, then=submit),
    Sight("staff-import-tried", f"{STAFF}/nhap", ADMIN, then=_good_file),
    Sight("staff-import-faulty", f"{STAFF}/nhap", ADMIN, then=_faulty_file),
]

INCIDENTS = [
    Sight("administration", "/quan-tri", ADMIN),
    Sight("incidents", "/su-co", ADMIN),
    Sight("incident", _FAILED, ADMIN),
    Sight("incident-refused", _FAILED, ADMIN, then=submit),
    Sight("incident-gone", "/su-co/notices/000000000000", ADMIN, status=404),
    Sight("incidents-all", "/su-co/tat-ca", ADMIN),
    Sight("portal", "/quan-tri/dong-bo", ADMIN),
    Sight("portal-retry", "/quan-tri/dong-bo/gui-lai", ADMIN),
    Sight("portal-safe", "/quan-tri/dong-bo/state/theirs", ADMIN),
    Sight("mirrors", "/quan-tri/ho-so-ngoai?nguon=BO-MAU", ADMIN),
    Sight("portal-unsafe", "/quan-tri/dong-bo/missing_here/untold", ADMIN),
]

FILINGS = [
    Sight("filings", "/ho-so-den", ADMIN),
    Sight("filings-none", "/ho-so-den?nguyen-nhan=none", ADMIN),
    Sight("filing-divided", "/ho-so-den/1", ADMIN),
    Sight("filing-divided-refused", "/ho-so-den/1", ADMIN, then=submit),
    Sight("filing-faulty", "/ho-so-den/2", ADMIN),
    Sight("filing-refuse", "/ho-so-den/2/tu-choi", ADMIN),
    Sight("filing-refuse-empty", "/ho-so-den/2/tu-choi", ADMIN, then=submit),
]

OFFICES = [
    Sight("offices", "/quan-tri/co-quan", ADMIN),
    Sight("offices-none", "/quan-tri/co-quan?q=zzzz", ADMIN),
    Sight("office", "/quan-tri/co-quan/TT-26740", ADMIN),
    Sight("office-contact", "/quan-tri/co-quan/TT-26740/lien-lac", ADMIN),
    Sight("offices-file", "/quan-tri/co-quan/tep", ADMIN),
    Sight("offices-file-tried", "/quan-tri/co-quan/tep", ADMIN, then=_try_offices),
    Sight("office-closure", "/quan-tri/co-quan/TT-26740/dong-cua", ADMIN),
    Sight("office-closure-seen", "/quan-tri/co-quan/UB-26740/dong-cua", ADMIN, then=_see_closure),
    Sight("office-hours", "/quan-tri/co-quan/TT-26740/gio-rieng", ADMIN),
    Sight("office-hours-refused", "/quan-tri/co-quan/TT-26740/gio-rieng", ADMIN, then=submit),
    Sight("office-end", "/quan-tri/co-quan/TT-26740/thu-lai?kind=closure&first=2026-03-10", ADMIN),
]

ARCHIVE = [
    Sight("archive", "/quan-tri/luu-tru", ADMIN),
    Sight("archive-transferred", "/quan-tri/luu-tru?o=transferred", ADMIN),
    Sight("archive-list", "/quan-tri/luu-tru/tieu-huy/1", ADMIN),
    Sight("archive-list-refused", "/quan-tri/luu-tru/tieu-huy/1", ADMIN, then=submit),
    Sight("archive-list-gone", "/quan-tri/luu-tru/tieu-huy/99", ADMIN, status=404),
]

ADMINISTRATORS = [*PEOPLE, *INCIDENTS, *OFFICES, *PAYMENTS, *ARCHIVE, *FILINGS]
