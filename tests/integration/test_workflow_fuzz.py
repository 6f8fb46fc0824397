# ruff: noqa: E501  lists of pieces read better unbroken
"""No input makes the loader raise anything but WorkflowRefused. Inputs that would take for ever would hang this file."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflow_samples.surroundings import BROKEN, CORRECT, check, surroundings
from workflows.loader import load
from workflows.problems import WorkflowRefused, render_json, render_sarif, render_text

PROCEDURES = CORRECT.parents[2] / "workflows" / "procedures"
PIECES = [
    "a", "b: c", ": ", "- ", "? ", "[", "]", "{", "}", ", ", "\n", "\n  ", "\n    ", "'", '"', "&a ", "*a", "!!int ", "!x ", "<<: ", "|\n",
    ">\n", "# ", "---\n", "...\n", "%YAML 1.1\n", "%TAG ! x\n", "\\", "\\x00", "\\UFFFFFFFF", "\t", "\r", "\0", "\u202e", "\ufeff", "\u0085", "é", "e\u0301",
    "procedure: ", "states:\n  ", "actions:\n  ", "{vi: x, en: y, ", "portal: ", "from: ", "to: ", "when: ", "1.012783", "999999999999999999", "~", "true", "@", "`",
]  # fmt: skip
SWAPS = [
    "", "x", '"', "'", "{", "}", "[", "]", ":", ": ", ",", "#", " ", "\n", "\n\n  ", "-", "- ", "&", "*", "!", "|", ">", "%", "1", "0", "99999", "-1", "true", "on", "null",
    "new", "checking", "applicant", "system", "leader", "land.commune", "documents.complete", "==", "&&", "((((((((((", "5 working days", "else", "when", "to", "portal",
    "clock: paused", "final: true", "\u202e", "Đ", "\\",
]  # fmt: skip


@cache
def _samples() -> tuple[str, ...]:
    paths = [CORRECT, *sorted(PROCEDURES.glob("*.yaml"))]
    return tuple(path.read_text(encoding="utf-8") for path in paths)


def _survives(data: str | bytes) -> None:
    release, problems = check(data, "a.yaml", surroundings())
    refused = any(problem.severity == "error" for problem in problems)
    assert (release is None) == refused
    if refused:
        with pytest.raises(WorkflowRefused):
            load(data, "a.yaml", surroundings())
    for language in ("vi", "en"):
        assert bool(render_text(problems, language).encode()) == bool(problems)
        assert render_json(problems, language).encode()
        assert render_sarif(problems, language).encode()
    lines = len((data if isinstance(data, str) else data.decode("utf-8", "replace")).splitlines()) + 1
    assert all(1 <= problem.line <= lines + 1 and problem.column >= 1 for problem in problems)


@settings(max_examples=settings().max_examples)
@given(st.binary(max_size=400))
def test_random_bytes(data: bytes) -> None:
    _survives(data)


@settings(max_examples=settings().max_examples)
@given(st.text(max_size=400))
def test_random_text(text: str) -> None:
    _survives(text)


@settings(max_examples=2 * settings().max_examples)
@given(st.lists(st.sampled_from(PIECES), max_size=60).map("".join))
def test_text_that_resembles_yaml(text: str) -> None:
    _survives(text)


@settings(max_examples=settings().max_examples // 3)
@given(
    st.integers(0, 100),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 40), st.sampled_from(SWAPS)), min_size=1, max_size=6),
)
def test_shipped_files_with_pieces_swapped(number: int, swaps: list[tuple[float, int, str]]) -> None:
    text = _samples()[number % len(_samples())]
    for where, length, piece in swaps:
        at = int(where * len(text))
        text = text[:at] + piece + text[at + length :]
    _survives(text)


@settings(max_examples=settings().max_examples // 4)
@given(st.integers(0, 100), st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=5))
def test_shipped_files_with_words_exchanged(number: int, pairs: list[tuple[float, float]]) -> None:
    words = _samples()[number % len(_samples())].split(" ")
    for one, other in pairs:
        i, j = int(one * (len(words) - 1)), int(other * (len(words) - 1))
        words[i], words[j] = words[j], words[i]
    _survives(" ".join(words))


@settings(max_examples=settings().max_examples // 4)
@given(st.integers(0, 100), st.floats(0, 1), st.binary(min_size=1, max_size=4))
def test_shipped_files_with_bytes_overwritten(number: int, where: float, data: bytes) -> None:
    raw = _samples()[number % len(_samples())].encode()
    at = int(where * len(raw))
    _survives(raw[:at] + data + raw[at + len(data) :])


def _with(part: str, entries: int, line: str) -> str:
    """The correct file with many more entries in one part."""
    added = "".join(line.replace("#", str(number)) + "\n" for number in range(entries))
    return CORRECT.read_text(encoding="utf-8").replace(f"{part}:\n", f"{part}:\n{added}", 1)


STATE = "  s#: {vi: a, en: a, portal: 4, role: leader, days: 1}"
HARD = {
    "alias bomb": "a: &a [x, x]\n" + "".join(f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefghijk", "bcdefghijkl", strict=True)),
    "brackets": "[" * 250_000,
    "braces": "{a: " * 60_000,
    "questions": "? " * 120_000,
    "quote": "'" + "\n" * 250_000,
    "escapes": '"' + "\\x41" * 60_000,
    "one long word": "a: " + "x" * 250_000,
    "many keys": "".join(f"procedurex{number}: 1\n" for number in range(15_000)),
    "unknown keys": "".join(f"procedurex{number}: 1\n" for number in range(4_900)),
    "many states": _with("states", 700, STATE),
    "dense graph": _with("states", 50, STATE).replace(
        "actions:\n",
        "actions:\n"
        + "".join(
            f"  b{number}: {{vi: a, en: a, from: [checking, {', '.join(f's{other}' for other in range(50))}], to: s{number}, by: leader}}\n"
            for number in range(50)
        ),
    ),
    "costly patterns": _with("fields", 700, '  f#.a: {type: text, vi: a, en: a, pattern: "([a-z]{1,500}){1,40}#"}'),
    "many conditions": _with("actions", 400, '  a#: {vi: a, en: a, from: checking, to: signing, by: leader, guard: "fees.due > # && fees.total > #"}'),
    "deep condition": CORRECT.read_text(encoding="utf-8").replace("fees.settled", "(" * 900 + "fees.settled"),
}  # fmt: skip


@pytest.mark.parametrize("name", HARD)
def test_inputs_made_to_hurt(name: str) -> None:
    _survives(HARD[name])


def test_broken_files_survive_too() -> None:
    for path in sorted(BROKEN.glob("*.yaml")):
        _survives(path.read_bytes())
