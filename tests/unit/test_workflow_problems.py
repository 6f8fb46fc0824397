"""How findings are shown: as lines with a caret, as JSON, as SARIF, and as a refusal."""

from __future__ import annotations

import json

import pytest

from tests.workflow_samples.surroundings import check
from workflows.loader import load
from workflows.problems import (
    MOST_PROBLEMS,
    Mark,
    Report,
    Suggest,
    WorkflowRefused,
    render_json,
    render_sarif,
    render_text,
)

TEXT = 'version: 1\nstates:\n\tx:   {vi: "Mới", clok: paused}\n'


def _report() -> Report:
    report = Report("1.012783.yaml", TEXT)
    report.add("unknown-key", Mark(3, 18), key="clok", where="x", hint=Suggest("clok", ("clock", "portal")))
    report.add("many-extensions", Mark(1, 1), count=2)
    return report


def test_text_has_place_sentence_rule_and_caret() -> None:
    assert render_text(_report().problems(), "en").splitlines() == [
        "1.012783.yaml:1:1: warning: 2 extensions are allowed; the rule is at most one (Form 04). "
        "Set extensions: 1 [many-extensions]",
        "    version: 1",
        "    ^",
        '1.012783.yaml:3:18: unknown key "clok" in x. Did you mean "clock"? [unknown-key]',
        '    \tx:   {vi: "Mới", clok: paused}',
        "    \t                ^",
    ]


def test_text_in_vietnamese_without_caret() -> None:
    lines = render_text(_report().problems(), "vi", caret=False).splitlines()
    assert lines[1] == '1.012783.yaml:3:18: không có khóa "clok" trong x. Có phải ý bạn là "clock"? [unknown-key]'
    assert "cảnh báo: " in lines[0]


def test_json_carries_both_languages() -> None:
    rows = json.loads(render_json(_report().problems(), "en"))
    assert [(row["line"], row["column"], row["rule"], row["severity"]) for row in rows] == [
        (1, 1, "many-extensions", "warning"),
        (3, 18, "unknown-key", "error"),
    ]
    assert rows[1]["message"] == rows[1]["en"] != rows[1]["vi"]


def test_sarif_points_to_rule_and_region() -> None:
    log = json.loads(render_sarif(_report().problems(), "en"))
    (run,) = log["runs"]
    result = run["results"][1]
    assert log["version"] == "2.1.0"
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"] == "unknown-key"
    assert result["level"] == "error"
    region = result["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 3, "startColumn": 18}


def test_the_same_finding_is_told_once_and_never_too_many() -> None:
    report = Report("a.yaml")
    for _ in range(2):
        report.add("many-extensions", Mark(1, 1), count=2)
    assert len(report.problems()) == 1
    for line in range(MOST_PROBLEMS * 2):
        report.add("many-extensions", Mark(line, 1), count=2)
    assert len(report.problems()) == MOST_PROBLEMS


def test_words_of_the_file_cannot_reach_the_terminal_as_orders() -> None:
    _, problems = check("version: \x1b[31m\n", "a.yaml")
    assert "\x1b" not in render_text(problems)


def test_long_words_are_cut() -> None:
    _, problems = check(f"{'k' * 5000}: 1\n", "a.yaml")
    assert max(len(problem.en) for problem in problems) < 300


def test_all_mistakes_are_found_in_one_run() -> None:
    _, problems = check("procedure: 1.5\nversion: x\nlegal: []\nfoo: 1\neffective: {from: 2027-13-01}\n", "a.yaml")
    found = {problem.rule for problem in problems}
    assert {"quoted-code", "wrong-type", "too-few", "unknown-key", "bad-date", "missing-key"} <= found


def test_the_refusal_names_the_first_error_and_holds_all() -> None:
    with pytest.raises(WorkflowRefused) as refused:
        load("version: 1\nfoo: 2\n", "a.yaml")
    assert refused.value.status == 422
    assert len(refused.value.problems) > 5
    assert "a.yaml:1:1: " in refused.value.sentence("en")
