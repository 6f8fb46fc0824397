"""docs/asyncapi.yaml is valid AsyncAPI 3.0, and describes every event that is sent in each of its forms."""

from __future__ import annotations

import datetime as dt
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from adapters.cloud_events import binary
from engine.dossier.notices import EVENT_FACTS, EVENTS, NOTICE, STATE_CHANGED
from engine.notices.cloud_event import cloud_event
from engine.notices.text import event_message

ROOT = Path(__file__).parents[2]
NOW = dt.datetime(2026, 3, 2, 2, tzinfo=dt.UTC)
FACTS: dict[str, Any] = {
    "code": "H22-250701-0001",
    "procedure": "1.013225",
    "release": "1.013225/2",
    "state": "checking",
    "portal": 3,
    "due": None,
    "office": "H22.1",
    "entry": 12,
    "version": 12,
}
NAMES = {STATE_CHANGED: "stateChanged", NOTICE: "notice"}


@cache
def document() -> dict[str, Any]:
    return dict(yaml.safe_load((ROOT / "docs" / "asyncapi.yaml").read_text(encoding="utf-8")))


def facts(event: str) -> dict[str, Any]:
    return FACTS | ({"template": "sap-den-han"} if event == NOTICE else {})


def faults(message: str, part: str, value: Any) -> list[str]:
    """What the schema of a message's payload or headers finds wrong with a value."""
    schema = document()["components"]["messages"][message][part]
    return [error.message for error in Draft7Validator({**schema, **_components()}).iter_errors(value)]


def _components() -> dict[str, Any]:
    return {"components": document()["components"]}


def test_the_document_is_valid() -> None:
    schema = json.loads((ROOT / "tests" / "asyncapi_schema" / "asyncapi-3.0.0.json").read_text(encoding="utf-8"))
    assert [error.message for error in Draft7Validator(schema).iter_errors(document())] == []
    wrong = document() | {"channels": {"feed": {"address": 7}}}
    assert list(Draft7Validator(schema).iter_errors(wrong)), "the schema finds what is wrong"
    for one in document()["components"]["schemas"].values():
        Draft7Validator.check_schema(one)


def test_every_reference_leads_somewhere() -> None:
    found = list(_references(document()))
    assert len(found) > 10
    for reference in found:
        part: Any = document()
        for name in reference.removeprefix("#/").split("/"):
            part = part[name]


def test_every_type_and_every_name_is_documented() -> None:
    messages = document()["components"]["messages"].values()
    assert {message["name"] for message in messages} == set(EVENTS)
    told = document()["components"]["schemas"]
    notice = told["noticeData"]["allOf"][1]["properties"]
    assert [*told["stateChangedData"]["properties"], *notice] == list(EVENT_FACTS)


@pytest.mark.parametrize("event", EVENTS)
def test_what_is_sent_is_what_is_documented(event: str) -> None:
    standard = event_message("1:2", event, NOW, facts(event), "https://a.example", "s").data
    assert faults(NAMES[event], "payload", standard) == []
    structured = cloud_event("1:2", event, NOW, facts(event), "https://a.example")
    assert faults(f"{NAMES[event]}Structured", "payload", structured) == []
    headers, _ = binary(structured)
    assert faults(f"{NAMES[event]}Binary", "headers", headers) == []
    assert faults(f"{NAMES[event]}Binary", "payload", structured["data"]) == []


@pytest.mark.parametrize("name", FACTS)
def test_an_event_without_one_of_its_facts_is_none(name: str) -> None:
    less = {key: value for key, value in FACTS.items() if key != name}
    assert faults("stateChangedBinary", "payload", less)
    assert faults("noticeBinary", "payload", FACTS), "a notice names its template"


def _references(part: Any) -> list[str]:
    if isinstance(part, dict):
        here = [part["$ref"]] if "$ref" in part else []
        return here + [one for value in part.values() for one in _references(value)]
    return [one for value in part for one in _references(value)] if isinstance(part, list) else []
