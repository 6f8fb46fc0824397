"""Measures which test runs which line of ``engine/``, and how long each test takes.

Runs by itself in a copy of the project (``python -m tests.mutants.reach FOLDER TEST_FILE…``) and leaves a JSON file for
each test file. Lines that run while the templates of the databases are made belong to the name ``TEMPLATES`` instead of
a test: the first test of a run makes them, the others copy them.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

TEMPLATES = "the templates of the databases"


@dataclass(frozen=True, slots=True)
class Reach:
    """``seconds`` of processor time of each test that passed, and by file and line the tests that run the line."""

    seconds: dict[str, float]
    lines: dict[str, dict[int, frozenset[str]]]

    def of(self, file: str, lines: Sequence[int]) -> frozenset[str]:
        """The tests that run the first of these lines that any test runs. Without lines (the place runs on import) the
        tests that run anything of the file."""
        known = self.lines.get(file, {})
        if not lines:
            return frozenset[str]().union(*known.values())
        return next((known[line] for line in lines if known.get(line)), frozenset())

    @classmethod
    def of_all(cls, parts: Iterable[Reach]) -> Reach:
        """What several measures reach together."""
        seconds: dict[str, float] = {}
        lines: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
        for part in parts:
            seconds |= part.seconds
            for file, found in part.lines.items():
                for line, tests in found.items():
                    lines[file][line] |= tests
        frozen = {file: {line: frozenset(tests) for line, tests in found.items()} for file, found in lines.items()}
        return cls(seconds, frozen)


def read_reach(path: Path) -> Reach:
    kept = json.loads(path.read_text(encoding="utf-8"))
    names = kept["names"]
    lines = {
        file: {int(line): frozenset(names[one] for one in tests) for line, tests in found.items()}
        for file, found in kept["lines"].items()
    }
    return Reach(kept["seconds"], lines)


class Measure:
    """A plugin of pytest. Coverage begins before anything of ours is imported, so that its lines are seen."""

    def __init__(self, root: Path, templates: bool) -> None:
        import coverage

        self.root, self.templates = root, templates
        self.coverage = coverage.Coverage(data_file=None, source=["engine"], config_file=False)
        self.seconds: dict[str, float] = {}
        self.failed: set[str] = set()
        self.coverage.start()

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        if self.templates:
            from tests.installation.world import WORLD

            self.coverage.switch_context(TEMPLATES)
            with tempfile.TemporaryDirectory() as folder:
                WORLD.sqlite(Path(folder))
            self.coverage.switch_context("")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self.coverage.switch_context(item.nodeid)
        began = _processor_time()
        try:
            return (yield)
        finally:
            self.seconds[item.nodeid] = round(_processor_time() - began, 4)
            self.coverage.switch_context("")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if not report.passed:
            self.failed.add(report.nodeid)

    def kept(self) -> dict[str, dict[str, Any]]:
        """What is kept of each test file, by its stem."""
        self.coverage.stop()
        data = self.coverage.get_data()
        reached: dict[str, dict[str, dict[int, set[str]]]] = defaultdict(lambda: defaultdict(dict))
        files = {_stem(test) for test in self.seconds}
        for file in sorted(data.measured_files()):
            name = str(Path(file).relative_to(self.root))
            for line, contexts in data.contexts_by_lineno(file).items():
                for context in contexts:
                    for stem in files if context in (TEMPLATES, "") else [_stem(context)]:
                        reached[stem][name].setdefault(line, set()).add(context)
        return {stem: self._of_file(stem, reached[stem]) for stem in files}

    def _of_file(self, stem: str, lines: dict[str, dict[int, set[str]]]) -> dict[str, Any]:
        passed = {test: took for test, took in self.seconds.items() if test not in self.failed}
        seconds = {test: took for test, took in passed.items() if _stem(test) == stem}
        names = [*seconds, TEMPLATES]
        numbers = {name: number for number, name in enumerate(names)}
        numbered = {
            file: {line: sorted(numbers[one] for one in tests if one in numbers) for line, tests in found.items()}
            for file, found in lines.items()
        }
        return {"names": names, "seconds": seconds, "lines": numbered}


def _stem(test: str) -> str:
    return Path(test.partition("::")[0]).stem


def _processor_time() -> float:
    """Of this process and those it started: how long a test takes must not depend on what else the machine does."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def main() -> int:
    folder, *files = sys.argv[1:]
    measure = Measure(Path.cwd(), templates=any(file.startswith("tests/integration") for file in files))
    options = ["-q", "--no-header", "--tb=short", "-p", "no:cacheprovider", "-m", "not postgresql"]
    code = pytest.main([*options, *files], plugins=[measure])
    import engine

    if not str(engine.__file__).startswith(f"{Path.cwd()}/"):
        sys.exit(f"not the copy is measured: {engine.__file__}")
    for stem, kept in measure.kept().items():
        (Path(folder) / f"{stem}.json").write_text(json.dumps(kept), encoding="utf-8")
    return 0 if code in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED) else 1


if __name__ == "__main__":
    sys.exit(main())
