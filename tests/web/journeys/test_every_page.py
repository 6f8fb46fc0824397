"""Every page in every state: accessible in both languages, both themes, at both widths; light; and nothing breaks."""

from __future__ import annotations

import pytest

from tests.web.browser.accessibility import findings
from tests.web.browser.journeys import Journeys
from tests.web.browser.sight import Sight
from tests.web.browser.sights import SHOW_NOTHING, SIGHTS
from tests.web.browser.visitor import Visitor
from web.pages import Pages

MOST_OF_A_CITIZENS_PAGE, MOST_REQUESTS = 50_000, 6
MOST_OF_A_DESK_PAGE, MOST_SCRIPT = 150_000, 40_000


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("sight", SIGHTS, ids=lambda sight: sight.name)
def test_page(shared_journeys: Journeys, sight: Sight, language: str) -> None:
    if not sight.is_there(shared_journeys.town.app):
        pytest.skip("no such address yet")
    came = shared_journeys.seated(sight.who or "", language)
    page = sight.open(came, shared_journeys.town.known)
    wrong = too_heavy(came) if sight.then is None else []
    if page.locator("html").get_attribute("lang") != language:
        wrong.append("the page is in another language than was asked for")
    wrong += findings(page)
    assert wrong + came.fine() == []


def too_heavy(came: Visitor) -> list[str]:
    """What of the budgets the visit broke."""
    weight, citizen = came.weight(), came.page.locator("body.citizen").count() == 1
    most = MOST_OF_A_CITIZENS_PAGE if citizen else MOST_OF_A_DESK_PAGE
    broken = [f"{weight.total} bytes"] if weight.total > most else []
    broken += [f"{weight.requests} requests"] if citizen and weight.requests > MOST_REQUESTS else []
    return broken + ([f"{weight.script} bytes of scripts"] if weight.script > MOST_SCRIPT else [])


def test_every_declared_page_is_in_a_sight(shared_journeys: Journeys) -> None:
    """By its address; what leads on, or sends a file, shows nothing to look at."""
    app = shared_journeys.town.app
    seen = {sight.rule(app, shared_journeys.town.known) for sight in SIGHTS if sight.is_there(app)}
    shown = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and app.view_functions[rule.endpoint] in Pages.ACCESS
    }
    assert shown - seen - SHOW_NOTHING == set()
