"""Reads a file of an installation, and says what is wrong with it: shared by the files that are no workflow files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from engine.errors import Refusal
from workflows.problems import Mark, Problem, Report
from workflows.yaml_reader import MOST_BYTES


class RefusedFile(Refusal):
    """A file has errors; ``problems`` holds all findings in the order of the file. Each kind has its own code."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        first = self.problems[0]
        where, count = f"{first.file}:{first.line}:{first.column}: ", len(self.problems)
        super().__init__(file=first.file, count=count, first_vi=where + first.vi, first_en=where + first.en)


def content_of(path: Path, refused: type[RefusedFile]) -> bytes:
    """The bytes of a file, up to one more than a file may have. Raises ``refused`` where it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        report = Report(path.name)
        report.add("no-file", Mark(1, 1), name=str(path), why=error.strerror or type(error).__name__)
        raise refused(report.problems()) from error
