"""Whatever the linter asks "did you mean" for can be mended at its place, and then is no finding any more."""

from __future__ import annotations

import pytest

from tests.workflow_samples.surroundings import BROKEN, CORRECT, check, surroundings
from workflows.draft_text import mended
from workflows.problems import Fix, Problem

ASKED = "Did you mean"
MISTYPED = (
    ("clock: paused", "clok: paused"),
    ("to: accepted", "to: acepted"),
    ("by: counter", "by: countr"),
    ("type: unit", "type: unitt"),
    ("unit: handler", "unit: handlr"),
    ("template: da-tiep-nhan", "template: da-tiep-nhn"),
    ("entered(accepted)", "entered(acepted)"),
    ("documents.complete", "documents.complet"),
)


@pytest.mark.parametrize("path", sorted(BROKEN.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_broken_file_is_mended_where_a_word_is_near(path) -> None:  # type: ignore[no-untyped-def]  # a path
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        return
    for found in _findings(text):
        if ASKED in found.en:
            _is_mended(text, found)


@pytest.mark.parametrize(("right", "wrong"), MISTYPED)
def test_a_mistyped_word_is_found_and_mended(right: str, wrong: str) -> None:
    correct = CORRECT.read_text(encoding="utf-8")
    assert right in correct, "the sample has no such words any more"
    text = correct.replace(right, wrong, 1)
    asked = [found for found in _findings(text) if ASKED in found.en]
    assert asked
    for found in asked:
        _is_mended(text, found)
    assert mended(text, [found.fix for found in asked if found.fix]) == correct


def test_a_word_that_is_no_longer_there_is_left_alone() -> None:
    assert mended("a: b\n", [Fix(1, 1, "clok", "clock"), Fix(9, 1, "a", "b")]) == "a: b\n"


def test_several_words_of_one_line_are_mended_together() -> None:
    fixes = [Fix(1, 1, "frm", "from"), Fix(1, 9, "tto", "to"), Fix(1, 1, "frm", "from")]
    assert mended("frm: a, tto: b", fixes) == "from: a, to: b"


def _findings(text: str) -> list[Problem]:
    return check(text, context=surroundings())[1]


def _is_mended(text: str, found: Problem) -> None:
    assert found.fix is not None, f"{found.rule}: {found.en}"
    again = _findings(mended(text, [found.fix]))
    assert (found.rule, found.line, found.en) not in {(one.rule, one.line, one.en) for one in again}
