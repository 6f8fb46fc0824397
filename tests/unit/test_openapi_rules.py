"""The rules of Redocly (recommended) and Spectral (spectral:oas) that a document of ours could break.

Where their programs are on the PATH, they judge it themselves.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.unit.test_openapi import app as app
from tests.unit.test_openapi import document as document
from tests.unit.test_openapi import operations


def test_its_head_says_who_answers_for_it(document: dict[str, Any]) -> None:
    assert document["info"]["contact"] == {
        "name": "The office that runs this installation",
        "url": "http://127.0.0.1:8000",
    }
    assert document["info"]["license"]["identifier"] == "Apache-2.0"
    assert document["info"]["description"] and document["servers"]
    for server in document["servers"]:
        assert "example.com" not in server["url"] and not re.search(r"./$", server["url"])


def test_every_operation_has_words_tags_and_answers(document: dict[str, Any]) -> None:
    tags = {tag["name"] for tag in document["tags"]}
    assert len(tags) == len(document["tags"]) and all(tag["description"] for tag in document["tags"])
    for path, method, operation in operations(document):
        named = f"{method} {path}"
        assert operation["summary"] and len(operation["description"]) >= 40, named
        assert operation["tags"] and set(operation["tags"]) <= tags, named
        assert re.fullmatch(r"[A-Za-z0-9_.-]+", operation["operationId"]), named
        statuses = set(operation["responses"])
        assert any(one[0] in "23" for one in statuses) and any(one[0] == "4" for one in statuses), named
        assert all(
            scheme in document["components"]["securitySchemes"] for one in operation["security"] for scheme in one
        )
        assert not path.endswith("/") and "?" not in path


def test_what_may_be_called_without_signing_in_says_so(document: dict[str, Any]) -> None:
    for path, method, operation in operations(document):
        signed_in = operation["x-access"] in ("staff", "admin")
        assert (operation["security"] == []) is not signed_in, f"{method} {path}"
        assert ("signed in (bearer token)" in operation["description"]) is signed_in, f"{method} {path}"


def test_files_are_binary(document: dict[str, Any]) -> None:
    found = []
    for path, _, operation in operations(document):
        for answer in operation["responses"].values():
            for media, told in answer.get("content", {}).items():
                if "json" not in media and not media.startswith("text/"):
                    assert told["schema"] == {"type": "string", "format": "binary"}, path
                    found.append(path)
    assert {"/api/v1/dossiers/{code}/documents/{number}", "/api/v1/dossiers/{code}/forms/{number}.pdf"} <= set(found)
    uploads = document["components"]["schemas"]["Upload"]["properties"]["file"]
    assert uploads == {"type": "string", "format": "binary"}


def test_every_schema_is_used(document: dict[str, Any]) -> None:
    told = json.dumps(document)
    for kind in ("schemas", "responses"):
        for name in document["components"][kind]:
            assert f'"#/components/{kind}/{name}"' in told or name == "DEFAULT_ERROR", name


@pytest.mark.parametrize(
    ("program", "arguments", "rules"),
    [
        (
            "redocly",
            ("lint", "--config", "{rules}", "--max-problems", "0"),
            "extends:\n  - recommended\ntelemetry: 'off'\n",
        ),
        ("spectral", ("lint", "--ruleset", "{rules}", "--fail-severity", "hint"), 'extends: ["spectral:oas"]\n'),
    ],
)
def test_the_linters_find_nothing(
    document: dict[str, Any], tmp_path: Path, program: str, arguments: tuple[str, ...], rules: str
) -> None:
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"{program} is not installed; the tests above hold the same rules")
    (tmp_path / "rules.yaml").write_text(rules)
    (tmp_path / "openapi.json").write_text(json.dumps(document))
    words = [one.format(rules=tmp_path / "rules.yaml") for one in arguments]
    command = [found, *words, str(tmp_path / "openapi.json")]
    run = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "warning" not in (run.stdout + run.stderr).lower().replace("deprecation warning", "")
