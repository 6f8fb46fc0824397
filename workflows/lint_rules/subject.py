"""The input of every lint rule: one release, its source file, its surroundings, and the report for findings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from engine.rules.procedure.areas import AREA, area_of
from engine.rules.procedure.conditions import Condition, ConditionRefused, compile_condition
from engine.rules.procedure.definition import Action, Branch, Child, Document, Fee, Field, Release, TermBranch
from engine.rules.procedure.facts import FactNameTaken, FactType, declared_facts
from workflows.lint_context import LintContext
from workflows.problems import Mark, Report
from workflows.source import Source

Path = tuple[str | int, ...]


class Asked(NamedTuple):
    """A condition of the file, at ``path``."""

    path: Path
    source: str


@dataclass(frozen=True)
class Subject:
    """One release, with its source file, its surroundings and the report that collects findings."""

    release: Release
    source: Source
    context: LintContext
    report: Report

    def add(self, rule: str, at: Mark, **facts: object) -> None:
        """Adds a finding to the report."""
        self.report.add(rule, at, **facts)

    @cached_property
    def declared(self) -> dict[str, FactType] | None:
        """The facts that conditions may read; None when names of fields collide, which is another rule's finding."""
        try:
            return declared_facts(self.release)
        except FactNameTaken:
            return None

    @cached_property
    def _compiled(self) -> dict[str, Condition | ConditionRefused]:
        return {}

    def condition(self, source: str) -> Condition | ConditionRefused:
        """The compiled condition, or the refusal to compile it. Cached by source."""
        if source not in self._compiled:
            try:
                self._compiled[source] = compile_condition(
                    source, self.declared or {}, {"former_district": self.district, AREA: area_of(self.release.areas)}
                )
            except ConditionRefused as refused:
                self._compiled[source] = refused
        return self._compiled[source]

    def district(self, name: str) -> list[str]:
        """The communes of a former district; one made-up code where the territory is not known."""
        former = self.context.former_district
        return list(former(name, self.release.effective.start)) if former else [f"<{name}>"]

    def conditions(self) -> Iterator[Asked]:
        """Every condition of the file."""
        release = self.release
        for key, route in release.routing.items():
            yield from _asked(("routing", key), route.branches)
        optional: tuple[tuple[str, Mapping[str, Field | Document | Fee | Child]], ...] = (
            ("fields", release.fields),
            ("documents", release.documents),
            ("fees", release.fees),
            ("children", release.children),
        )
        for kind, parts in optional:
            for key, part in parts.items():
                if part.when is not None:
                    yield Asked((kind, key, "when"), part.when)
        for key, fee in release.fees.items():
            for price in fee.prices or ():
                if price.when is not None:
                    yield Asked(("fees", key, "table"), price.when)
        for index, arm in enumerate(release.sla.total):
            if arm.when is not None:
                yield Asked(("sla", "total", index, "when"), arm.when)
        for key, action in release.actions.items():
            if action.guard is not None:
                yield Asked(("actions", key, "guard"), action.guard)
            yield from _asked(("actions", key, "to"), action.to)

    def targets(self, action: Action) -> set[str]:
        """The declared states that an action can lead to."""
        return {branch.then for branch in action.to if branch.then in self.release.states}

    def exits(self) -> dict[str, set[str]]:
        """The states that one action leads to, by state."""
        ways: dict[str, set[str]] = {state: set() for state in self.release.states}
        for action in self.release.actions.values():
            for source in action.sources:
                if source in ways:
                    ways[source] |= self.targets(action)
        return ways


def arm_path(path: Path, index: int, branch: Branch) -> Path:
    """The path of a branch's target in the file."""
    return (*path, index, "else" if branch.when is None else "to")


def has_else(branches: Sequence[Branch | TermBranch]) -> bool:
    """Whether a branch has no condition."""
    return any(branch.when is None for branch in branches)


def _asked(path: Path, branches: tuple[Branch, ...]) -> Iterator[Asked]:
    for index, branch in enumerate(branches):
        if branch.when is not None:
            yield Asked((*path, index, "when"), branch.when)
