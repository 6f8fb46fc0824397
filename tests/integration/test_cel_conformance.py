"""Conditions against the public conformance cases of CEL (google/cel-spec, tests/simple).

The cases are not part of the project: they are read from ``MOTCUA_VECTORS`` (default ``../shared/vectors``), and the
tests are skipped where they are absent. Conditions are a part of CEL. A case either gives what CEL demands, or is
refused when it is compiled, for a reason that is listed here and in docs/workflow-file.md. Nothing may answer
otherwise, and nothing may fail when it is evaluated.
"""

from __future__ import annotations

import os
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from engine.rules.procedure.conditions import ConditionRefused, compile_condition
from engine.rules.procedure.facts import FactType, nested
from tests.textproto import Message, read_text_proto

ROOT = Path(__file__).parents[2]
VECTORS = Path(os.environ.get("MOTCUA_VECTORS", ROOT.parent / "shared" / "vectors")) / "cel"
TYPES = {"INT64": FactType("int"), "BOOL": FactType("bool"), "STRING": FactType("string")}
REASONS = (
    (
        "an escape, a raw or a triple-quoted text, bytes",
        r"no closing quote|sign that cannot be printed|cannot read the",
    ),
    ("an escape, a raw or a triple-quoted text, bytes", r"""(?:did not expect|expected "\)" but found) ["']"""),
    ("another function, macro or conversion", r"There is no function|has no function"),
    ("a map or a message", r"maps \{…\} are not allowed"),
    ("an unsigned, hexadecimal or floating-point number", r"only whole numbers are allowed|decimal places are allowed"),
    ("division or remainder", r"division is not allowed|remainder is not allowed"),
    ("null", r'there is no "null"'),
    ("the order of texts, or of yes and no", r'"(?:<|<=|>|>=)" does not work on (?:text|yes or no)'),
    ("lists that are empty, mixed, nested, compared, joined or indexed", r"list|did not expect \"\[\""),
    ("joined texts", r"expected a number here, not text"),
    ("values whose type only shows when they are evaluated", r"expected .+ here, not|cannot compare"),
    ("a number or a sum beyond the limits", r"number is larger than|too large for 64 bits"),
    ("more depth or length than the limits", r"nested deeper than|more than \d+ words|longer than"),
    ("a name that is not declared", r"There is no name|has no property|holds several facts|unknown"),
)
"""Why a case is refused, by the sentence of its refusal; the first that fits counts."""

pytestmark = pytest.mark.skipif(not VECTORS.is_dir(), reason="the public test cases of CEL are not on this machine")


@dataclass(frozen=True)
class Case:
    """One case. ``condition`` compares the expression with the value that CEL demands; ``answer`` is then True.

    ``fails``: CEL demands that the evaluation fails, so nothing but a refusal is right.
    """

    name: str
    condition: str
    declared: dict[str, FactType] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    answer: bool = True
    fails: bool = False


@cache
def _cases() -> tuple[Case, ...]:
    return tuple(case for path in sorted(VECTORS.glob("*.textproto")) for case in _of_file(path))


def _of_file(path: Path) -> Iterator[Case]:
    for section in read_text_proto(path.read_text(encoding="utf-8"))["section"]:
        for test in section["test"]:
            name = "/".join(one.decode() for one in (path.stem.encode(), section["name"][0], test["name"][0]))
            yield _case(name, test)


def _case(name: str, test: Message) -> Case:
    expression = test["expr"][0].decode()
    declared, facts = {}, {}
    for entry in test["type_env"]:
        kind = entry["ident"][0]["type"][0]["primitive"] if entry["ident"] else []
        if kind and kind[0] in TYPES:
            declared[entry["name"][0].decode()] = TYPES[kind[0]]
    for binding in test["bindings"]:
        value = _plain(binding["value"][0]["value"][0])
        if value is not None:
            facts[binding["key"][0].decode()] = value
    fails = bool(test["eval_error"] or test["any_eval_errors"] or test["unknown"])
    wanted = _plain(test["value"][0]) if test["value"] else True
    if isinstance(wanted, bool) or wanted is None:
        return Case(name, expression, declared, facts, wanted is not False, fails)
    literal = f'"{wanted}"' if isinstance(wanted, str) and '"' not in wanted else repr(wanted)
    return Case(name, f"({expression}) == {literal}", declared, facts)


def _plain(value: Message) -> bool | int | float | str | None:
    """A value that a condition can hold; None for one that it cannot."""
    for kind, (word, *_) in value.items():
        if kind == "bool_value":
            return bool(word == "true")
        if kind == "int64_value":
            return int(word)
        if kind == "double_value" and re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", word):
            return float(word)
        if kind == "string_value":
            return str(word.decode("utf-8", "replace"))
    return None


def _outcome(case: Case) -> str:
    """``passed``, ``wrong``, or the reason of the refusal."""
    try:
        condition = compile_condition(case.condition, case.declared)
    except ConditionRefused as refusal:
        said = refusal.sentence("en")
        return next((reason for reason, words in REASONS if re.search(words, said)), f"unlisted: {said}")
    return "passed" if not case.fails and condition(nested(case.facts)) is case.answer else "wrong"


@cache
def _outcomes() -> dict[str, str]:
    return {case.name: _outcome(case) for case in _cases()}


def test_no_case_answers_otherwise_than_cel() -> None:
    assert [name for name, outcome in _outcomes().items() if outcome == "wrong"] == []


def test_every_case_passes_or_is_refused_for_a_listed_reason() -> None:
    assert {name: outcome for name, outcome in _outcomes().items() if outcome.startswith("unlisted")} == {}


def test_what_fails_in_cel_is_refused_before_it_runs() -> None:
    failing = [case.name for case in _cases() if case.fails]
    assert len(failing) > 50
    assert [name for name in failing if _outcomes()[name] == "passed"] == []


def test_the_counts_are_those_of_the_page() -> None:
    counted = Counter(_outcomes().values())
    page = (ROOT / "docs" / "workflow-file.md").read_text(encoding="utf-8")
    sys.stdout.write(f"CEL: {len(_outcomes())} cases, {counted}\n")
    assert f"Of {len(_outcomes()):,} cases {counted.pop('passed')} pass" in " ".join(page.split())
    assert set(counted) == {reason for reason, _ in REASONS}
    for reason, cases in counted.items():
        assert f"| {reason} | {cases} |" in page
