"""What a part of a release is where its author says nothing: stored releases rely on it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from engine.rules.procedure import definition
from engine.rules.procedure.definition import Field, Term
from engine.text import Text

NOT_SAID: dict[str, dict[str, Any]] = {
    "Branch": {"when": None},
    "TermBranch": {"when": None},
    "Effective": {"until": None, "running": "keep", "migrate": {}, "replaces": msgspec.UNSET},
    "Route": {"by": None, "place": None, "branches": ()},
    "Field": {
        "required": False, "when": None, "help": None, "choices": {}, "minimum": None, "maximum": None,
        "pattern": None, "personal": False,
        **dict.fromkeys(
            ("decimals", "partial", "not_after", "not_before", "min_age", "max_age", "differs_from"), msgspec.UNSET
        ),
    },
    "Document": {
        "original": 0, "certified": 0, "copy": 0, "when": None, "on_missing": "ask", "reusable": False,
        "result": False, "verified": True,
    },
    "Fee": {
        "by_province": {}, "per": None, "when": None, "collect": "on_receive", "verified": True,
        "tiers": msgspec.UNSET, "most": msgspec.UNSET, "copies": msgspec.UNSET, "prices": msgspec.UNSET,
    },
    "Sla": {
        "calendar": "vn", "starts": "receive", "cutoff": "15:00", "first_day": "counted", "warn": None,
        "extensions": 1, "verified": True,
    },
    "State": {"role": None, "initial": False, "final": False, "limit": None, "remind": None},
    "Notice": {"subject": None, "term": None, "form": None},
    "Child": {"when": None, "fields": {}},
}  # fmt: skip


@pytest.mark.parametrize("name", NOT_SAID)
def test_what_is_not_said_of(name: str) -> None:
    told = {}
    for field in msgspec.structs.fields(getattr(definition, name)):
        if field.default_factory is not msgspec.NODEFAULT:
            told[field.name] = field.default_factory()
        elif field.default is not msgspec.NODEFAULT:
            told[field.name] = field.default
    assert told == NOT_SAID[name]


def test_an_action_needs_neither_guard_nor_signature() -> None:
    optional = {field.name: field.default for field in msgspec.structs.fields(definition.Action) if not field.required}
    silent = dict.fromkeys(("guard", "form", "attach", "warn_after", "after"))
    assert optional == silent | {"reason": "optional", "signature": "none", "joint": msgspec.UNSET}


def test_a_release_is_public_unless_it_says_otherwise() -> None:
    optional = {field.name: field for field in msgspec.structs.fields(definition.Release) if not field.required}
    assert optional["public"].default is True
    assert all(optional[name].default_factory() == {} for name in ("fields", "documents", "fees", "children"))


def test_parts_are_frozen_and_refuse_what_they_do_not_know() -> None:
    with pytest.raises(AttributeError):
        Term(1, "working_day").amount = 2  # type: ignore[misc]
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"amount": 1, "unit": "working_day", "more": 1}, Term)
    kept = msgspec.to_builtins(Field("text", Text("a", "b")))
    assert kept["required"] is False and "pattern" in kept, "what is not said is written all the same"
