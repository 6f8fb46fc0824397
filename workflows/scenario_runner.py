"""Runs golden stories against releases, and reports unexpected results and the parts that no story covers."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.clock import LOCAL
from engine.errors import Refusal
from engine.rules.deadlines.calendar import Calendar
from engine.rules.procedure.definition import Release
from engine.rules.procedure.machine import Workflow, compile_release
from workflows.scenario_files import Scenario, Stage
from workflows.simulate import Walk, Walker, WalkStep
from workflows.story_parts import Used, in_words, parts_of


@dataclass(frozen=True)
class Difference:
    """An expected result that a story did not get; ``line`` is the line of the step in the scenario file."""

    file: str
    line: int
    key: str
    expected: str
    got: str

    def sentence(self, language: str = "vi") -> str:
        if language == "en":
            return f"{self.file}:{self.line}: {self.key}: expected {self.expected}, got {self.got}"
        return f"{self.file}:{self.line}: {self.key}: chờ {self.expected}, được {self.got}"


@dataclass(frozen=True)
class Outcome:
    """The result of one story: its walk, and the differences to its expectations."""

    scenario: Scenario
    walk: Walk
    differences: tuple[Difference, ...]


@dataclass(frozen=True)
class Gap:
    """A part of a release that no story covers, in words: ``action expire``, ``branch paid 1``, ``guard sign refused``.

    ``document map without`` lacks a story of a dossier that the paper is not asked of.
    """

    procedure: str
    part: str
    used: Used

    def sentence(self, language: str = "vi") -> str:
        """What is lacking."""
        words = in_words(self.used)
        if language == "en":
            return f"{self.procedure}: no story: {words.en}"
        return f"{self.procedure}: chưa có câu chuyện: {words.vi}"


def run(scenario: Scenario, workflow: Workflow, calendar: Calendar) -> Outcome:
    """Runs a story to its end, or to the first step with an unexpected refusal."""
    try:
        walker = Walker(workflow, calendar, scenario.given)
    except Refusal as refusal:
        wrong = Difference(scenario.file, scenario.line, "given", "–", f"{refusal.code}: {refusal.sentence('en')}")
        return Outcome(scenario, Walk(workflow.release), (wrong,))
    found: list[Difference] = []
    for stage in scenario.stages:
        seen = len(walker.walk.steps)
        refused = _done(walker, stage)
        wanted = str(stage.expect.get("refused", "–"))
        if refused is None and wanted != "–":
            found.append(Difference(scenario.file, stage.line, "refused", wanted, "–"))
        elif refused is not None and refused.code != wanted:
            said = f"{refused.code}: {refused.sentence('en')}"
            found.append(Difference(scenario.file, stage.line, "refused", wanted, said))
            break
        found += _differences(scenario.file, stage, walker, seen)
    return Outcome(scenario, walker.walk, tuple(found))


def run_all(
    scenarios: Iterable[Scenario], releases: Iterable[Release], calendars: Mapping[str, Calendar]
) -> list[Outcome]:
    """Runs every story against its release: the version that it names, else the newest."""
    workflows: dict[str, list[Workflow]] = defaultdict(list)
    for release in sorted(releases, key=lambda one: one.version):
        workflows[release.procedure].append(compile_release(release))
    outcomes = []
    for scenario in scenarios:
        versions = [one for one in workflows[scenario.procedure] if scenario.version in (None, one.release.version)]
        if not versions:
            wrong = Difference(scenario.file, scenario.line, "procedure", scenario.procedure, "–")
            outcomes.append(Outcome(scenario, Walk(_no_release(workflows)), (wrong,)))
            continue
        workflow = versions[-1]
        outcomes.append(run(scenario, workflow, calendars[workflow.release.sla.calendar]))
    return outcomes


def coverage(releases: Iterable[Release], outcomes: Iterable[Outcome]) -> list[Gap]:
    """The parts of the releases (``story_parts.parts_of``) that no story covers."""
    used: dict[tuple[str, int], set[Used]] = defaultdict(set)
    for outcome in outcomes:
        used[outcome.walk.release.procedure, outcome.walk.release.version] |= outcome.walk.used
    return [
        Gap(release.procedure, " ".join(str(word) for word in part), part)
        for release in releases
        for part in sorted(parts_of(release) - used[release.procedure, release.version], key=str)
    ]


def _done(walker: Walker, stage: Stage) -> Refusal | None:
    try:
        walker.do(stage.act)
    except Refusal as refusal:
        return refusal
    return None


def _differences(file: str, stage: Stage, walker: Walker, seen: int) -> list[Difference]:
    steps = walker.walk.steps[seen:]
    own = [step for step in steps if step.kind != "timer"]
    found = []
    for key, wanted in stage.expect.items():
        if key == "refused":
            continue
        got = _got(key, walker, own, steps)
        if got != wanted:
            found.append(Difference(file, stage.line, key, _words(wanted), _words(got)))
    return found


def _got(key: str, walker: Walker, own: list[WalkStep], steps: list[WalkStep]) -> Any:
    row: Mapping[str, Any] = walker.row
    if key in ("state", "portal", "clock"):
        return row[key]
    if key == "due":
        return row["due_at"]
    if key == "fee":
        return walker.facts["fees"]["due"]
    if key == "fired":
        return tuple(step.name for step in steps if step.kind == "timer")
    # After a wait the results of its timers are compared; after an act only those of the act itself.
    telling = own if own and own[-1].name != "wait" else steps
    if key == "opens":
        return tuple(child for step in telling for child in step.opened)
    return tuple(dict.fromkeys(word for step in telling for word in getattr(step, key)))


def _words(value: Any) -> str:
    if isinstance(value, dt.datetime):
        return value.astimezone(LOCAL).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, tuple):
        return "[" + ", ".join(str(one) for one in value) + "]"
    return "none" if value is None else str(value)


def _no_release(workflows: Mapping[str, list[Workflow]]) -> Release:
    return next(iter(workflows.values()))[0].release
