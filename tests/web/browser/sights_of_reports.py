"""What those who read figures see: leaders, monitors and administrators, with figures and without."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.installation.town import ADMIN, COUNTER, LEADER, MONITOR
from tests.web.browser.sight import Sight


def _open_table(page: Page) -> None:
    page.locator("details.more").first.evaluate("one => { one.open = true }")


def _ask(page: Page) -> None:
    """Asks for the report, each month in the one language and each week in the other: the list has it then."""
    page.select_option("[name=rhythm]", "week" if page.locator("html").get_attribute("lang") == "en" else "month")
    with page.expect_navigation():
        page.locator("form[data-main]").evaluate("form => form.requestSubmit()")


SPRING = "tu=01/03/2026&den=31/03/2026"
NEVER = "tu=01/01/2024&den=31/01/2024"
REPORTS = [
    Sight("reports-leader", f"/bao-cao?{SPRING}", LEADER),
    Sight("reports-monitor", f"/bao-cao?{SPRING}", MONITOR),
    Sight("reports-admin", f"/bao-cao?{SPRING}", ADMIN),
    Sight("reports-empty", f"/bao-cao?{NEVER}", LEADER),
    Sight("reports-wrong-day", "/bao-cao?tu=32/13/2026&den=x", LEADER),
    Sight("reports-refused", "/bao-cao", COUNTER, status=403),
    Sight("reports-indicator", f"/bao-cao/chi-tieu/on_time?{SPRING}&ben=tong", LEADER),
    Sight("reports-indicator-procedures", f"/bao-cao/chi-tieu/offered_online?{SPRING}&ben=tong", MONITOR),
    Sight("reports-indicator-admin", f"/bao-cao/chi-tieu/on_time?{SPRING}", ADMIN),
    Sight("reports-indicator-empty", f"/bao-cao/chi-tieu/on_time?{NEVER}", LEADER),
    Sight("reports-units", "/bao-cao/don-vi?den=31/03/2026", MONITOR, like="admin-reports"),
    Sight("reports-units-table", "/bao-cao/don-vi?den=31/03/2026", MONITOR, then=_open_table, like="admin-reports"),
    Sight("reports-units-leader", "/bao-cao/don-vi?den=31/03/2026", LEADER, like="admin-reports"),
    Sight("reports-units-empty", "/bao-cao/don-vi?den=31/01/2024", LEADER),
    Sight("reports-delays", f"/bao-cao/tre?{SPRING}", LEADER),
    Sight("reports-delays-empty", f"/bao-cao/tre?{NEVER}", LEADER),
    Sight("reports-ways", f"/bao-cao/duong-di?{SPRING}&thu_tuc=1.001193", LEADER),
    Sight("reports-ways-choose", "/bao-cao/duong-di", LEADER),
    Sight("reports-ways-empty", f"/bao-cao/duong-di?{NEVER}&thu_tuc=1.001193", LEADER),
    Sight("reports-ways-admin", "/bao-cao/duong-di", ADMIN),
    Sight("reports-floors", "/bao-cao/muc-san?nam=2026", MONITOR),
    Sight("reports-readiness", "/bao-cao/san-sang", MONITOR, like="admin-reports"),
    Sight("reports-readiness-leader", "/bao-cao/san-sang", LEADER),
    Sight("reports-provinces", "/bao-cao/cac-tinh", MONITOR),
    Sight("reports-by-mail", "/bao-cao/dang-ky", MONITOR),
    Sight("reports-by-mail-asked", "/bao-cao/dang-ky", MONITOR, then=_ask),
    Sight("reports-by-mail-no-address", "/bao-cao/dang-ky", LEADER),
    Sight("reports-by-mail-admin", "/bao-cao/dang-ky", ADMIN),
]
FILES = {f"/bao-cao/{one}tep" for one in ("", "don-vi/", "tre/", "duong-di/", "muc-san/", "san-sang/", "cac-tinh/")}
"""Addresses of reports that send a file."""
