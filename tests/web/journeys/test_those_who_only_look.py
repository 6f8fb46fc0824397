"""The inspector and the administrator at the desk: what they see, that they change nothing, and that all can use it."""

from __future__ import annotations

import pytest

from tests.installation.town import ADMIN, MONITOR
from tests.web.browser.accessibility import half_of_findings
from tests.web.browser.journeys import Journeys

both = pytest.mark.parametrize("language", ["vi", "en"])
PAGES = {
    "/quay": 200,
    "/ho-so?hang=qua-han": 200,
    "/ho-so?pham-vi=tat-ca&tinh-trang=2": 200,
    "/viec": 200,
    "/ky": 200,
    "/tra-ket-qua": 200,
    "/so-dang-ky": 200,
    "/in": 200,
    "/xac-minh": 200,
    "/tai-khoan/hai-lop": 200,
    "/quay/tiep-nhan": 403,
}


@both
@pytest.mark.parametrize("who", [MONITOR, ADMIN])
def test_every_page_in_reach_is_accessible(shared_journeys: Journeys, who: str, language: str) -> None:
    came, wrong = shared_journeys.seated(who, language), {}
    for path, status in PAGES.items():
        page = came.go(path, status)
        found = [*half_of_findings(page, on_phone=language == "en"), *came.fine()]
        if page.locator("html").get_attribute("lang") != language:
            found.append("in another language")
        if found:
            wrong[path] = found
    assert wrong == {}


@both
def test_an_inspector_reads_a_dossier_and_who_looked_at_it_and_does_nothing(
    shared_journeys: Journeys, language: str
) -> None:
    code = shared_journeys.town.known["running"].code
    came = shared_journeys.seated(MONITOR, language)
    page = came.go("/ho-so?pham-vi=tat-ca&q=" + code)
    page.click(f"main a[href^='/ho-so/{code}']")
    page.wait_for_selector("#verdict")
    ways = page.eval_on_selector_all(f"main form[action^='/ho-so/{code}/']", "all => all.map(one => one.action)")
    changing = [one for one in ways if not one.endswith(("/views", "/notes"))]
    assert changing == [], "an inspector changes nothing"
    page = came.go(f"/ho-so/{code}?loc=xem")
    assert half_of_findings(page, on_phone=language == "en") == [] and came.fine() == []


@both
def test_an_administrator_sees_no_dossier(shared_journeys: Journeys, language: str) -> None:
    known = shared_journeys.town.known["running"]
    came = shared_journeys.seated(ADMIN, language)
    page = came.go("/ho-so?pham-vi=tat-ca")
    assert page.locator("main a[href^='/ho-so/H']").count() == 0
    for path in (f"/ho-so/{known.code}", f"/ho-so/{known.code}/nguoi-nop", f"/ho-so/{known.code}/in"):
        assert half_of_findings(came.go(path, 404), on_phone=language == "en") == []
    came.fine()
