"""Refusals are public contract: what may be said of all of them at once."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from collections.abc import Iterator

import pytest

from engine.errors import Refusal

ROOMS = ("engine", "workflows", "adapters", "server", "api", "web", "cli")


def refusals() -> list[type[Refusal]]:
    """Every class of refusal that the product declares."""
    for room in ROOMS:
        _import_all(room)
    return [one for one in {Refusal, *_below(Refusal)} if one.__module__.split(".")[0] in ROOMS]


def _import_all(room: str) -> None:
    if importlib.util.find_spec(room) is None:
        return  # not built yet
    for module in pkgutil.walk_packages(importlib.import_module(room).__path__, f"{room}."):
        if not module.name.endswith("__main__") and ".migrations." not in module.name:
            importlib.import_module(module.name)


def _below(above: type[Refusal]) -> Iterator[type[Refusal]]:
    for one in above.__subclasses__():
        yield one
        yield from _below(one)


def declared_twice(classes: list[type[Refusal]]) -> dict[str, list[str]]:
    """The codes that more than one class declares. Several sentences for one code are subclasses of one declaration."""
    declaring: dict[str, list[str]] = {}
    for one in classes:
        if "code" in vars(one):
            declaring.setdefault(one.code, []).append(f"{one.__module__}.{one.__name__}")
    return {code: sorted(names) for code, names in declaring.items() if len(names) > 1}


def test_a_code_is_declared_once() -> None:
    found = refusals()
    assert len(found) > 100
    assert declared_twice(found) == {}


def test_a_subclass_may_say_a_code_in_other_words_but_not_declare_it_again() -> None:
    class Known(Refusal):
        code = "known"

    class InOtherWords(Known):
        en = "In other words."

    class Again(Known):
        code = "known"

    assert declared_twice([Known, InOtherWords]) == {}
    assert [len(names) for names in declared_twice([Known, InOtherWords, Again]).values()] == [2]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_refusal_says_something_in_both_languages(language: str) -> None:
    assert [one.__name__ for one in refusals() if not getattr(one, language).strip()] == []
