"""The rules about what a procedure means: each function reports its findings with the place they stand at."""

from __future__ import annotations

from engine.rules.definition import Release
from workflows.lint_context import LintContext
from workflows.problems import Report
from workflows.source import Source


def lint_release(release: Release, source: Source, context: LintContext, report: Report) -> None:
    """Ask every rule about one release."""
