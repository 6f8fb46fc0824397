"""What administrators see, in every state, and what is seen of the figures that they and leaders share."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

import workflows
from tests.installation.town import ADMIN, LEADER, MONITOR, OFFICER
from tests.web.browser.sight import Sight, submit

BIRTH = "1.001193"
_PROCEDURES = Path(workflows.__file__).parent / "procedures"


def _later_birth(page: Page, running: str) -> None:
    """The plan of a later version of the birth procedure."""
    text = (_PROCEDURES / f"{BIRTH}.yaml").read_text(encoding="utf-8")
    lines = text.replace("\nversion: 2\n", "\nversion: 3\n").split("\n")
    effective = f"effective: {{from: 2026-03-23, running: {running}}}"
    lines = [effective if line.startswith("effective:") else line for line in lines]
    page.fill("#van_ban", "\n".join(lines))
    with page.expect_navigation():
        page.click("form[data-main] button[type=submit]")


def _planned(page: Page) -> None:
    _later_birth(page, "migrate")


def _to_choose(page: Page) -> None:
    _later_birth(page, "ask")


def _applied(page: Page) -> None:
    _later_birth(page, "migrate")
    with page.expect_navigation():
        page.click("#ap-dung button[type=submit]")


def _refused(page: Page) -> None:
    page.fill("#van_ban", 'procedure: "1.001193"\nvershion: 2\nname: {vi: Khai sinh, en: Birth}\n')
    with page.expect_navigation():
        page.click("form[data-main] button[type=submit]")


PROCEDURES = [
    Sight("procedures", "/quan-tri/thu-tuc", ADMIN),
    Sight("procedures-none", "/quan-tri/thu-tuc?q=zzzz", ADMIN),
    Sight("procedure", f"/quan-tri/thu-tuc/{BIRTH}", ADMIN, like="admin-procedure"),
    Sight("procedure-compare", f"/quan-tri/thu-tuc/{BIRTH}/so-sanh", ADMIN),
    Sight("procedure-checks", f"/quan-tri/thu-tuc/{BIRTH}/kiem-tra", ADMIN),
    Sight("procedure-record", f"/quan-tri/thu-tuc/{BIRTH}/danh-muc", ADMIN),
    Sight("procedure-record-refused", f"/quan-tri/thu-tuc/{BIRTH}/danh-muc", ADMIN, then=submit),
    Sight("plans", "/quan-tri/ke-hoach", ADMIN),
    Sight("plan-new", "/quan-tri/ke-hoach/moi", ADMIN),
    Sight("plan-empty", "/quan-tri/ke-hoach/moi", ADMIN, then=submit),
    Sight("plan-refused", "/quan-tri/ke-hoach/moi", ADMIN, then=_refused),
    Sight("plan-made", "/quan-tri/ke-hoach/moi", ADMIN, then=_planned, like="admin-plan"),
    Sight("plan-to-choose", "/quan-tri/ke-hoach/moi", ADMIN, then=_to_choose, like="admin-plan"),
    Sight("live", f"/so-do/{BIRTH}", LEADER, like="admin-diagram"),
    Sight("live-admin", f"/so-do/{BIRTH}", ADMIN, like="admin-diagram"),
    Sight("live-monitor", "/so-do/1.013225", MONITOR, like="admin-diagram"),
    Sight("live-not-allowed", f"/so-do/{BIRTH}", OFFICER, status=403, like="error-403"),
    Sight("dossier-drawn", "/ho-so/{running}/so-do", OFFICER),
]
"""Procedures, plans of versions, and the diagrams of what stands where."""

ADMINISTRATORS = [*PROCEDURES]
"""What administrators see, in every state: one list for each group of pages."""


import hashlib


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

INCIDENTS = [
    Sight("administration", "/quan-tri", ADMIN),
    Sight("incidents", "/su-co", ADMIN),
    Sight("incident", _FAILED, ADMIN),
    Sight("incident-refused", _FAILED, ADMIN, then=submit),
    Sight("incident-gone", "/su-co/notices/000000000000", ADMIN, status=404),
    Sight("incidents-all", "/su-co/tat-ca", ADMIN),

ADMINISTRATORS = [*PEOPLE, *INCIDENTS]
