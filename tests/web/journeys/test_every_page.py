"""Every page in every state: accessible in both languages, both themes, at both widths; light; and nothing breaks."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from tests.installation.town import COUNTER, OFFICER
from tests.web.browser.accessibility import half_of_findings
from tests.web.browser.journeys import Journeys
from tests.web.browser.sight import Sight
from tests.web.browser.sights import AFTER_AN_ACT, SHOW_NOTHING, SIGHTS
from tests.web.browser.visitor import LOCALES, Visitor
from web.pages import Pages

MOST_OF_A_CITIZENS_PAGE, MOST_REQUESTS = 50_000, 6
MOST_OF_A_DESK_PAGE, MOST_SCRIPT = 150_000, 40_000

REFUSED = re.compile("refused|wrong|empty|faulty|unsafe|gone|errors|typed|none|divided")
"""In the name of a sight whose page tells what was refused."""
FOR_STAFF = {"/tro-giup/clerk", "/tro-giup/specialist", "/tro-giup/leader", "/tro-giup/administrator"}
"""Chapters of the handbook with pictures of the desk, which are read there."""


@pytest.mark.parametrize("sight", SIGHTS, ids=lambda sight: sight.name)
def test_page(shared_journeys: Journeys, sight: Sight) -> None:
    wrong = {language: _wrong_in(language, shared_journeys, sight) for language in LOCALES}
    assert wrong == {"vi": [], "en": []}


def _wrong_in(language: str, journeys: Journeys, sight: Sight) -> list[str]:
    came = journeys.seated(sight.who or "", language)
    page = sight.open(came, journeys.town.known)
    wrong = too_heavy(came) if sight.then is None else []
    if sight.then is not None and page.locator("#errors").count() and not REFUSED.search(sight.name):
        wrong.append("something was refused, and the sight is not called so")
    if page.locator("html").get_attribute("lang") != language:
        wrong.append("the page is in another language than was asked for")
    wrong += half_of_findings(page, on_phone=language == "en")
    answered = (f"{sight.status} for GET",) if sight.status >= 500 else ()
    return wrong + came.fine(*answered)


def too_heavy(came: Visitor) -> list[str]:
    """What of the budgets the visit broke."""
    weight, citizen = came.weight(), came.page.locator("body.citizen").count() == 1
    citizen = citizen and came.at() not in FOR_STAFF
    most = MOST_OF_A_CITIZENS_PAGE if citizen else MOST_OF_A_DESK_PAGE
    broken = [f"{weight.total} bytes"] if weight.total > most else []
    broken += [f"{weight.requests} requests"] if citizen and weight.requests > MOST_REQUESTS else []
    return broken + ([f"{weight.script} bytes of scripts"] if weight.script > MOST_SCRIPT else [])


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("who", [COUNTER, OFFICER])
def test_every_form_of_an_act(shared_journeys: Journeys, who: str, language: str) -> None:
    """Whether the act is possible now, or the page says why it is not."""
    came, wrong = shared_journeys.seated(who, language), {}
    for rule in _forms(shared_journeys.town.app):
        path = rule
        for name, value in _VALUES.items():
            path = re.sub(rf"<(int:)?{name}>", value, path)
        page = came.go(path.replace("<code>", shared_journeys.town.known["running"].code))
        if found := [*half_of_findings(page, on_phone=language == "en"), *came.fine()]:
            wrong[rule] = found
    assert wrong == {}


_VALUES = {"number": "1", "key": "nha_o", "action": "ask", "form": "01", "paper": "01"}


def _forms(app: Flask) -> list[str]:
    return sorted(rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/ho-so/<code>/lam/"))


def test_every_declared_page_is_in_a_sight(shared_journeys: Journeys) -> None:
    """By its address; what leads on, or sends a file, shows nothing to look at."""
    app = shared_journeys.town.app
    seen = {sight.rule(app, shared_journeys.town.known) for sight in SIGHTS}
    shown = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and app.view_functions[rule.endpoint] in Pages.ACCESS
    }
    assert shown - seen - set(_forms(app)) - SHOW_NOTHING - AFTER_AN_ACT == set()
