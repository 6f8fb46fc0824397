"""Talking to the interface, with every answer held to the OpenAPI document: its status, its type and its body."""

from __future__ import annotations

import functools
import itertools
import re
from dataclasses import dataclass, field
from typing import Any

import jsonschema
import orjson
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

_keys = itertools.count(1)


@dataclass
class Caller:
    """One person, or nobody, talking to the interface; every answer is held to the OpenAPI document."""

    app: Flask
    token: str | None = None
    document: dict[str, Any] = field(default_factory=dict)

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.ask("GET", path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> TestResponse:
        return self.ask("POST", path, body, **options)

    def put(self, path: str, body: Any = None, **options: Any) -> TestResponse:
        return self.ask("PUT", path, body, **options)

    def delete(self, path: str, body: Any = None, **options: Any) -> TestResponse:
        return self.ask("DELETE", path, body, **options)

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        version: int | str | None = None,
        key: str | None = None,
        headers: dict[str, str] | None = None,
        **options: Any,
    ) -> TestResponse:
        """One request. A fresh Idempotency-Key is sent with every writing one unless ``key`` is given ('' for none)."""
        sent = dict(headers or {})
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        if method != "GET" and key != "":
            sent["Idempotency-Key"] = key or f"key-{next(_keys)}"
        if version is not None:
            sent["If-Match"] = f'"{version}"' if isinstance(version, int) else version
        if body is not None:
            options |= {"data": orjson.dumps(body), "content_type": "application/json"}
        client: FlaskClient = self.app.test_client()
        answer = client.open(path, method=method, headers=sent, **options)
        hold_to(self.document, self.app, method, path, answer)
        return answer


def hold_to(document: dict[str, Any], app: Flask, method: str, path: str, answer: TestResponse) -> None:
    """Fails when the answer's status is not documented for the operation, or its body does not fit the schema."""
    told = _operation(document, app, method, path)
    if told is None:
        return
    assert str(answer.status_code) in told["responses"], f"{method} {path}: {answer.status_code} is not documented"
    response = _resolved(document, told["responses"][str(answer.status_code)])
    content = response.get("content")
    if content is None:
        assert answer.data == b"", f"{method} {path}: an answer without documented body has one"
        return
    media = answer.mimetype
    assert media in content, f"{method} {path}: {media} is not among {list(content)}"
    if "json" in media:
        whole = {**content[media]["schema"], "components": document["components"]}
        jsonschema.Draft202012Validator(whole).validate(answer.json)


def _operation(document: dict[str, Any], app: Flask, method: str, path: str) -> dict[str, Any] | None:
    try:
        rule, _ = app.url_map.bind("localhost").match(path.partition("?")[0], method, return_rule=True)
    except HTTPException:  # an address that does not exist has no operation
        return None
    named = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
    found: dict[str, Any] | None = document["paths"].get(named, {}).get(method.lower())
    return found


def _resolved(document: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in part:
        return functools.reduce(lambda at, name: at[name], part["$ref"].split("/")[1:], document)
    return part
