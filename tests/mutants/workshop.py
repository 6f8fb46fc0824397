"""A copy of the project in a folder of its own, in which one text at a time is replaced and tests are run.

The copy has its own compiled modules; what it shares with the project is the virtual environment alone, and each run
makes sure that it tests the copy.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.mutants.sabotage import Sabotage

ROOT = Path(__file__).resolve().parent.parent.parent
LEFT_BEHIND = shutil.ignore_patterns(".*", "__pycache__", "*.pyc", "*.egg-info", "var", "benchmarks")
MOST_SECONDS = 300
"""After this long a run of tests is ended: a sabotage that makes the house hang is noticed too."""

_FAILED = re.compile(r"^(?:FAILED|ERROR) (?P<test>\S+(?:\[.*?\])?)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a run: ``verdict`` is "killed" (a test failed), "survived", "hung", or "broken" (the tests could not
    even be run, which shows nothing). ``by`` is the test that failed, ``said`` the end of what pytest wrote."""

    verdict: str
    by: str
    seconds: float
    said: str


def places(sabotage: Sabotage, root: Path = ROOT) -> int:
    """How often the text that is to be replaced stands in its file; the list is true when it is once."""
    path = root / sabotage.file
    return path.read_text(encoding="utf-8").count(sabotage.text) if path.is_file() else 0


@contextmanager
def copied_project() -> Iterator[Path]:
    """A copy of everything that tests need; removed at the end."""
    with tempfile.TemporaryDirectory(prefix="motcua-mutants-") as folder:
        copy = Path(folder) / "project"
        shutil.copytree(ROOT, copy, ignore=LEFT_BEHIND)
        yield copy


@contextmanager
def sabotaged(copy: Path, sabotage: Sabotage) -> Iterator[None]:
    """The copy with one text replaced, and put right again afterwards."""
    path = copy / sabotage.file
    with changed(path, path.read_text(encoding="utf-8").replace(sabotage.text, sabotage.instead)):
        yield


@contextmanager
def changed(path: Path, text: str) -> Iterator[None]:
    """The file with another text, put right again afterwards."""
    right = path.read_text(encoding="utf-8")
    try:
        _write(path, text)
        yield
    finally:
        _write(path, right)


def run_tests(copy: Path, tests: Sequence[str], most: float = MOST_SECONDS) -> Outcome:
    """Runs tests in the copy until the first fails, or ``most`` seconds have gone by."""
    began = time.monotonic()
    code, said = _pytest(copy, tests, most)
    seconds = time.monotonic() - began
    failed = _FAILED.search(said)
    if code == 1 and failed:
        return Outcome("killed", failed["test"], seconds, said)
    return Outcome({0: "survived", None: "hung"}.get(code, "broken"), "", seconds, said)


def _pytest(copy: Path, tests: Sequence[str], most: float) -> tuple[int | None, str]:
    """Exit code (None: it had to be ended) and what was written."""
    environment = {name: value for name, value in os.environ.items() if name != "MOTCUA_TEST_RUN"}
    environment |= {"PYTHONPATH": str(copy), "COLUMNS": "400"}
    options = ["-x", "-q", "--tb=short", "--no-header", "-p", "no:cacheprovider"]
    with subprocess.Popen(
        [sys.executable, "-c", _RUN, str(copy), *options, *tests],
        cwd=copy,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            said, _ = process.communicate(timeout=most)
            return process.returncode, said
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)  # the group it leads: pytest and what it started
            said, _ = process.communicate()
            return None, said
        except BaseException:
            os.killpg(process.pid, signal.SIGTERM)
            raise


_RUN = """
import sys, pytest, engine
copy, *words = sys.argv[1:]
if not engine.__file__.startswith(copy + "/"):
    sys.exit("not the copy is tested: " + engine.__file__)
sys.exit(pytest.main(words))
"""


def _write(path: Path, text: str) -> None:
    """Also forgets the compiled module: two writes within one second may leave the same size and time."""
    path.write_text(text, encoding="utf-8")
    Path(importlib.util.cache_from_source(str(path))).unlink(missing_ok=True)
