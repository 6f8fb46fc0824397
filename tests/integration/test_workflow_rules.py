"""Every rule of the workflow file has one broken file, and the file is refused for that reason at that place alone."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from tests.workflow_samples.surroundings import BROKEN, CORRECT, check, surroundings
from workflows.lint import lint_files
from workflows.lint_context import LintContext
from workflows.loader import load
from workflows.problems import WorkflowRefused
from workflows.rule_book import RULES

FILES = sorted(BROKEN.glob("*.yaml"))
EXPECTED = re.compile(rb"^# expect: (\d+):(\d+) ([a-z0-9-]+)$", re.MULTILINE)


def _context_for(rule: str) -> LintContext:
    """Three rules need their own: routing-else speaks only while no communes are known, file-name only in a folder; a
    first day before the territory would also be out of order with the first version, and before any competence."""
    context = dataclasses.replace(surroundings(), file_names=rule == "file-name")
    if rule == "before-territory":
        return dataclasses.replace(context, releases=None, competences=None)
    return dataclasses.replace(context, communes=None) if rule == "routing-else" else context


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_broken_file_breaks_its_rule_at_its_place(path: Path) -> None:
    data = path.read_bytes()
    expected = [(int(line), int(column), rule.decode()) for line, column, rule in EXPECTED.findall(data)]
    release, problems = check(data, path.name, _context_for(path.stem))
    assert expected and {rule for _, _, rule in expected} == {path.stem}
    assert [(problem.line, problem.column, problem.rule) for problem in problems] == expected
    assert (release is None) == (RULES[path.stem].severity == "error")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_load_refuses_errors_and_only_errors(path: Path) -> None:
    context = _context_for(path.stem)
    if RULES[path.stem].severity != "error":
        assert load(path, context=context).procedure == "1.012783"
        return
    with pytest.raises(WorkflowRefused) as refused:
        load(path, context=context)
    assert f"[{path.stem}]" in refused.value.sentence("vi")
    assert f"[{path.stem}]" in refused.value.sentence("en")
    assert refused.value.code == "workflow-refused"


def test_every_rule_has_its_broken_file() -> None:
    assert {path.stem for path in FILES} | {"no-file"} == set(RULES)


def test_the_correct_file_has_no_finding() -> None:
    assert check(CORRECT.read_bytes(), "1.012783.yaml", _context_for("file-name"))[1] == []


def test_a_file_that_is_not_there_is_a_finding(tmp_path: Path) -> None:
    problems = lint_files([tmp_path / "none.yaml", tmp_path])
    assert [problem.rule for problem in problems] == ["no-file", "no-file"]


def test_a_huge_file_is_refused_without_reading_it(tmp_path: Path) -> None:
    path = tmp_path / "huge.yaml"
    with path.open("wb") as file:
        file.truncate(50_000_000_000)
    assert [problem.rule for problem in lint_files([path])] == ["too-big"]
