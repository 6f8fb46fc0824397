"""Withdrawing from the page: what it means is said first, and the receipt code proves who asks."""

from __future__ import annotations

from typing import Any

from tests.web.site import Site
from tests.web.visitor import Visitor


def path(filed: dict[str, Any]) -> str:
    return f"/h/{filed['code']}/viec/withdraw"


def state(site: Site, filed: dict[str, Any]) -> str:
    answer = site.installation.person("counter").get(f"/api/v1/dossiers/{filed['code']}")
    return str(answer.json["state"])


def opened(site: Site) -> tuple[dict[str, Any], Visitor]:
    filed = site.installation.filed()
    return filed, site.applicant(filed)


def test_the_page_says_what_it_means(site: Site) -> None:
    filed, visitor = opened(site)
    page = visitor.get(f"/h/{filed['code']}")
    assert page.soup.find("a", href=path(filed))
    assert "Việc này kết thúc hồ sơ" in visitor.get(path(filed)).text


def test_withdraws_with_the_receipt_code_once(site: Site) -> None:
    filed, visitor = opened(site)
    page = visitor.get(path(filed))
    for _ in range(2):
        sent = visitor.submit(page, path(filed), receipt_code=filed["receipt_code"].lower(), reason="Không cần nữa")
        assert sent.location == f"/h/{filed['code']}"
    assert state(site, filed) == "withdrawn"
    said = visitor.follow(sent)
    assert said.soup.h1 is not None and "Bạn đã rút hồ sơ này" in said.text
    visitor.get(path(filed), status=404)


def test_a_wrong_or_missing_receipt_code_changes_nothing_and_keeps_the_reason(site: Site) -> None:
    filed, visitor = opened(site)
    for receipt, status in (("AAAAA-BBBBB", 403), ("", 422)):
        page = visitor.get(path(filed))
        again = visitor.submit(page, path(filed), status=status, receipt_code=receipt, reason="Vì bận")
        field = again.soup.find(id="reason")
        assert field is not None and field.get_text() == "Vì bận"
        assert again.soup.find(id="errors") and state(site, filed) == "accepted"
    assert again.soup.find(id="receipt_code-error") and "receipt_code)" not in again.text


def test_no_action_of_staff_is_reached_here(site: Site) -> None:
    filed, visitor = opened(site)
    visitor.get(f"/h/{filed['code']}/viec/forward", status=404)
    page = visitor.get(path(filed))
    csrf = page.form(path(filed)).find("input", attrs={"name": "csrf"})["value"]  # type: ignore[index]
    visitor.post(f"/h/{filed['code']}/viec/forward", status=404, csrf=csrf, key="k" * 20)
    assert state(site, filed) == "accepted"


def test_a_get_never_acts_and_a_forged_post_is_refused(site: Site) -> None:
    filed, visitor = opened(site)
    visitor.get(f"{path(filed)}?receipt_code={filed['receipt_code']}&reason=x")
    visitor.post(path(filed), status=403, receipt_code=filed["receipt_code"])
    site.nobody().post(path(filed), status=404, receipt_code=filed["receipt_code"])
    assert state(site, filed) == "accepted"
