"""A page in one state that looks different: what is held to be accessible, and what the screenshots show."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import Flask
from playwright.sync_api import Page

from tests.installation.town import Known
from tests.web.browser.visitor import Visitor


@dataclass(frozen=True)
class Sight:
    """A page in one state.

    ``path`` may name a dossier of the town, as in ``/ho-so/{running}``. ``who`` has signed in, or is nobody, or holds
    the ``link`` of a dossier. ``first`` is done before the page is opened, ``then`` on the page before it is looked at.
    ``like`` is the mock-up.
    """

    name: str
    path: str
    who: str | None = None
    link: str | None = None
    status: int = 200
    first: Callable[[Visitor], None] | None = None
    then: Callable[[Page], None] | None = None
    like: str | None = None

    def rule(self, app: Flask, known: Mapping[str, Known]) -> str:
        """The address as it was declared. Raises NotFound."""
        path = self.path.partition("?")[0]
        for name in re.findall(r"\{(\w+)\}", path):
            path = path.replace(f"{{{name}}}", known[name].code if name in known else "H26740-260302-0001")
        return str(app.url_map.bind("localhost").match(path, return_rule=True)[0].rule)

    def open(self, came: Visitor, known: Mapping[str, Known]) -> Page:
        """Opens the page in the browser of somebody who is already ``who``."""
        if self.link is not None:
            came.go(f"/h/{known[self.link].token}")
        if self.first is not None:
            self.first(came)
        page = came.go(self.path.format(**{name: dossier.code for name, dossier in known.items()}), self.status)
        if self.then is not None:
            self.then(page)
            page.wait_for_load_state()
        return page


def submit(page: Page) -> None:
    """Sends the first form of the page's content as it stands, whatever the browser says about it."""
    send(page, "main form")


def send(page: Page, form: str, **fields: str) -> None:
    """Fills fields of a form by name, and sends it."""
    for name, value in fields.items():
        page.fill(f"{form} [name='{name}']", value)
    with page.expect_navigation():
        page.locator(form).first.evaluate("form => { form.noValidate = true; form.requestSubmit() }")
