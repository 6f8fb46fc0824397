"""The page of counter intake, without a browser."""

from __future__ import annotations

from typing import Any

from tests.installation.trial_content import SAIGON
from tests.web.site import Site
from tests.web.visitor import Page, Visitor

AT = "/quay/tiep-nhan"
CARD = "079300012345||Nguyễn Thị Đào|04111990|Nữ|12 Lê Lợi, Phường Sài Gòn|05072021"
COMPLETE: dict[str, Any] = {
    "procedure": "1.000001",
    "card": CARD,
    "applicant.phone": "0901234567",
    "fields.land.commune": SAIGON,
    "papers.form.tick": "on",
    "papers.card.tick": "on",
}


def typed(clerk: Visitor, **fields: Any) -> Page:
    """The page after the form was kept with these fields."""
    page = clerk.get(AT)
    kept = _post(clerk, page, f"{AT}/nhap", fields)
    return clerk.get(kept.location)


def _post(clerk: Visitor, page: Page, to: str, fields: dict[str, Any], status: int = 303) -> Page:
    hidden = {one["name"]: one["value"] for one in page.form(AT).find_all("input", type="hidden")}
    return clerk.post(to, status=status, **{**hidden, **fields})


def test_the_page_is_for_those_who_receive(site: Site) -> None:
    assert site.person("counter").get(AT).soup.h1 is not None
    assert "forbidden" in site.person("specialist").get(AT, status=403).text
