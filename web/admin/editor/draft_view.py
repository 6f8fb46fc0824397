"""What the editor shows of a text: findings beside their lines with explanation and fix, parts, stories, a picture."""

from __future__ import annotations

import json
from dataclasses import dataclass

from markupsafe import Markup

from engine.errors import Refusal
from engine.pictures.graph import graph_of
from engine.pictures.layout import lay_out
from engine.pictures.svg import Drawing, svg_of
from engine.rules.procedure.definition import Release
from engine.text import Text
from server.context import language, runtime
from web.admin.editor.checking import checked_text
from workflows.draft_text import Part, parts_of_file
from workflows.explanations import Explanation, explain
from workflows.loader import Checked
from workflows.problems import Fix, Problem
from workflows.scenario_files import read_stories
from workflows.scenario_runner import Gap, Outcome, coverage, run_all

MOST_GAPS = 40


@dataclass(frozen=True, slots=True)
class Found:
    """A finding with its number on the page, and the explanation of its rule."""

    number: int
    problem: Problem
    about: Explanation

    @property
    def kind(self) -> str:
        """``error``, ``warning`` or ``information``."""
        return str(self.problem.severity)

    @property
    def text(self) -> Text:
        return Text(self.problem.vi, self.problem.en)


@dataclass(frozen=True, slots=True)
class Stories:
    """The results of a draft's stories, and what none of them goes through; ``refused`` where they cannot be read."""

    outcomes: tuple[Outcome, ...] = ()
    gaps: tuple[Gap, ...] = ()
    more_gaps: int = 0
    refused: Text | None = None


@dataclass(frozen=True, slots=True)
class DraftView:
    """Everything that is known of a text. ``lines`` are the numbered lines with the findings beside them."""

    text: str
    checked: Checked
    found: tuple[Found, ...]
    parts: tuple[Part, ...]
    lines: tuple[tuple[int, str, tuple[Found, ...]], ...]

    @property
    def errors(self) -> tuple[Found, ...]:
        return tuple(one for one in self.found if one.kind == "error")

    @property
    def others(self) -> tuple[Found, ...]:
        return tuple(one for one in self.found if one.kind != "error")

    @property
    def fixes(self) -> tuple[Fix, ...]:
        """What "fix it" would change, each once."""
        return tuple(dict.fromkeys(one.problem.fix for one in self.found if one.problem.fix is not None))

    @property
    def release(self) -> Release | None:
        """The release, if the file has no error."""
        return self.checked.release

    def told(self) -> str:
        """The findings as JSON, for the editor of the page."""
        spoken = language()
        return json.dumps(
            [
                {
                    "line": one.problem.line,
                    "column": one.problem.column,
                    "severity": {"information": "info"}.get(one.kind, one.kind),
                    "message": one.problem.sentence(spoken),
                    "rule": one.problem.rule,
                    "why": one.about.why.in_(spoken),
                    "fix": one.problem.fix._asdict() if one.problem.fix is not None else None,
                }
                for one in self.found
            ],
            ensure_ascii=False,
        )


def view_of(text: str) -> DraftView:
    """What is known of a text."""
    checked = checked_text(text)
    found = tuple(Found(number, one, explain(one.rule)) for number, one in enumerate(checked.problems, 1))
    written = text.splitlines() or [""]
    lines = tuple(
        (number, line, tuple(one for one in found if min(one.problem.line, len(written)) == number))
        for number, line in enumerate(written, 1)
    )
    return DraftView(text, checked, found, tuple(parts_of_file(checked)), lines)


def chosen_fixes(view: DraftView, asked: str) -> list[Fix]:
    """The fixes that a button asks for: ``all``, or one as ``fix_key`` writes it."""
    if asked == "all":
        return list(view.fixes)
    exact = [one for one in view.fixes if fix_key(one) == asked]
    alike = [one for one in view.fixes if fix_key(one).partition(" ")[2] == asked.partition(" ")[2]]
    return (exact or alike)[:1]


def fix_key(fix: Fix) -> str:
    """A fix as the value of its button: ``81:17 clok > clock``."""
    return f"{fix.line}:{fix.column} {fix.word} > {fix.to}"


def picture_of(release: Release | None) -> Markup | None:
    """The picture of a file without errors."""
    if release is None:
        return None
    graph = graph_of(release)
    drawn = svg_of(Drawing(release.in_lists, graph, lay_out(graph, language()), {}), language())
    return Markup(drawn)  # noqa: S704 - made by an XML writer, which escapes every name


def stories_of(release: Release | None, stories: str) -> Stories | None:
    """The results of the stories; None where there are none, or the file has errors."""
    if release is None or not stories.strip():
        return None
    try:
        told = read_stories(stories.encode(), "cau-chuyen.yaml")
        outcomes = run_all(told, [release], runtime().catalogue.calendars)
    except Refusal as refusal:
        return Stories(refused=Text(refusal.sentence("vi"), refusal.sentence("en")))
    gaps = coverage([release], outcomes)
    return Stories(tuple(outcomes), tuple(gaps[:MOST_GAPS]), max(0, len(gaps) - MOST_GAPS))
