"""The findings of the linter: position, rule, and one sentence in Vietnamese and English.

``Report`` collects the findings of one file; ``render_text``, ``render_json`` and ``render_sarif`` print them.
"""

from __future__ import annotations

import difflib
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from engine.errors import Refusal
from workflows.rule_book import RULES, Severity
from workflows.sarif import Finding, Level, sarif

MOST_PROBLEMS = 200  # nobody reads more of them; it also bounds the time
LONGEST_FACT = 80
_LINES_OF_A_VALUE = 3  # how far below the place of a finding its mistyped word is looked for


class Mark(NamedTuple):
    """A place in a file: line and column, both from 1, the column in characters."""

    line: int
    column: int


class Fix(NamedTuple):
    """What mends a mistyped word: at ``line`` and ``column``, both from 1, ``word`` becomes ``to``."""

    line: int
    column: int
    word: str
    to: str


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding. ``excerpt`` is its line of the file, to show with a caret. ``fix`` is there where the sentence asks
    whether another word was meant, and the mistyped one stands at the finding."""

    file: str
    line: int
    column: int
    rule: str
    vi: str
    en: str
    severity: Severity
    excerpt: str = ""
    fix: Fix | None = None

    def sentence(self, language: str = "vi") -> str:
        """The sentence in ``vi`` or ``en``."""
        return self.en if language == "en" else self.vi


class WorkflowRefused(Refusal):
    """A workflow file has errors; ``problems`` holds all findings, warnings too, in the order of the file."""

    code = "workflow-refused"
    status = 422
    vi = "Tệp quy trình {file} có {count} lỗi. Lỗi đầu tiên: {first_vi}"
    en = "The workflow file {file} has {count} error(s). The first: {first_en}"

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        errors = [problem for problem in problems if problem.severity == "error"]
        first = errors[0]
        where = f"{first.file}:{first.line}:{first.column}: "
        super().__init__(
            file=first.file,
            count=len(errors),
            first_vi=f"{where}{first.vi} [{first.rule}]",
            first_en=f"{where}{first.en} [{first.rule}]",
        )


@dataclass(frozen=True, slots=True)
class Both:
    """A fact of a sentence that differs by language."""

    vi: str
    en: str


@dataclass(frozen=True, slots=True)
class Suggest:
    """A hint for an unknown word: the nearest known word, or the list of known words when it is short."""

    word: str
    known: tuple[str, ...]

    def hint(self) -> Both:
        """The hint, with a leading space; empty without a near word or a short list.

        >>> Suggest("recieve", ("receive", "refuse")).hint().en
        ' Did you mean "receive"?'
        """
        near = self.meant()
        if near is not None:
            return Both(f' Có phải ý bạn là "{near}"?', f' Did you mean "{near}"?')
        if 0 < len(self.known) <= 16:
            listed = ", ".join(self.known)
            return Both(f" Được dùng: {listed}.", f" Available: {listed}.")
        return Both("", "")

    def meant(self) -> str | None:
        """The nearest known word, if one is near."""
        if len(self.word) > 60:
            return None
        return next(iter(difflib.get_close_matches(self.word, self.known[:500], n=1, cutoff=0.6)), None)


class Report:
    """Collects the findings of one file. Facts of a sentence may be words, numbers, ``Both`` or ``Suggest``."""

    def __init__(self, file: str, text: str = "") -> None:
        self.file = file
        self._lines = text.splitlines()
        self._problems: dict[tuple[Any, ...], Problem] = {}

    def add(self, rule: str, at: Mark, **facts: object) -> None:
        """Adds a finding; the same sentence at the same place is kept once. Beyond MOST_PROBLEMS it does nothing."""
        if len(self._problems) >= MOST_PROBLEMS:
            return
        words = {key: value.hint() if isinstance(value, Suggest) else value for key, value in facts.items()}
        vi, en = (_sentence(rule, words, language) for language in ("vi", "en"))
        excerpt = self._lines[at.line - 1][:400] if 0 < at.line <= len(self._lines) else ""
        fix = next((self._fix(at, value) for value in facts.values() if isinstance(value, Suggest)), None)
        problem = Problem(self.file, at.line, at.column, rule, vi, en, RULES[rule].severity, excerpt, fix)
        self._problems.setdefault((at, rule, en), problem)

    def problems(self) -> list[Problem]:
        """The findings in the order of the file."""
        return in_order(self._problems.values())

    def has(self, *rules: str) -> bool:
        """Whether there is a finding of any of these rules."""
        return any(problem.rule in rules for problem in self._problems.values())

    def has_errors(self, besides: Iterable[str] = ()) -> bool:
        """Whether there is an error of a rule other than ``besides``."""
        harmless = set(besides)
        return any(problem.severity == "error" and problem.rule not in harmless for problem in self._problems.values())

    def _fix(self, at: Mark, suggested: Suggest) -> Fix | None:
        """The change that the suggestion asks for; None where it has none, or the word does not stand at the place."""
        to = suggested.meant()
        if to is None:
            return None
        word = re.compile(rf"(?<!\w){re.escape(suggested.word)}(?!\w)")
        for number, line in enumerate(self._lines[at.line - 1 : at.line - 1 + _LINES_OF_A_VALUE], at.line):
            found = word.search(line, at.column - 1 if number == at.line else 0)
            if found:
                return Fix(number, found.start() + 1, suggested.word, to)
        return None


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """The findings sorted by file, line, column and rule."""
    return sorted(problems, key=lambda problem: (problem.file, problem.line, problem.column, problem.rule, problem.en))


def render_text(problems: Iterable[Problem], language: str = "vi", caret: bool = True) -> str:
    """``file:line:col: sentence [rule-id]`` a line; with ``caret`` the line of the file and a mark below it."""
    return "".join(f"{line}\n" for problem in problems for line in _text_lines(problem, language, caret))


def render_json(problems: Iterable[Problem], language: str = "vi") -> str:
    """A JSON list of objects: file, line, column, rule, severity, message (in ``language``), vi, en."""
    rows = [
        {
            "file": problem.file,
            "line": problem.line,
            "column": problem.column,
            "rule": problem.rule,
            "severity": problem.severity,
            "message": problem.sentence(language),
            "vi": problem.vi,
            "en": problem.en,
        }
        for problem in problems
    ]
    return json.dumps(rows, ensure_ascii=False, indent=2) + "\n"


def render_sarif(problems: Iterable[Problem], language: str = "vi", reasons: Mapping[str, str] | None = None) -> str:
    """SARIF 2.1.0 (OASIS), the format that code review tools show beside the line.

    ``reasons`` says by rule why it exists.
    """
    found = [
        Finding(one.rule, _sarif_level(one.severity), one.sentence(language), one.file, one.line, one.column)
        for one in problems
    ]
    rules = {one.rule: _sarif_rule(one.rule, (reasons or {}).get(one.rule)) for one in found}
    return sarif("motcua workflows lint", found, rules)


def _sarif_rule(rule: str, why: str | None) -> dict[str, Any]:
    told = {"fullDescription": {"text": why}} if why else {}
    return {"defaultConfiguration": {"level": _sarif_level(RULES[rule].severity)}, **told}


def _sentence(rule: str, facts: dict[str, Any], language: str) -> str:
    template = RULES[rule].en if language == "en" else RULES[rule].vi
    return template.format(**{key: _words(value, language) for key, value in facts.items()})


def _words(value: Any, language: str) -> str:
    if isinstance(value, Both):
        return value.en if language == "en" else value.vi
    if isinstance(value, (tuple, list)):
        return ", ".join(_words(item, language) for item in value)
    text = _visible(str(value))
    return text if len(text) <= LONGEST_FACT else text[: LONGEST_FACT - 1] + "…"


def _visible(text: str) -> str:
    """Control and direction characters must not reach a terminal from inside a file."""
    return "".join(
        char if unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} else f"U+{ord(char):04X}"
        for char in text[: LONGEST_FACT * 2]
    )


def _text_lines(problem: Problem, language: str, caret: bool) -> list[str]:
    word = {"error": "", "warning": "warning: ", "information": "note: "}[problem.severity]
    if language != "en":
        word = {"error": "", "warning": "cảnh báo: ", "information": "ghi chú: "}[problem.severity]
    lines = [f"{problem.file}:{problem.line}:{problem.column}: {word}{problem.sentence(language)} [{problem.rule}]"]
    if caret and problem.excerpt:
        start = max(0, problem.column - 80)
        shown = problem.excerpt[start : start + 120]
        left = [char for char in shown[: problem.column - 1 - start] if not unicodedata.combining(char)]
        before = "".join("\t" if char == "\t" else " " for char in left)
        lines += ["    " + "".join(map(_safe, shown)), "    " + before + "^"]
    return lines


def _safe(char: str) -> str:
    return char if char == "\t" or unicodedata.category(char) not in {"Cc", "Cf", "Cs"} else "\ufffd"


def _sarif_level(severity: Severity) -> Level:
    return "note" if severity == "information" else severity
