"""Every route of the pages, with its access rule, and an address for it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from flask import Flask

from server.identity import Access
from web.pages import Pages

_ARGUMENT = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")
_NAMELESS = {"int": "1", "token": "x" * 32}


@dataclass(frozen=True, slots=True)
class Route:
    """A declared page or post."""

    rule: str
    method: str
    access: Access
    arguments: tuple[str, ...]

    def path(self, values: Mapping[str, str]) -> str:
        """An address of the route; what ``values`` does not name is a value that nothing has."""
        return _ARGUMENT.sub(lambda one: values.get(one["name"], _NAMELESS.get(one["kind"], "x1")), self.rule)

    @property
    def named(self) -> str:
        return f"{self.method} {self.rule}"


def routes(app: Flask) -> list[Route]:
    """The routes of ``web.pages.Pages``, in order of their rule."""
    found = []
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if view in Pages.ACCESS:
            method = "POST" if "POST" in (rule.methods or ()) else "GET"
            found.append(Route(rule.rule, method, Pages.ACCESS[view], tuple(sorted(rule.arguments))))
    return sorted(found, key=lambda one: (one.rule, one.method))
