# ruff: noqa: E501  lines of workflow files stand as their authors would write them
"""Files checked together, what rules leave alone, and the shipped procedures."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.workflow_samples.surroundings import CORRECT, check, surroundings
from workflows.competence_files import read_competences
from workflows.lint import lint_files
from workflows.loader import load, load_folder
from workflows.problems import WorkflowRefused

PROCEDURES = CORRECT.parents[2] / "workflows" / "procedures"
SURVEY = 'children:\n  survey: {vi: Đo đạc, en: Survey, procedure: "1.004222", opens: checking, when: land.remeasured, fields: {plot.commune: land.commune}}\n'


def _text(*changes: tuple[str, str]) -> str:
    text = CORRECT.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text


def _rules(*changes: tuple[str, str]) -> list[str]:
    return [problem.rule for problem in check(_text(*changes), "a.yaml", surroundings())[1]]


@pytest.fixture
def folder(tmp_path: Path) -> Callable[..., Path]:
    """Writes files into a folder and gives the folder."""

    def write(**texts: str) -> Path:
        for name, text in texts.items():
            (tmp_path / f"{name.replace('_', '.')}.yaml").write_text(text, encoding="utf-8")
        return tmp_path

    return write


FIRST = (("version: 2", "version: 1"), ("from: 2027-01-01", "from: 2025-07-01, until: 2026-12-31"), (SURVEY, ""))
SECOND = ((SURVEY, ""),)


def test_versions_that_follow_each_other_load_in_order(folder: Callable[..., Path]) -> None:
    releases = load_folder(folder(**{"1_012783_b": _text(*FIRST), "1_012783_a": _text(*SECOND)}))
    assert [(release.procedure, release.version) for release in releases] == [("1.012783", 1), ("1.012783", 2)]


@pytest.mark.parametrize(
    ("until", "rule"), [("2027-01-01", "version-overlap"), ("2026-12-30", "version-gap"), (None, "version-overlap")]
)
def test_versions_that_do_not_are_refused_in_the_later_file(
    folder: Callable[..., Path], until: str | None, rule: str
) -> None:
    first = _text(*FIRST).replace(", until: 2026-12-31", f", until: {until}" if until else "")
    with pytest.raises(WorkflowRefused) as refused:
        load_folder(folder(**{"1_012783_a": first, "1_012783_b": _text(*SECOND)}))
    assert [(problem.file, problem.rule) for problem in refused.value.problems] == [("1.012783.b.yaml", rule)]


def test_the_same_version_twice_is_refused_once(folder: Callable[..., Path]) -> None:
    other = _text(*SECOND).replace("total: [{when: land.remeasured, days: 10}, {else: 5}]", "total: 7")
    problems = lint_files(sorted(folder(**{"1_012783_a": _text(*SECOND), "1_012783_b": other}).glob("*.yaml")))
    assert [(problem.file, problem.rule) for problem in problems] == [("1.012783.b.yaml", "version-twice")]


def test_a_linked_procedure_is_found_among_the_files(folder: Callable[..., Path]) -> None:
    child = _text(("1.012783", "1.004222"), (SURVEY, ""), ("land.commune", "plot.commune"))
    assert lint_files(sorted(folder(**{"1_012783": _text(), "1_004222": child}).glob("*.yaml"))) == []
    problems = lint_files([folder() / "1.012783.yaml"])
    assert [problem.rule for problem in problems] == ["unknown-procedure"]


def test_one_broken_file_does_not_hide_another(folder: Callable[..., Path]) -> None:
    paths = sorted(folder(**{"1_012783": _text(("portal: 9", "portal: 19")), "1_012784": "foo"}).glob("*.yaml"))
    assert {problem.file for problem in lint_files(paths)} == {"1.012783.yaml", "1.012784.yaml"}


@pytest.mark.parametrize(
    "changes",
    [
        [("clock: paused, remind: 5", "clock: paused")],  # a timer ends this pause
        [
            ("portal: 6, role: tax, remind: 10", "portal: 6, role: tax, clock: running")
        ],  # the tax office's time may count
        [
            ("en: To be signed, portal: 4", "en: To be signed, portal: 4, clock: paused, remind: 3"),
            ("days: 1}", "days: 9}"),
            ("event: remind(finance)", "event: remind(signing)"),
            ("event: remind(supplement)", "event: remind(finance)"),
            ("clock: paused, remind: 5", "clock: paused"),
        ],
        [("{else: 5}", "{else: 4}")],  # the quickest way needs 3.5 days
        [("by: [counter, applicant]", "by: applicant")],  # nobody of an office need act while the applicant is awaited
        [("guard: fees.settled", "guard: 'fees.settled && !(\"don\" in documents.missing)'")],
        [("from: [checking, supplement], to: stopped", "from: [accepted, checking, supplement], to: stopped")],
        [("guard: fees.settled", "guard: 'fees.settled || land.area > 100'")],  # the fee can still be paid
        [("guard: fees.settled", "guard: 'fees.total - fees.due < 0'")],  # nothing is said of sums
        [
            (
                "to: [{when: fees.due > 0, to: finance}, {else",
                "to: [{when: fees.due > 9, to: finance}, {when: 'fees.due > 5', to: checking}, {else",
            )
        ],
    ],
)
def test_what_is_right_is_left_alone(changes: list[tuple[str, str]]) -> None:
    assert _rules(*changes) == []


@pytest.mark.parametrize(
    ("changes", "rules"),
    [
        ([("by: system, after: 30 working days", "by: leader"), ("clock: paused, remind: 5", "clock: paused")], ["endless-pause"]),
        ([("final: true}\n\nactions", "final: true, clock: running}\n\nactions")], ["portal-clock"]),
        ([("signing, by: tax, attach", "signd, by: txa, attach")], ["unknown-state", "unknown-role"]),
        ([("opens: checking", "opens: cheking")], ["unknown-state"]),
        ([("entered(accepted)", "entered(acepted)")], ["unknown-state"]),
        ([("action(stop)", "action(stopp)")], ["unknown-action"]),
        ([("to: [applicant, leader]", "to: [applicant, boss]")], ["unknown-role"]),
        ([("to: applicant, via: [sms, email], template: da", "to: system, via: [sms, email], template: da")], ["unknown-role"]),
        ([("starts: receive", "starts: received")], ["unknown-action"]),
        ([("running: keep", "running: migrate, migrate: {old: chekking}")], ["unknown-state"]),
        ([("unit: working_day", "unit: same_day"), ("total: [{when: land.remeasured, days: 10}, {else: 5}]", "total: 3")], ["sla-total"]),
        ([("{when: land.remeasured, days: 10}", "{when: land.remeasured}")], ["sla-total"]),
        ([("unit: working_day", "unit: same_day"), ("  total: [{when: land.remeasured, days: 10}, {else: 5}]\n", "")], ["sla-too-short"]),
        ([("unit: working_day", "unit: calendar_day"), ("{else: 5}", "{else: 3}")], ["sla-too-short"]),
        ([("{else: VPDK-TINH}", "{when: 'true', to: VPDK-TINH}\n    - {else: VPDK-CN-LONGKHANH}")], ["unreachable-branch"]),
        ([("{else: VPDK-TINH}", "{when: 'false', to: VPDK-CN-BINHLONG}\n    - {else: VPDK-TINH}")], ["unreachable-branch"]),
        ([("{else: VPDK-TINH}", "{else: VPDK-TINH}\n    - {when: land.remeasured, to: VPDK-CN-BINHLONG}")], ["unreachable-branch"]),
        ([('former_district("long-khanh")', 'former_district("long-khan")')], ["unknown-name"]),
        ([('applicant.kind == "organisation"', 'applicant.kind == "company"')], ["unknown-name"]),
        ([("to: [{when: fees.due > 0, to: finance}, {else", "to: [{when: fees.due > 0, to: finance}, {when: fees.due > 5, to: checking}, {else")], ["unreachable-branch"]),
        ([("total: [{when: land.remeasured, days: 10}", "total: [{when: land.remeasured, days: 10}, {when: 'land.remeasured && land.area > 5', days: 9}")], ["unreachable-branch"]),
        ([("guard: fees.settled", "guard: 'land.commune == \"25270\" && !(land.commune in area(\"mountain\"))'")], ["never-allowed"]),
        ([("guard: fees.settled", "guard: 'dossier.filed_on < \"2027-01-01\" && dossier.filed_on >= \"2027-01-01\"'")], ["never-allowed"]),
        ([("guard: fees.settled", 'guard: "dossier.channel == \'portal\' && applicant.kind == \'foreigner\'"')], ["never-allowed"]),
        ([("guard: fees.settled", "guard: fees.settled && land.area > 100")], ["stuck-case"]),
        ([(", after: 30 working days", ", after: 30 working days, guard: land.remeasured"), ("clock: paused, remind: 5", "clock: paused")], ["endless-pause"]),
    ],
)  # fmt: skip
def test_rules_in_other_places(changes: list[tuple[str, str]], rules: list[str]) -> None:
    assert sorted(set(_rules(*changes))) == sorted(rules)


def test_without_surroundings_only_the_file_itself_is_judged() -> None:
    changed = _text(
        ("VPDK-CN-LONGKHANH", "NOWHERE"), ('"75"', '"99"'), ("1.004222", "1.999999"), ("da-tiep-nhan", "none")
    )
    assert check(changed, "a.yaml")[1] == []
    assert load(changed, "a.yaml").version == 2


def test_a_routing_gap_needs_only_one_kind_of_applicant() -> None:
    only_people = ('    - {when: applicant.kind == "organisation", to: VPDK-TINH}\n', "")
    no_else = ("    - {else: VPDK-TINH}\n", '    - {when: applicant.kind == "citizen", to: VPDK-TINH}\n')
    (problem,) = check(_text(only_people, no_else), "a.yaml", surroundings())[1]
    assert (problem.rule, "1 commune(s)" in problem.en) == ("routing-gap", True)
    everyone = ("applicants: [citizen, organisation]", "applicants: [citizen]")
    assert _rules(only_people, no_else, everyone) == []


def test_the_shipped_procedures_have_no_error_and_no_warning() -> None:
    context = dataclasses.replace(
        surroundings(), offices=None, communes=None, provinces=None, former_district=None, releases=None,
        templates={path.stem for path in (PROCEDURES.parent / "notices").glob("*.yaml")},
        competences=tuple(read_competences()),
    )  # fmt: skip
    paths = sorted(PROCEDURES.glob("*.yaml"))
    problems = lint_files(paths, context)
    assert len(paths) >= 13
    assert {problem.rule for problem in problems} <= {"unverified"}
