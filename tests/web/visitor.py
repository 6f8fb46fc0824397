"""A visitor of the pages without a browser: keeps cookies, reads pages, and posts the forms that stand on them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bs4 import BeautifulSoup, Tag
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from web.cookies import SESSION


@dataclass(frozen=True, slots=True)
class Page:
    """An answer, and its HTML."""

    response: TestResponse
    soup: BeautifulSoup

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def text(self) -> str:
        """What a person reads, with single blanks."""
        return " ".join(self.soup.get_text(" ").split())

    @property
    def location(self) -> str:
        """Where a redirect leads, as a path."""
        return self.response.headers.get("Location", "")

    def form(self, action: str) -> Tag:
        """The first form with this address."""
        found = self.soup.find("form", attrs={"action": action})
        assert isinstance(found, Tag), f"no form to {action}"
        return found


@dataclass
class Visitor:
    """One browser's cookies. ``token``: of a session of pages; None for nobody."""

    app: Flask
    token: str | None = None
    client: FlaskClient = field(init=False)

    def __post_init__(self) -> None:
        self.client = self.app.test_client()
        if self.token is not None:
            self.client.set_cookie(SESSION, self.token, secure=True)

    def get(self, path: str, *, status: int = 200, lang: str = "vi", **options: Any) -> Page:
        """Reads a page, which answers with ``status``."""
        headers = {"Accept-Language": lang, **options.pop("headers", {})}
        return self._page(self.client.get(path, headers=headers, **options), status)

    def submit(
        self, page: Page, action: str, /, *, status: int = 303, leave: tuple[str, ...] = (), **fields: Any
    ) -> Page:
        """Posts the form to ``action`` that stands on ``page``: its hidden and filled fields, and ``fields``.

        ``leave`` names fields that are not sent. A field with a list is sent several times.
        """
        sent: dict[str, Any] = {name: value for name, value in _values(page.form(action)).items() if name not in leave}
        return self.post(action, status=status, **{**sent, **fields})

    def post(self, path: str, *, status: int = 303, headers: dict[str, str] | None = None, **fields: Any) -> Page:
        """Posts fields as they are; a file is a tuple of a stream and its name."""
        return self._page(self.client.post(path, data=fields, headers=headers), status)

    def follow(self, page: Page) -> Page:
        """The page that a redirect leads to."""
        return self.get(page.location)

    def _page(self, response: TestResponse, status: int) -> Page:
        page = Page(response, BeautifulSoup(response.get_data(as_text=True), "html.parser"))
        assert response.status_code == status, f"{response.status_code}: {page.text[:2000]}"
        return page


def _values(form: Tag) -> dict[str, Any]:
    """What a browser would send of a form that nobody touched."""
    sent: dict[str, Any] = {}
    for one in form.find_all(["input", "textarea", "select"]):
        name, kind = one.get("name"), one.get("type", "text")
        if (
            not name
            or kind in ("submit", "file", "button")
            or (kind in ("checkbox", "radio") and not one.has_attr("checked"))
        ):
            continue
        if one.name == "select":
            chosen = one.find("option", selected=True) or one.find("option")
            value = str(chosen["value"]) if isinstance(chosen, Tag) else ""
        else:
            value = (
                one.get_text() if one.name == "textarea" else str(one.get("value", "on" if kind == "checkbox" else ""))
            )
        sent.setdefault(str(name), []).append(value)
    return {name: values[0] if len(values) == 1 else values for name, values in sent.items()}
