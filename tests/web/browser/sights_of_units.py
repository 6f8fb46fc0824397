"""What is seen of units, competences and reorganisations: states that need no plan.

A plan in each of its states is looked at in ``tests/web/journeys/test_reorganisation.py``.
"""

from __future__ import annotations

from playwright.sync_api import Page

from tests.installation.town import ADMIN, COUNTER
from tests.web.browser.sight import Sight, submit


def _wrong_policy(page: Page) -> None:
    """A policy with mistakes is sent."""
    page.fill("[name=policy]", "reform: sap-xep\ndate: mai\nvi: Sắp xếp\n")
    with page.expect_navigation():
        page.click("#lap button[type=submit]")


_NEW, _OLD = "c:26740@2025-07-01", "c:26737@2024-01-01"

UNITS = [
    Sight("reforms", "/quan-tri/sap-xep", ADMIN, like="admin-reorganisation"),
    Sight("reforms-refused", "/quan-tri/sap-xep", ADMIN, then=submit),
    Sight("reforms-policy-wrong", "/quan-tri/sap-xep", ADMIN, then=_wrong_policy),
    Sight("reforms-counter", "/quan-tri/sap-xep", COUNTER),
    Sight("competences", "/quan-tri/tham-quyen", ADMIN),
    Sight("competences-before", "/quan-tri/tham-quyen?tu=30/06/2025&den=01/07/2025", ADMIN),
    Sight("competences-no-day", "/quan-tri/tham-quyen?tu=31/02/2025", ADMIN),
    Sight("units", "/quan-tri/don-vi", ADMIN),
    Sight("units-before", "/quan-tri/don-vi?ngay=30/06/2025&dv=d:760@2024-01-01", ADMIN),
    Sight("units-found", "/quan-tri/don-vi?q=tan%20dinh", ADMIN),
    Sight("units-none", "/quan-tri/don-vi?q=zzzz&ngay=31/02/2025", ADMIN),
    Sight("units-new", f"/quan-tri/don-vi?dv={_NEW}", ADMIN),
    Sight("units-old", f"/quan-tri/don-vi?dv={_OLD}", ADMIN),
]
