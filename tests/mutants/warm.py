"""A process that has loaded the libraries already and tries one mutation after the other, each in a fork of its own.

Runs by itself in a copy of the project (``python -m tests.mutants.warm``): reads a request a line from its standard
input and writes an answer a line to its standard output, both JSON. Nothing of the project is loaded before a fork but
what stands here, so that each fork loads the mutated file.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

import pytest

from tests.mutants.workshop import changed

LIBRARIES = (
    *("anyio.pytest_plugin", "pytest_cov.plugin", "schemathesis.pytest.plugin", "xdist.plugin", "psycopg", "requests"),
    *("alembic", "cryptography.x509", "flask", "flask_smorest", "holidays", "hypothesis", "hypothesis.strategies"),
    *("marshmallow", "msgspec", "orjson", "redis", "rq", "sqlalchemy", "time_machine", "transitions", "yaml", "cel"),
)
TEMPLATES = Path("var/templates")
MOST_MEMORY = 6 << 30
OPTIONS = (
    *("-x", "-q", "--tb=line", "--no-header", "-p", "no:cacheprovider", "-m", "not postgresql"),
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),  # the libraries were loaded before
)


class Chosen:
    """A plugin of pytest that runs the tests named, in that order, and remembers which failed first."""

    def __init__(self, tests: Sequence[str]) -> None:
        self.places = {name: place for place, name in enumerate(tests)}
        self.failed = ""

    def pytest_sessionstart(self) -> None:
        import hypothesis

        usual = hypothesis.settings.get_profile("default")  # as tests/conftest.py makes it
        phases = (hypothesis.Phase.explicit, hypothesis.Phase.generate)  # a failure need not become small
        hypothesis.settings.register_profile("mutants", usual, database=None, phases=phases)
        hypothesis.settings.load_profile("mutants")

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = sorted((item for item in items if item.nodeid in self.places), key=self._place)

    def _place(self, item: pytest.Item) -> int:
        return self.places[item.nodeid]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed and not self.failed:
            self.failed = report.nodeid

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed and not self.failed:
            self.failed = report.nodeid


def main() -> None:
    requests, answers = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    for name in LIBRARIES:
        importlib.import_module(name)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    sys.dont_write_bytecode = False  # every fork loads the same modules, but for one
    gc.freeze()
    for line in requests:
        request = json.loads(line)
        with changed(Path(request["file"]), request["text"]):
            answer = _try(request["tests"], _templates() if request["templates"] else (), request["seconds"])
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def _templates() -> list[Path]:
    """The databases that tests copy. A fork without any mutation makes them once."""
    if not TEMPLATES.exists():
        TEMPLATES.mkdir(parents=True)
        child = os.fork()
        if child == 0:
            _fork(TEMPLATES.resolve(), 600, _make_templates)
        if _wait(child, time.monotonic() + 1800) != 0:
            sys.exit(f"the templates of the databases could not be made: {(TEMPLATES / 'said').read_text()}")
    return sorted(TEMPLATES.glob("*.sqlite"))


def _make_templates() -> int:
    from tests.installation.world import WORLD

    with tempfile.TemporaryDirectory() as folder:
        WORLD.sqlite(Path(folder))
    return 0


def _try(tests: Sequence[str], templates: Sequence[str], seconds: float) -> dict[str, Any]:
    """Runs the tests in a fork: the exit code of pytest (None: it was ended), the test that failed, what was said."""
    with tempfile.TemporaryDirectory(prefix="motcua-mutant-", dir=_memory()) as name:
        folder = Path(name)
        folder.chmod(0o711)
        (folder / "owner.pid").write_text(str(os.getpid()))
        for template in templates:
            shutil.copy(template, folder)
        began = time.monotonic()
        child = os.fork()
        if child == 0:
            _fork(folder, seconds, lambda: _run(folder, tests))
        code = _wait(child, began + 10 * seconds)
        said = (folder / "said").read_text(encoding="utf-8", errors="replace") if (folder / "said").exists() else ""
        failed = (folder / "failed").read_text(encoding="utf-8") if (folder / "failed").exists() else ""
        return {"code": code, "by": failed, "said": said[-6000:], "seconds": time.monotonic() - began}


def _memory() -> str | None:
    shared = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
    return str(shared) if shared.is_dir() and os.access(shared, os.W_OK) else None


def _run(folder: Path, tests: Sequence[str]) -> int:
    chosen = Chosen(tests)
    files = list(dict.fromkeys(test.partition("::")[0] for test in tests))
    code = int(pytest.main([*OPTIONS, *files], plugins=[chosen]))
    (folder / "failed").write_text(chosen.failed, encoding="utf-8")
    return code


def _fork(folder: Path, seconds: float, work: Callable[[], int]) -> NoReturn:
    """The whole life of a fork. A limit of processor time ends endless loops, however busy the machine is."""
    code = 70
    try:
        os.setsid()
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        gc.disable()
        most = max(1, int(seconds))
        resource.setrlimit(resource.RLIMIT_CPU, (most, most + 1))
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
        os.environ |= {"MOTCUA_TEST_RUN": str(folder), "TMPDIR": str(folder)}
        tempfile.tempdir = None
        said = os.open(folder / "said", os.O_WRONLY | os.O_CREAT)
        os.dup2(said, 1)
        os.dup2(said, 2)
        code = work()
    except BaseException:  # whatever it is, it is shown, and the fork ends here
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _wait(child: int, until: float) -> int | None:
    try:
        while time.monotonic() < until:
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                return os.waitstatus_to_exitcode(status) if os.WIFEXITED(status) else None
            time.sleep(0.02)
        return None
    finally:
        _end(child)


def _end(child: int) -> None:
    """Ends what the fork started too: it leads a group of its own."""
    try:
        os.killpg(child, signal.SIGKILL)
    except ProcessLookupError:
        return
    try:
        os.waitpid(child, 0)
    except ChildProcessError:
        return


if __name__ == "__main__":
    main()
