# ruff: noqa: E501  workflow files stand on the lines their authors would write
"""From short forms to the release: same meaning, same digest; defaults and meanings as the format promises."""

from __future__ import annotations

import datetime as dt

import pytest

from engine.rules.procedure.definition import Branch, Release, Route, State, Term, TermBranch, release_from_bytes
from engine.text import Text
from tests.workflow_samples.surroundings import check
from workflows.loader import load
from workflows.normal_form import CLOCK_OF_PORTAL, effects_of

FILE = """\
procedure: "1.000001"
version: 1
name: {vi: Thủ tục, en: Procedure}
short: {vi: Tên ngắn, en: Short}
legal: [118/2025/NĐ-CP]
effective: {from: 2025-07-01}
sector: {code: HT, vi: Hộ tịch, en: Civil status}
channels: [portal, counter]
roles:
  counter: {vi: Tiếp nhận, en: Counter, unit: intake}
  leader: {vi: Lãnh đạo, en: Leader, unit: handler}
routing:
  intake: competent_commune
  handler: {by: competent}
fields:
  copies: {type: number, vi: Số bản, en: Copies}
sla:
  unit: working_day
  total: 3
states:
  new: {vi: Mới, en: New, portal: 1, initial: true}
  checking: {vi: Thẩm định, en: Checking, portal: 2, role: leader}
  waiting: {vi: Chờ, en: Waiting, portal: 5, remind: 5}
  ready: {vi: Xong, en: Ready, portal: 9, role: counter}
  returned: {vi: Đã trả, en: Returned, portal: 10, final: true}
actions:
  receive: {vi: Nhận, en: Receive, from: new, to: checking, by: counter}
  ask: {vi: Hỏi, en: Ask, from: checking, to: waiting, by: leader}
  answer: {vi: Đáp, en: Answer, from: waiting, to: checking, by: applicant}
  finish: {vi: Xong, en: Finish, from: checking, to: ready, by: leader}
  return: {vi: Trả, en: Return, from: ready, to: returned, by: counter}
"""
REMINDER = "notify:\n  - {event: remind(waiting), to: applicant, via: sms}\n"


def _load(old: str = "", new: str = "") -> Release:
    assert old in FILE
    return load(FILE.replace(old, new, 1), "a.yaml")


def test_comments_order_of_keys_and_spelling_do_not_change_the_digest() -> None:
    parts = {"roles:": "", "sla:": ""}
    lines = FILE.splitlines(keepends=True)
    start = {name: next(i for i, line in enumerate(lines) if line.startswith(name)) for name in parts}
    moved = lines[start["sla:"] : start["sla:"] + 3] + lines[: start["sla:"]] + lines[start["sla:"] + 3 :]
    other = "# note\n" + "".join(moved).replace(
        "{vi: Mới, en: New, portal: 1, initial: true}",
        "\n    initial: true\n    portal: 1\n    en: 'New'\n    vi: \"Mo\u031b\u0301i\"",
    )
    assert load(other, "b.yaml").digest() == _load().digest()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("from: new,", "from: [new],"),
        ("by: counter}", "by: [counter]}"),
        ("total: 3", "total: [{else: 3}]"),
        ("to: waiting", "to: [{else: waiting}]"),
        ("channels: [portal, counter]", "channels: [counter, portal]"),
        ("{by: competent}", "{by: competent, place: applicant.commune}"),
        ("portal: 5,", "portal: 5, clock: paused,"),
        (
            "version: 1",
            "version: 1\npublic: true\napplicants: [foreigner, citizen, business, organisation]\nnotify: []",
        ),
        ("total: 3", "total: 3\n  starts: receive\n  extensions: 1\n  calendar: vn\n  cutoff: '15:00'"),
        ("to: waiting, by: leader", "to: waiting, by: leader, effect: ask, reason: optional, signature: none"),
    ],
)
def test_short_and_long_forms_mean_the_same(old: str, new: str) -> None:
    assert _load(old, new).digest() == _load().digest()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("total: 3", "total: 4"),
        ("en: New", "en: Newly"),
        ("by: applicant", "by: [applicant, leader]"),
        ("2025-07-01", "2025-07-02"),
    ],
)
def test_another_meaning_has_another_digest(old: str, new: str) -> None:
    assert _load(old, new).digest() != _load().digest()


def test_the_canonical_bytes_give_the_release_back() -> None:
    release = _load()
    assert release_from_bytes(release.canonical()).digest() == release.digest()


def test_english_falls_back_to_vietnamese_with_a_warning() -> None:
    release, problems = check(FILE.replace(", en: Counter", "") + REMINDER, "a.yaml")
    assert release is not None
    assert release.roles["counter"].name == Text("Tiếp nhận", "Tiếp nhận")
    assert [problem.rule for problem in problems] == ["missing-en"]


def test_clocks_follow_the_portal_code() -> None:
    clocks = {key: state.clock for key, state in _load().states.items()}
    assert clocks == {
        "new": "not_started",
        "checking": "running",
        "waiting": "paused",
        "ready": "stopped",
        "returned": "stopped",
    }


def test_actions_mean_what_the_portal_codes_say() -> None:
    effects = {key: action.effect for key, action in _load().actions.items()}
    assert effects == {"receive": "receive", "ask": "ask", "answer": "answer", "finish": "finish", "return": "return"}


@pytest.mark.parametrize(
    ("source", "target", "signed", "effect"),
    [
        (1, 2, False, "receive"), (1, 4, False, "receive"), (1, 3, False, "refuse"), (1, 5, False, "ask"), (2, 4, False, "forward"),
        (4, 5, False, "ask"), (5, 4, False, "answer"), (5, 2, False, "answer"), (5, 8, False, "stop"), (4, 6, False, "step"), (6, 4, False, "step"),
        (4, 7, False, "withdraw"), (4, 8, False, "stop"), (4, 9, True, "sign"), (4, 9, False, "finish"), (9, 10, False, "return"), (4, 4, False, "step"),
    ],
)  # fmt: skip
def test_the_effect_of_two_portal_codes(source: int, target: int, signed: bool, effect: str) -> None:
    states = {
        key: State(Text(key, key), portal, CLOCK_OF_PORTAL[portal]) for key, portal in (("a", source), ("b", target))
    }
    assert effects_of(["a"], [Branch("b")], signed, states) == {effect}


@pytest.mark.parametrize(
    ("sla", "total"),
    [
        ("unit: working_day\n  total: 3", [TermBranch(Term(3, "working_day"))]),
        ("unit: same_day", [TermBranch(Term(0, "same_day"))]),
        ("unit: calendar_day\n  total: 23", [TermBranch(Term(23, "calendar_day"))]),
        ("unit: working_hour\n  total: 8", [TermBranch(Term(8, "working_hour"))]),
        (
            "unit: working_day\n  total: [{when: copies > 3, hours: 4}, {when: copies > 2, days: 2}, {else: 1}]",
            [
                TermBranch(Term(4, "working_hour"), "copies > 3"),
                TermBranch(Term(2, "working_day"), "copies > 2"),
                TermBranch(Term(1, "working_day")),
            ],
        ),
        (
            "unit: same_day\n  total: [{when: copies > 9, days: 3}, {else: 0}]",
            [TermBranch(Term(3, "working_day"), "copies > 9"), TermBranch(Term(0, "same_day"))],
        ),
        (
            "unit: working_day\n  total: [{when: copies > 9, unit: same_day}, {else: 10, unit: calendar_day}]",
            [TermBranch(Term(0, "same_day"), "copies > 9"), TermBranch(Term(10, "calendar_day"))],
        ),
        (
            "unit: calendar_day\n  total: [{when: copies > 9, days: 3}, {else: 9}]",
            [TermBranch(Term(3, "calendar_day"), "copies > 9"), TermBranch(Term(9, "calendar_day"))],
        ),
    ],
)
def test_time_limits(sla: str, total: list[TermBranch]) -> None:
    assert list(_load("unit: working_day\n  total: 3", sla).sla.total) == total


@pytest.mark.parametrize(
    ("unit", "warn"),
    [
        ("same_day", Term(1, "working_hour")),
        ("working_day\n  total: 3", Term(1, "working_day")),
        ("calendar_day\n  total: 9", Term(1, "calendar_day")),
    ],
)
def test_the_warning_counts_in_the_unit_of_the_limit(unit: str, warn: Term) -> None:
    assert _load("unit: working_day\n  total: 3", f"unit: {unit}\n  warn: {{before: 1}}").sla.warn == warn


@pytest.mark.parametrize(
    ("written", "route"),
    [
        ("{by: competent}", Route(by="competent", place="applicant.commune")),
        ("{by: competent, place: land.commune}", Route(by="competent", place="land.commune")),
        ("""{by: 'competent_unit("tax", land.commune)'}""", Route(by="competent:tax", place="land.commune")),
        ("[{when: copies > 1, to: A}, {else: B}]", Route(branches=(Branch("A", "copies > 1"), Branch("B")))),
    ],
)
def test_routes(written: str, route: Route) -> None:
    text = FILE.replace("fields:\n", "fields:\n  land.commune: {type: unit, vi: Xã, en: Commune}\n")
    assert load(text.replace("{by: competent}", written), "a.yaml").routing["handler"] == route


@pytest.mark.parametrize(
    ("after", "term"),
    [
        ("5 working days", Term(5, "working_day")), ("1 working day", Term(1, "working_day")),
        ("8 working hours", Term(8, "working_hour")), ("10 calendar days", Term(10, "calendar_day")),
    ],
)  # fmt: skip
def test_timers(after: str, term: Term) -> None:
    timer = f"  late: {{vi: Trễ, en: Late, from: waiting, to: checking, by: system, after: {after}}}\n"
    assert load(FILE + timer, "a.yaml").actions["late"].after == term


def test_notices() -> None:
    notices = """notify:
  - {event: entered(checking), to: applicant, via: sms, template: da-nhan}
  - {event: action(ask), to: [applicant, leader], via: [sms, email], print: mau-02}
  - {event: remind(waiting), to: applicant, via: sms}
  - {event: due_in(2), to: holder, via: inbox}
  - {event: overdue, to: holder, via: inbox}
"""
    found = [
        (notice.event, notice.subject, notice.term, notice.template) for notice in load(FILE + notices, "a.yaml").notify
    ]
    assert found == [
        ("entered", "checking", None, "da-nhan"),
        ("action", "ask", None, "ask"),
        ("remind", "waiting", None, "nhac-bo-sung"),
        ("due_in", None, Term(2, "working_day"), "sap-den-han"),
        ("overdue", None, None, "qua-han"),
    ]


def test_dates_and_defaults() -> None:
    release = _load(
        "{from: 2025-07-01}", "{from: 2025-07-01, until: 2026-12-31, running: migrate, migrate: {old: checking}}"
    )
    assert (release.effective.start, release.effective.until) == (dt.date(2025, 7, 1), dt.date(2026, 12, 31))
    assert release.effective.migrate == {"old": "checking"}
    assert release.applicants == ("citizen", "business", "organisation", "foreigner")
    assert release.channels == ("counter", "portal")
    assert release.public


def test_lists_show_the_short_name_and_without_one_the_whole() -> None:
    release, problems = check(FILE + REMINDER, "a.yaml")
    assert release is not None and problems == []
    assert release.in_lists == Text("Tên ngắn", "Short")
    without, problems = check(FILE.replace("short: {vi: Tên ngắn, en: Short}\n", "") + REMINDER, "a.yaml")
    assert without is not None and [problem.rule for problem in problems] == ["missing-short"]
    assert without.in_lists == without.name
    assert b'"short"' in release.to_bytes() and b'"short"' not in without.to_bytes()
    assert release_from_bytes(release.to_bytes()) == release
