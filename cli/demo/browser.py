"""A browser for the demonstration: keeps cookies, reads pages, and sends the forms that stand on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from urllib.parse import urlencode

import urllib3

from cli.demo.client import Unexpected
from engine.errors import Refusal

File = tuple[str, bytes, str]
"""Name, content and media type."""
Value = str | File


class NoForm(Refusal):
    """A page does not have the form that the demonstration wants to send."""

    code = "demo-no-form"
    status = 500
    vi = "Trình diễn dừng: trang {path} không có biểu mẫu gửi đến {action}."
    en = "The demonstration stopped: the page {path} has no form to {action}."


@dataclass(frozen=True, slots=True)
class Form:
    """A form: its address, how it is sent, and what it sends untouched."""

    action: str
    multipart: bool
    fields: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Page:
    """A page that was read: where it is, its forms, what is written on it, and its bytes."""

    path: str
    forms: tuple[Form, ...]
    text: str
    content: bytes
    boxes: tuple[tuple[str, str], ...]
    """(name, value) of every checkbox, whether it is checked or not."""

    def form(self, action: str) -> Form:
        """The first form that is sent to the path ``action``. Raises NoForm."""
        found = next((one for one in self.forms if one.action.partition("?")[0] == action), None)
        if found is None:
            raise NoForm(path=self.path, action=action)
        return found


class Browser:
    """One person's browser."""

    def __init__(self, base: str) -> None:
        self._base = base
        self._pool = urllib3.PoolManager(timeout=30, retries=False)
        self._cookies: dict[str, str] = {}

    def open(self, path: str) -> Page:
        """The page at ``path``, after redirects. Raises Unexpected."""
        return self._follow("GET", path, None, {})

    def send(self, page: Page, action: str, given: Mapping[str, Value] | None = None, *, to: str = "") -> Page:
        """Fills in the form to ``action`` and sends it, to the address of a button where ``to`` names one; the page
        that follows. Raises NoForm, Unexpected."""
        form, given = page.form(action), given or {}
        kept = [(name, value) for name, value in form.fields if name not in given]
        filled: list[tuple[str, Value]] = [*kept, *given.items()]
        if form.multipart:
            body, kind = urllib3.encode_multipart_formdata(filled)
        else:
            body, kind = urlencode(filled).encode(), "application/x-www-form-urlencoded"
        headers = {"Content-Type": kind, "Origin": self._base, "Sec-Fetch-Site": "same-origin"}
        return self._follow("POST", to or form.action, body, headers)

    def _follow(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Page:
        for _ in range(5):
            answer = self._ask(method, path, body, headers)
            if answer.status not in (302, 303):
                break
            method, path, body, headers = "GET", answer.headers["Location"].removeprefix(self._base), None, {}
        if answer.status != 200:
            raise Unexpected(
                method=method, path=path, status=answer.status, body=read_page(path, answer.data).text[:600]
            )
        return read_page(path, answer.data)

    def _ask(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> urllib3.BaseHTTPResponse:
        kept = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        told = {"Accept-Language": "vi", **({"Cookie": kept} if kept else {}), **headers}
        address = self._base + path.partition("#")[0]
        answer = self._pool.request(method, address, body=body, headers=told, redirect=False)
        for line in answer.headers.getlist("Set-Cookie"):
            self._keep(line)
        return answer

    def _keep(self, line: str) -> None:
        for name, morsel in SimpleCookie(line).items():
            if morsel["max-age"] == "0":
                self._cookies.pop(name, None)
            else:
                self._cookies[name] = morsel.value


def read_page(path: str, content: bytes) -> Page:
    """What stands on a page; of anything but HTML only its bytes."""
    reader = _Reader()
    if content[:200].lstrip().lower().startswith(b"<!doctype html"):
        reader.feed(content.decode())
    return Page(path, tuple(reader.forms()), " ".join(" ".join(reader.said).split()), content, tuple(reader.boxes))


class _Reader(HTMLParser):
    """Gathers the forms of a page with what a browser would send of them, and the text."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.boxes: list[tuple[str, str]] = []
        self._forms: list[tuple[str, Form]] = []
        self._beside: list[tuple[str, str, str]] = []  # (id of the form, name, value) of fields outside of it
        self._inside = False
        self._select: dict[str, str] | None = None
        self._writing: tuple[str, list[str], str] | None = None
        self._silent = False

    def forms(self) -> Iterable[Form]:
        """The forms, with their fields that stand elsewhere."""
        for number, form in self._forms:
            form.fields.extend((name, value) for of, name, value in self._beside if of and of == number)
            yield form

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = True
            multipart = given.get("enctype") == "multipart/form-data"
            self._forms.append((given.get("id", ""), Form(given.get("action", ""), multipart)))
        elif tag in ("script", "style"):
            self._silent = True
        elif tag == "select":
            self._select = {"name": given.get("name", ""), "form": given.get("form", "")}
        elif tag == "option" and self._select is not None and ("selected" in given or "value" not in self._select):
            self._select["value"] = given.get("value", "")
        elif tag == "textarea":
            self._writing = (given.get("name", ""), [], given.get("form", ""))
        elif tag == "input":
            self._input(given)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag in ("script", "style"):
            self._silent = False
        elif tag == "select" and self._select is not None:
            if "value" in self._select:
                self._add(self._select["form"], self._select["name"], self._select["value"])
            self._select = None
        elif tag == "textarea" and self._writing is not None:
            name, parts, of = self._writing
            self._add(of, name, "".join(parts).lstrip("\n"))
            self._writing = None

    def handle_data(self, data: str) -> None:
        if self._writing is not None:
            self._writing[1].append(data)
        elif not self._silent:
            self.said.append(data)

    def _input(self, given: Mapping[str, str]) -> None:
        kind, name = given.get("type", "text"), given.get("name", "")
        value = given.get("value", "on" if kind in ("checkbox", "radio") else "")
        if kind == "checkbox":
            self.boxes.append((name, value))
        if kind in ("submit", "button", "file", "image") or (kind in ("checkbox", "radio") and "checked" not in given):
            return
        self._add(given.get("form", ""), name, value)

    def _add(self, of: str, name: str, value: str) -> None:
        if not name:
            return
        if of:
            self._beside.append((of, name, value))
        elif self._inside:
            self._forms[-1][1].fields.append((name, value))
