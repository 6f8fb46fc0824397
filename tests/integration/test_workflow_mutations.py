"""One mistake in a shipped file is named at its line, without a traceback.

``--hypothesis-profile=explore`` puts 200 mistakes into each file instead of some.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import hypothesis
import pytest

import workflows
from tests.workflow_samples.mutations import Mutation, mutations
from workflows.lint_context import LintContext
from workflows.loader import check_bytes
from workflows.problems import render_sarif, render_text

SHIPPED = Path(workflows.__file__).parent
FILES = sorted((SHIPPED / "procedures").glob("*.yaml"))
MANY, FEW = 200, 10
CONTEXT = LintContext(templates={path.stem for path in (SHIPPED / "notices").glob("*.yaml")})


def _missed(mutation: Mutation) -> bool:
    """Whether no finding names the mistake at its line."""
    problems = check_bytes(mutation.text, "a.yaml", [], CONTEXT).problems
    for language in ("vi", "en"):
        assert render_text(problems, language) and render_sarif(problems, language)
    return not any(one.line == mutation.line and one.rule in mutation.rules for one in problems)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_mistake_in_a_shipped_file_is_named_at_its_line(path: Path) -> None:
    number = MANY if hypothesis.settings().max_examples >= 2000 else FEW
    drawn = mutations(path.read_text(encoding="utf-8"), number, seed=FILES.index(path))
    assert len(drawn) == number
    missed = [(one.kind, one.line, sorted(one.rules)) for one in drawn if _missed(one)]
    sys.stdout.write(f"{path.name}: {Counter(one.kind for one in drawn)}\n")
    assert missed == []
