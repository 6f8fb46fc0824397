"""The OpenAPI document: valid, complete, and told in both languages where it refuses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, cast

import marshmallow
import pytest
from flask import Flask
from openapi_spec_validator import validate

from api import bodies, parameters
from api.app import create_app
from engine.settings import settings_from
from engine.transaction import Runtime
from server.refusals import every_code
from server.validation_words import in_vietnamese


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An application that is never asked for anything that needs its database."""
    folder = tmp_path_factory.mktemp("nothing")
    settings = settings_from({"MOTCUA_DATA": str(folder), "MOTCUA_SECRET_KEYS": "k" * 40, "MOTCUA_RATE_LIMITS": "0"})
    nothing = cast(Any, None)
    return create_app(Runtime(database=nothing, settings=settings, catalogue=nothing, files=nothing, signer=nothing))


@pytest.fixture(scope="module")
def document(app: Flask) -> dict[str, Any]:
    found = app.test_client().get("/api/v1/openapi.json").json
    assert found is not None
    return found


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if method != "parameters":
                yield path, method, operation


def test_it_is_valid_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    validate(document)


def test_every_route_of_the_interface_is_documented(app: Flask, document: dict[str, Any]) -> None:
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/api/v1/") and rule.rule != "/api/v1/openapi.json":
            path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                assert method.lower() in document["paths"][path], f"{method} {path}"


def test_every_operation_says_what_it_is_how_it_refuses_and_who_may(document: dict[str, Any]) -> None:
    names = set()
    for path, method, operation in operations(document):
        assert operation["summary"], f"{method} {path}"
        assert {"400", "422", "500", "503"} <= set(operation["responses"]), f"{method} {path}"
        assert operation["x-access"] in ("public", "link", "staff", "admin")
        wanted = [{"bearer": []}] if operation["x-access"] in ("staff", "admin") else []
        assert operation["security"] == wanted, f"{method} {path}"
        assert ("401" in operation["responses"]) or not operation["security"]
        names.add(operation["operationId"])
    assert len(names) == len(list(operations(document)))


def test_what_makes_something_new_needs_a_key_and_what_changes_a_dossier_a_version(document: dict[str, Any]) -> None:
    for path, method, operation in operations(document):
        headers = {one["name"]: one for one in operation.get("parameters", []) if one["in"] == "header"}
        made = [response for status, response in operation["responses"].items() if status == "201"]
        if made and path != "/api/v1/sessions":
            assert headers["Idempotency-Key"]["required"], f"{method} {path}"
        if headers.get("If-Match", {}).get("required"):
            assert {"412", "428"} <= set(operation["responses"]), f"{method} {path}"


def test_links_lead_to_operations_and_parameters_that_exist(document: dict[str, Any]) -> None:
    taken = {
        operation["operationId"]: {
            f"{one['in']}.{one['name']}"
            for one in (*document["paths"][path].get("parameters", []), *operation.get("parameters", []))
        }
        for path, _, operation in operations(document)
    }
    links = [
        (operation["operationId"], link)
        for _, _, operation in operations(document)
        for answer in operation["responses"].values()
        for link in answer.get("links", {}).values()
    ]
    assert len(links) > 30
    for start, link in links:
        assert link["parameters"].keys() <= taken[link["operationId"]], f"{start} -> {link}"


def test_what_stands_in_an_address_is_bounded(document: dict[str, Any]) -> None:
    for path, methods in document["paths"].items():
        for parameter in methods.get("parameters", []):
            assert parameter["schema"].keys() & {"pattern", "maximum"}, f"{path} {parameter['name']}"


OF_OTHERS = {"PaymentCallback"}
"""Bodies that another system writes: what they hold is said by a mapping file, and keys of no meaning to us pass."""


def test_unknown_keys_are_refused_by_every_body_and_query(document: dict[str, Any]) -> None:
    for module in (bodies, parameters):
        for one in vars(module).values():
            if isinstance(one, type) and issubclass(one, marshmallow.Schema) and one.__name__ not in OF_OTHERS:
                assert one().unknown == marshmallow.RAISE, one
    for name, schema in document["components"]["schemas"].items():
        assert name in OF_OTHERS or schema.get("additionalProperties") is False, name


def test_every_sentence_of_the_validation_is_told_in_vietnamese() -> None:
    told: set[str] = set()
    for module in (bodies, parameters):
        for one in vars(module).values():
            if isinstance(one, type) and issubclass(one, marshmallow.Schema):
                for field in one().fields.values():
                    told |= {str(message) for message in field.error_messages.values()}
    wrong = [sentence for sentence in told if in_vietnamese(sentence) == sentence and "{" not in sentence]
    assert wrong == []
    for sentence in ("Longer than maximum length 60.", "Length must be between 1 and 60.", "Must be one of: a, b."):
        assert in_vietnamese(sentence) != sentence


def test_every_refusal_has_a_code_and_both_sentences() -> None:
    for one in every_code():
        assert re.fullmatch(r"[a-z][a-z0-9-]*", one["code"]), one
        assert one["vi"] and one["en"] and one["vi"] != one["en"], one
        assert 400 <= one["status"] < 600, one


def test_the_documentation_is_served_from_our_own_files(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/").headers["Location"] == "/docs"
    page = client.get("/docs")
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    for address in re.findall(r'(?:src|href)="([^"]+)"', page.text):
        assert address.startswith("/docs/"), address
        assert client.get(address).status_code == 200, address
    assert client.get("/docs/../api/app.py").status_code == 404
    assert client.get("/docs/index.html").status_code == 404
