"""What the installations of the tests publish: the shipped content, with parts of it replaced."""

from __future__ import annotations

from functools import cache
from typing import Any

from cli.shipped import Shipped
from engine.rules.territory.territory import Territory
from tests.installation.places import cut
from workflows.territory.reader import read_territory

DISTRICTS = ("731", "732", "760")  # Biên Hòa and Long Khánh (Đồng Nai), Quận 1 (TP.HCM)


class Content(Shipped):
    """Parts that are given replace the shipped ones; the offices follow the territory. ``cli.seed.seed`` publishes it.

    The parts are ``territory``, ``offices``, ``competences``, ``calendars``, ``templates``, ``releases``, ``context``.
    """

    def __init__(self, **parts: Any) -> None:
        vars(self).update(parts)  # a cached property that has a value is not read from files


@cache
def territory_around(*districts: str) -> Territory:
    """The shipped territory, cut to some former districts: a hundred units instead of 45,000."""
    return cut(country(), districts)


@cache
def country() -> Territory:
    """The whole shipped territory, read once a process."""
    return read_territory()


@cache
def shipped() -> Shipped:
    """The whole shipped content, each part read once a process: reading the procedures takes seconds."""
    return Content(territory=country())
