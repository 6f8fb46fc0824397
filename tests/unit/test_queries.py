"""What ``engine.queries`` answers with: frozen dataclasses that pages and the API read by name, never rows or JSON."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable
from types import ModuleType
from typing import Any

import engine.queries

MODULES = [
    importlib.import_module(one.name) for one in pkgutil.iter_modules(engine.queries.__path__, "engine.queries.")
]
LOOSE = re.compile(r"\b(?:dict|list|Row|Mapping|Sequence|Any)\b")


def test_every_answer_is_a_frozen_dataclass_with_slots_and_named_fields() -> None:
    loose = [
        f"{kind.__module__}.{kind.__name__}"
        for module in MODULES
        for kind in _own(module, inspect.isclass)
        if not issubclass(kind, Exception)
        and kind.__name__[0] != "_"  # what a query works with
        and not getattr(kind, "_is_protocol", False)  # what a query reads, not what it answers
        and not (
            dataclasses.is_dataclass(kind)
            and vars(kind)["__dataclass_params__"].frozen
            and "__slots__" in vars(kind)
            and all(field.kw_only for field in dataclasses.fields(kind))
        )
    ]
    assert loose == []


def test_no_query_answers_with_a_row_or_a_plain_dictionary() -> None:
    functions = [one for module in MODULES for one in _own(module, inspect.isfunction) if one.__name__[0] != "_"]
    assert len(functions) > 10
    found = {f"{one.__module__}.{one.__name__}": str(one.__annotations__["return"]) for one in functions}
    assert {name: told for name, told in found.items() if LOOSE.search(told)} == {}


def _own(module: ModuleType, of: Callable[[object], bool]) -> list[Any]:
    return [one for _, one in inspect.getmembers(module, of) if one.__module__ == module.__name__]
