"""Loads workflow files as releases, and refuses files that break a rule of the format.

``load`` returns the release of one file or raises WorkflowRefused. ``check_bytes`` returns every finding as well.
``load_folder`` loads all procedures together, so that versions of one procedure and linked dossiers are checked too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from engine.rules.procedure.definition import Release
from workflows.lint_context import LintContext
from workflows.lint_rules import lint_release
from workflows.normal_form import release_of
from workflows.problems import Mark, Problem, Report, WorkflowRefused, in_order
from workflows.schema import FILE
from workflows.shapes import BAD
from workflows.source import Source
from workflows.yaml_reader import MOST_BYTES, decode, read

# Findings that leave every value in place, so that the rules about meaning can still run.
_HARMLESS = ("unknown-key", "quoted-code", "duplicate-key", "duplicate-item", "field-key", "one-of")


@dataclass(frozen=True)
class Checked:
    """A checked file. ``draft`` is its release, with or without errors; None when it cannot be understood at all."""

    name: str
    problems: list[Problem]
    source: Source | None = None
    draft: Release | None = None

    @property
    def release(self) -> Release | None:
        """The release; None when the file has an error."""
        return None if any(problem.severity == "error" for problem in self.problems) else self.draft


def load(path_or_text: Path | str | bytes, name: str | None = None, context: LintContext | None = None) -> Release:
    """The release in a file (a Path) or a text. Raises WorkflowRefused with every finding."""
    if isinstance(path_or_text, Path):
        checked = check_bytes(*_read_file(path_or_text, name), context)
    else:
        checked = check_bytes(path_or_text, name or "workflow.yaml", [], context)
    if checked.release is None:
        raise WorkflowRefused(checked.problems)
    return checked.release


def load_folder(folder: Path, context: LintContext | None = None) -> list[Release]:
    """The releases of every ``*.yaml`` in ``folder``, in order of procedure and version. Raises WorkflowRefused."""
    return load_files(sorted(folder.glob("*.yaml")), context)


def load_files(paths: list[Path], context: LintContext | None = None) -> list[Release]:
    """The releases of these files, in order of procedure and version. Raises WorkflowRefused."""
    checked = check_files(paths, context)
    problems = in_order(problem for one in checked for problem in one.problems)
    if any(problem.severity == "error" for problem in problems):
        raise WorkflowRefused(problems)
    releases = [one.draft for one in checked if one.draft]
    return sorted(releases, key=lambda release: (release.procedure, release.version))


def check_files(paths: list[Path], context: LintContext | None = None) -> list[Checked]:
    """Checks every file against the others and against the releases of the context."""
    contents = [_read_file(path, None) for path in paths]
    alone = [_understand(data, name, problems) for data, name, problems in contents]
    around = context or LintContext()
    drafts = tuple((one.name, one.draft) for one in alone if one.draft)
    known = tuple((name, release) for name, release in around.releases or ())
    together = replace(around, releases=(*known, *drafts), file_names=True)
    return [_lint(one, together) for one in alone]


def check_bytes(data: str | bytes, name: str, problems: list[Problem], context: LintContext | None = None) -> Checked:
    """Checks the bytes of one file. ``problems`` are those of reading the file; any of them ends the check."""
    return _lint(_understand(data, name, problems), context or LintContext())


def _understand(data: str | bytes, name: str, problems: list[Problem]) -> Checked:
    """Checks the structure of a file and parses it; ``_lint`` checks its meaning."""
    if problems:
        return Checked(name, problems)
    text, report = decode(data, name)
    root = read(text, report) if not report.problems() else None
    if root is None:
        return Checked(name, report.problems())
    written: Any = FILE.read(root, (), report)
    source = Source(name, root, text)
    if written is BAD or report.has_errors(besides=_HARMLESS):
        return Checked(name, report.problems(), source)
    return Checked(name, report.problems(), source, release_of(written))


def _lint(checked: Checked, context: LintContext) -> Checked:
    if checked.draft is None or checked.source is None:
        return checked
    report = Report(checked.name, checked.source.text)
    lint_release(checked.draft, checked.source, context, report)
    return replace(checked, problems=in_order([*checked.problems, *report.problems()]))


def _read_file(path: Path, name: str | None) -> tuple[bytes, str, list[Problem]]:
    """The bytes of a file, up to one more than allowed, so that a huge file is refused without being read whole."""
    shown = name or path.name
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1), shown, []
    except OSError as error:
        report = Report(shown)
        report.add("no-file", Mark(1, 1), name=str(path), why=error.strerror or type(error).__name__)
        return b"", shown, report.problems()
