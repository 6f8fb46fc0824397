# ruff: noqa: E501  lists of pieces read better unbroken
"""The format is described once: the loader, the JSON Schema of editors and the reference page say the same."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflow_samples.surroundings import CORRECT
from workflows.problems import Report
from workflows.reference import PAGE, page_with_tables
from workflows.schema import FILE, json_schema, json_schema_text
from workflows.yaml_reader import Group, Items, Node, Scalar, read

SCHEMA_FILE = CORRECT.parents[2] / "workflows" / "schema" / "procedure-1.json"

ATOMS: list[Any] = [
    None, True, False, 0, 1, 5, 11, -1, 10**13, 1.5, "", "x", "on", "no", "Đơn", "a" * 41, "b" * 1001, "1.012783", "12", "75", "true",
    "receive", "counter", "leader", "2027-01-01", "2027-02-30", "1900-01-01", "competent", "15:00", "25:00", "5 working days",
    "entered(new)", "overdue", "due_in(1)", "mau-01", "mau-09", "land.commune", "a.b.c.d", "citizen", "vi", "else", "running",
]  # fmt: skip
KEYS = [
    "vi", "en", "else", "when", "to", "days", "hours", "unit", "from", "by", "place", "min", "choices", "remind", "final", "intake", "handler",
    "on", "x", "Đơn", "new", "land.x", "75", "until", "effect", "after", "help", "fields", "procedure", "warn", "before",
]  # fmt: skip
values = st.recursive(
    st.sampled_from(ATOMS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3),
    max_leaves=6,
)
changes = st.lists(
    st.tuples(
        st.integers(0, 10_000), st.sampled_from(["replace", "remove", "add", "copy"]), st.sampled_from(KEYS), values
    ),
    max_size=4,
)


def _data(node: Node) -> Any:
    """The tree as an editor's YAML reader understands it."""
    if isinstance(node, Group):
        return {key: _data(value) for key, (_, value) in node.entries.items()}
    if isinstance(node, Items):
        return [_data(item) for item in node.items]
    assert isinstance(node, Scalar)
    if node.plain and (node.value in ("true", "false") or node.value.isdigit()):
        return json.loads(node.value)
    return node.value


@cache
def _correct_text() -> str:
    text = CORRECT.read_text(encoding="utf-8")
    root = read(text, Report("correct.yaml", text))
    assert root is not None
    return json.dumps(_data(root))


@cache
def _validator() -> jsonschema.Draft202012Validator:
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)


def _containers(data: Any) -> list[Any]:
    found = [data] if isinstance(data, (dict, list)) else []
    inner = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    return found + [one for value in inner for one in _containers(value)]


def _changed(data: Any, change: tuple[int, str, str, Any]) -> None:
    """Change one place: a container is picked by number, then one of its entries."""
    number, what, key, value = change
    containers = _containers(data)
    container = containers[number % len(containers)]
    places = list(container) if isinstance(container, dict) else list(range(len(container)))
    if what == "add" or not places:
        if isinstance(container, dict):
            container[key] = value
        else:
            container.append(value)
        return
    place = places[number // len(containers) % len(places)]
    if what == "remove":
        del container[place]
    elif what == "copy":
        other = containers[(number * 7) % len(containers)]
        container[place] = json.loads(json.dumps(other))
    else:
        container[place] = value


def _loader_accepts(data: Any) -> tuple[bool, list[str]]:
    text = json.dumps(data, ensure_ascii=False)
    report = Report("a.yaml", text)
    root = read(text, report)
    if root is not None:
        FILE.read(root, (), report)
    errors = [problem for problem in report.problems() if problem.severity == "error"]
    return root is not None and not errors, [f"{problem.rule}: {problem.en}" for problem in errors]


def test_the_committed_schema_is_the_generated_one() -> None:
    assert SCHEMA_FILE.read_text(encoding="utf-8") == json_schema_text()


def test_the_reference_page_holds_every_key_and_every_rule() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == page_with_tables(page)
    assert "| `sla-too-short` | error |" in page
    assert "| **`states.‹name›.portal`** |" in page


def test_both_accept_the_correct_file() -> None:
    data = json.loads(_correct_text())
    assert _validator().is_valid(data)
    assert _loader_accepts(data) == (True, [])


@settings(max_examples=settings().max_examples // 2)
@given(changes)
def test_schema_and_loader_agree_on_changed_files(steps: list[tuple[int, str, str, Any]]) -> None:
    data = json.loads(_correct_text())
    for step in steps:
        if len(json.dumps(data)) < 50_000:
            _changed(data, step)
    by_schema = [error.message[:200] for error in _validator().iter_errors(data)]
    by_loader, errors = _loader_accepts(data)
    assert by_loader == (not by_schema), (by_schema, errors)


@settings(max_examples=settings().max_examples)
@given(values)
def test_schema_and_loader_agree_on_anything(data: Any) -> None:
    assert _loader_accepts(data)[0] == _validator().is_valid(data)


@pytest.mark.parametrize(
    "part", ["sla", "states", "actions", "fields", "documents", "fees", "routing", "notify", "children"]
)
@settings(max_examples=20)
@given(data=st.data())
def test_schema_and_loader_agree_on_each_part(part: str, data: st.DataObject) -> None:
    document = json.loads(_correct_text())
    containers = _containers(document[part])
    container = data.draw(st.sampled_from(containers))
    places = list(container) if isinstance(container, dict) else list(range(len(container)))
    if places:
        container[data.draw(st.sampled_from(places))] = data.draw(values)
    if isinstance(container, dict):
        container[data.draw(st.sampled_from(KEYS))] = data.draw(values)
    assert _loader_accepts(document)[0] == _validator().is_valid(document)
