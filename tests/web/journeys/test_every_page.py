"""Every page in every state: accessible in both languages and themes, light enough, and nothing breaks by itself."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

import pytest

from tests.web.browser.accessibility import findings
from tests.web.browser.sights import SIGHTS, Sight
from tests.web.browser.visitor import PHONE, Visitor
from tests.web.journeys.conftest import Journeys
from web.pages import Pages

MOST_OF_A_CITIZENS_PAGE, MOST_REQUESTS = 50_000, 6
MOST_OF_A_DESK_PAGE, MOST_SCRIPT = 150_000, 40_000
WHOSE = sorted({sight.who or "" for sight in SIGHTS})


@pytest.fixture(params=["vi", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize("who", WHOSE)
def test_axe_finds_nothing_on_any_page(shared_journeys: Journeys, language: str, who: str) -> None:
    """In light and dark, at the width of a desk; what is refused and what is empty are pages too."""
    wrong = {}
    came = _came(shared_journeys, who, language)
    for sight, page in _opened(shared_journeys, came, who):
        found = findings(page)
        if page.locator("html").get_attribute("lang") != language:
            found.append("the page is in another language than was asked for")
        if found:
            wrong[sight.name] = found
    assert wrong == {}


@pytest.mark.parametrize("who", WHOSE)
def test_no_page_is_wider_than_a_phone(shared_journeys: Journeys, language: str, who: str) -> None:
    wide = {}
    came = _came(shared_journeys, who, language, size=PHONE)
    for sight, page in _opened(shared_journeys, came, who):
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > PHONE[0]:
            wide[sight.name] = width
    assert wide == {}


@pytest.mark.parametrize("who", WHOSE)
def test_every_page_is_light_on_a_first_visit(shared_journeys: Journeys, who: str) -> None:
    heavy = {}
    for sight in SIGHTS:
        if (sight.who or "") == who and sight.then is None:
            came = _came(shared_journeys, who, "vi")
            sight.open(came, shared_journeys.town.known)
            weight, citizen = came.weight(), came.page.locator("body.citizen").count() == 1
            most = MOST_OF_A_CITIZENS_PAGE if citizen else MOST_OF_A_DESK_PAGE
            if weight.total > most or (citizen and weight.requests > MOST_REQUESTS) or weight.script > MOST_SCRIPT:
                heavy[sight.name] = weight
            came.context.close()
    assert heavy == {}


def test_every_declared_page_is_in_a_sight(shared_journeys: Journeys) -> None:
    """By its address; what leads on, or sends a file, shows nothing to look at."""
    routes = shared_journeys.town.app.url_map.bind("localhost")
    known = shared_journeys.town.known
    seen = set()
    for sight in SIGHTS:
        path = sight.path.partition("?")[0].format(**{name: dossier.code for name, dossier in known.items()})
        seen.add(routes.match(path, return_rule=True)[0].rule)
    shown = {
        rule.rule
        for rule in shared_journeys.town.app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and shared_journeys.town.app.view_functions[rule.endpoint] in Pages.ACCESS
    }
    assert shown - seen - SHOW_NOTHING == set()


SHOW_NOTHING = {"/h/<token>", "/tro-giup/hinh/<spoken>/<name>"}


def _came(journeys: Journeys, who: str, language: str, **options: tuple[int, int]) -> Visitor:
    return journeys.staff(who, language, **options) if who else journeys.visit(language, **options)


def _opened(journeys: Journeys, came: Visitor, who: str) -> Iterator[tuple[Sight, object]]:
    for _link, sights in groupby([sight for sight in SIGHTS if (sight.who or "") == who], lambda sight: sight.link):
        for sight in sights:
            yield sight, sight.open(came, journeys.town.known)
