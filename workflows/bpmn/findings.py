"""The findings of reading a diagram, in the form that the linter's have, so that they are shown in the same ways."""

from __future__ import annotations

from workflows.bpmn.markup import Unreadable
from workflows.bpmn.names import shown
from workflows.bpmn.sentences import SENTENCES
from workflows.problems import Both, Mark, Problem, in_order

MOST_FINDINGS = 200


class Refused(Exception):
    """Nothing can be made of the diagram; the findings say why."""


class Findings:
    """Collects what is to be said about one diagram. The same thing of the same element is said once."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._found: dict[tuple[object, ...], Problem] = {}

    def add(self, rule: str, at: Mark, **facts: object) -> None:
        """Adds a finding. Facts of its sentence may be words, numbers or ``Both``."""
        self._keep(self.file, rule, at, facts)

    def decide(self, file: str, rule: str, line: int, **facts: object) -> None:
        """Adds what is to be decided at a line of the draft ``file``."""
        self._keep(file, rule, Mark(line, 1), facts)

    def refuse(self, rule: str, at: Mark, **facts: object) -> Refused:
        """The refusal to raise, kept as a finding."""
        self._keep(self.file, rule, at, facts, always=True)
        return Refused(rule)

    def unreadable(self, error: Unreadable) -> None:
        """Keeps the reason why a file is no diagram."""
        self._keep(self.file, error.rule, error.at, error.facts, always=True)

    def problems(self) -> list[Problem]:
        """The findings in the order of the diagram, then those of the draft."""
        own = [one for one in self._found.values() if one.file == self.file]
        return [*in_order(own), *in_order(one for one in self._found.values() if one.file != self.file)]

    def _keep(self, file: str, rule: str, at: Mark, facts: dict[str, object], always: bool = False) -> None:
        if len(self._found) >= MOST_FINDINGS and not always:
            return
        vi, en = (_sentence(rule, facts, language) for language in ("vi", "en"))
        problem = Problem(file, at.line, at.column, rule, vi, en, SENTENCES[rule].severity)
        self._found.setdefault((file, rule, at, en), problem)


def _sentence(rule: str, facts: dict[str, object], language: str) -> str:
    template = SENTENCES[rule].en if language == "en" else SENTENCES[rule].vi
    return template.format(**{key: _words(value, language) for key, value in facts.items()})


def _words(value: object, language: str) -> str:
    if isinstance(value, Both):
        return value.en if language == "en" else value.vi
    return shown(str(value)) or ("no name" if language == "en" else "không tên")
