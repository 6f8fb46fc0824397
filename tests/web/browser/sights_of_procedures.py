"""What administrators see of procedures and plans, and what others see of their figures, in every state."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

import workflows
from tests.installation.town import ADMIN, LEADER, MONITOR, OFFICER
from tests.web.browser.sight import Sight, submit

BIRTH, PERMIT = "1.001193", "1.013225"
_PROCEDURES = Path(workflows.__file__).parent / "procedures"


def _later_permit(page: Page, running: str) -> None:
    """The plan of a later version of the building permit, without the fee of a province that is not in the town."""
    text = (_PROCEDURES / f"{PERMIT}.yaml").read_text(encoding="utf-8").replace(', "92": 50000', "")
    lines = text.replace("\nversion: 2\n", "\nversion: 3\n").split("\n")
    effective = f"effective: {{from: 2026-03-23, running: {running}}}"
    lines = [effective if line.startswith("effective:") else line for line in lines]
    page.fill("#van_ban", "\n".join(lines))
    with page.expect_navigation():
        page.click("form[data-main] button[type=submit]")


def _planned(page: Page) -> None:
    _later_permit(page, "migrate")


def _to_choose(page: Page) -> None:
    _later_permit(page, "ask")


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
    Sight("procedure-what-if", f"/quan-tri/thu-tuc/{BIRTH}/neu-nhu", ADMIN),
    Sight("procedure-what-if-few", f"/quan-tri/thu-tuc/{PERMIT}/neu-nhu?thu=v2", ADMIN),
    Sight("procedure-record", f"/quan-tri/thu-tuc/{BIRTH}/danh-muc", ADMIN),
    Sight("procedure-record-refused", f"/quan-tri/thu-tuc/{BIRTH}/danh-muc", ADMIN, then=submit),
    Sight("plans", "/quan-tri/ke-hoach", ADMIN),
    Sight("plan-new", "/quan-tri/ke-hoach/moi", ADMIN),
    Sight("plan-empty", "/quan-tri/ke-hoach/moi", ADMIN, then=submit),
    Sight("plan-refused", "/quan-tri/ke-hoach/moi", ADMIN, then=_refused),
    Sight("plan-made", "/quan-tri/ke-hoach/moi", ADMIN, then=_planned, like="admin-plan"),
    Sight("plan-to-choose", "/quan-tri/ke-hoach/moi", ADMIN, then=_to_choose, like="admin-plan"),
    Sight("live-list", "/so-do", LEADER),
    Sight("live", f"/so-do/{BIRTH}", LEADER, like="admin-diagram"),
    Sight("live-admin", f"/so-do/{BIRTH}", ADMIN, like="admin-diagram"),
    Sight("live-monitor", "/so-do/1.013225", MONITOR, like="admin-diagram"),
    Sight("live-not-allowed", f"/so-do/{BIRTH}", OFFICER, status=403, like="error-403"),
    Sight("dossier-drawn", "/ho-so/{running}/so-do", OFFICER),
]
"""Procedures, plans of versions, and the diagrams of what stands where."""
