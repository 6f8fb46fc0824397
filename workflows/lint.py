"""The linter of workflow files, for the command line: takes many files and returns every finding."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from workflows.lint_context import LintContext, OfficeSpan
from workflows.loader import check_files
from workflows.problems import Problem, in_order, render_json, render_sarif, render_text

__all__ = ["LintContext", "OfficeSpan", "lint_files", "render_json", "render_sarif", "render_text"]


def lint_files(paths: Iterable[Path], context: LintContext | None = None) -> list[Problem]:
    """Every finding in these files, sorted by file and position. A file that cannot be read is a finding too."""
    return in_order(problem for checked in check_files(list(paths), context) for problem in checked.problems)
