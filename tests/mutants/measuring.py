"""Which tests run which lines, measured in a copy of the project and kept under ``var/mutants``, one file a test file.

What was measured of a test file holds until the product, the test file or what tests share changes.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.mutants.reach import Reach, read_reach
from tests.mutants.workshop import ROOT

KEPT = ROOT / "var" / "mutants"
_LEFT_OUT = (
    *("test_servers", "test_worker_process", "test_gunicorn_worker", "test_unparsable_requests"),  # of processes
    *(
        "test_migrations",
        "test_databases_for_tests",
        "test_driver",
        "test_pool",
        "test_connection_pool",
    ),  # of databases
    *("test_query_plans", "test_workflow_lint", "test_workflow_schema", "test_workflow_shapes"),
    *("test_competence_shipped", "test_model_of_procedures", "test_reform_random"),  # the same ways hundreds of times
    *("test_territory_files", "test_workflow_fuzz"),
)
"""Integration tests that are slow and reach no act that the others do not reach."""

_NOTHING = b'{"names": [], "seconds": {}, "lines": {}}'


def reach_of(kind: str, copy: Path, workers: int, tell: Callable[[str], None]) -> Reach:
    """What the tests in ``tests/<kind>`` reach. Measures in ``copy`` what is not kept yet, with so many processes."""
    wanted = _wanted(kind, copy)
    missing = [file for file, kept in wanted.items() if not kept.exists()]
    if missing:
        began = time.monotonic()
        tell(f"Measuring which lines the tests of {len(missing)} files run.")
        KEPT.mkdir(parents=True, exist_ok=True)
        _measure(copy, {file: wanted[file] for file in missing}, workers)
        for file in missing:
            for old in KEPT.glob(f"{kind}-{Path(file).stem}-????????????????.json"):
                if old != wanted[file]:
                    old.unlink()
        tell(f"Measured in {(time.monotonic() - began) / 60:.1f} minutes.")
    return Reach.of_all(read_reach(kept) for kept in wanted.values())


def environment(copy: Path) -> dict[str, str]:
    """For a process that works in a copy: the copy's modules, compiled and kept there."""
    left_out = ("MOTCUA_TEST_RUN", "PYTHONDONTWRITEBYTECODE", "TMPDIR")
    usual = {name: value for name, value in os.environ.items() if name not in left_out}
    return usual | {"PYTHONPATH": str(copy), "PYTHONHASHSEED": "0", "COLUMNS": "400"}


def _wanted(kind: str, copy: Path) -> dict[str, Path]:
    """Test files, and where the measure of each is kept. Read from the copy: the project may change meanwhile."""
    shared = hashlib.sha256()
    product = [file for folder in ("engine", "workflows", "adapters", "api") for file in _sources(copy / folder)]
    helpers = [file for file in _sources(copy / "tests") if not file.name.startswith("test_")]
    for file in (*product, *helpers):
        name = file.relative_to(copy)
        if "mutants" not in name.parts:
            shared.update(f"{name}\n".encode() + file.read_bytes())
    wanted = {}
    for file in sorted((copy / "tests" / kind).glob("test_*.py")):
        if file.stem not in _LEFT_OUT:
            whole = shared.copy()
            whole.update(file.read_bytes())
            wanted[str(file.relative_to(copy))] = KEPT / f"{kind}-{file.stem}-{whole.hexdigest()[:16]}.json"
    return wanted


def _sources(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*") if file.suffix in (".py", ".yaml", ".csv"))


def _measure(copy: Path, wanted: dict[str, Path], workers: int) -> None:
    with tempfile.TemporaryDirectory(prefix="motcua-reach-") as folder:
        files = list(wanted)
        with ThreadPoolExecutor(workers) as pool:
            done = [pool.submit(_run, [folder, *files[part::workers]], copy) for part in range(workers)]
            for one in done:
                one.result()
        for file, kept in wanted.items():
            measured = Path(folder) / f"{Path(file).stem}.json"
            kept.write_bytes(measured.read_bytes() if measured.exists() else _NOTHING)


def _run(words: Sequence[str], copy: Path) -> None:
    if len(words) == 1:
        return
    command = [sys.executable, "-m", "tests.mutants.reach", *words]
    done = subprocess.run(
        command, cwd=copy, env=environment(copy), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise RuntimeError(f"The tests could not be measured:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
