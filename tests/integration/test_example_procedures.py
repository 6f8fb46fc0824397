"""The example procedures: published internal processes as files with their stories, and one that contradicts itself."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

import workflows
from engine.rules.procedure.definition import Release
from workflows.calendar_files import load_calendar
from workflows.lint import LintContext, lint_files
from workflows.loader import check_bytes, load_folder
from workflows.scenario_files import read_scenarios
from workflows.scenario_runner import Outcome, coverage, run_all

EXAMPLES = Path(workflows.__file__).parent / "examples"
FILES = sorted(path.stem for path in EXAMPLES.glob("*.yaml"))


@cache
def releases() -> tuple[Release, ...]:
    return tuple(load_folder(EXAMPLES))


@cache
def outcomes() -> tuple[Outcome, ...]:
    stories = [story for path in sorted((EXAMPLES / "stories").glob("*.yaml")) for story in read_scenarios(path)]
    return tuple(run_all(stories, releases(), {"vn": load_calendar("vn")}))


@pytest.mark.parametrize("procedure", FILES)
def test_every_story_goes_as_it_is_told(procedure: str) -> None:
    mine = [one for one in outcomes() if one.scenario.procedure == procedure]
    assert len(mine) >= 3
    assert [found.sentence("en") for one in mine for found in one.differences] == []


def test_no_part_of_an_example_is_without_a_story() -> None:
    assert len(FILES) == 6
    assert [f"{gap.procedure}: {gap.part}" for gap in coverage(releases(), outcomes())] == []


def test_the_examples_have_no_error_and_no_warning() -> None:
    names = [path.stem for path in (EXAMPLES.parent / "notices").glob("*.yaml")]
    found = lint_files(sorted(EXAMPLES.glob("*.yaml")), LintContext(templates=names))
    assert [str(one) for one in found if one.severity != "information"] == []


def test_a_step_at_another_office_in_the_middle_and_back() -> None:
    """The land registration office holds the dossier between two steps of the division."""
    release = next(one for one in releases() if one.procedure == "QN.TINH-02")
    held = [release.roles[state.role].unit for state in release.states.values() if state.role]
    assert held.index("land_office") < len(held) - 1 - held[::-1].index("handler")
    assert release.routing["land_office"].by == "competent:land-registration"


def _with_steps(days: tuple[float, ...]) -> str:
    """The example of four steps, with these days for them and a term of 10 days."""
    text = (EXAMPLES / "QN.XA-06.yaml").read_text(encoding="utf-8")
    for old, new in zip((1, 2, 22, 5), days, strict=True):
        text = text.replace(f", days: {old}}}", f", days: {new}}}", 1)
    return text.replace("then: 30}", "then: 10}").replace("then: 45}", "then: 20}")


def test_steps_that_need_more_than_the_term_are_an_error_with_both_sums() -> None:
    """TINH-09 as published: 0.5 + 9 + 2 + 0.5 = 12 days, and a term of 10."""
    found = check_bytes(_with_steps((0.5, 9, 2, 0.5)), "QN.TINH-09.yaml", []).problems
    wrong = [one for one in found if one.rule == "sla-too-short"]
    assert len(wrong) == 1 and wrong[0].severity == "error"
    assert "needs 12 working days, more than sla total 10" in wrong[0].en
    assert "cần 12 ngày làm việc, nhiều hơn thời hạn 10" in wrong[0].vi
    assert "accepted → preparing → mediating → signing → ready" in wrong[0].en
    assert not [one for one in check_bytes(_with_steps((0.5, 7, 2, 0.5)), "x", []).problems if one.severity == "error"]
