"""A checkout of this project that is measured through its own commands, whatever its modules are called.

Nothing of it is imported: its ``motcua`` and its ``python -m benchmarks`` run as processes of its own Python, and what
they print is read here.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import orjson

_STATEMENTS = re.compile(r"^\| ([^|]+) \| (\d+) \| (\d+) \| [^|]+ \|$", re.MULTILINE)
_NOTICES = re.compile(
    r"([\d,]+) \([^)]*\) notices a second.*takes ([\d,]+) µs of processor in the worker and ([\d,]+) µs in PostgreSQL"
)


@dataclass(frozen=True, slots=True)
class Checkout:
    """A folder with a ``.venv`` of its own (``bin/setup test``, then benchmarks/requirements.txt)."""

    label: str
    folder: Path

    def revision(self) -> str:
        """The newest revision of the schema that it knows."""
        nowhere = {"DATABASE_URL": "sqlite:////nonexistent/motcua.sqlite", "MOTCUA_SECRET_KEYS": "k" * 40}
        told = orjson.loads(self._run("motcua", "db", "status", "--json", environment=nowhere, fine=(2,)))
        return str(told["latest"])

    def commit(self) -> str:
        """Its commit, where it is one of git's."""
        asked = ["git", "-C", str(self.folder), "rev-parse", "--short", "HEAD"]
        return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip() or "no commit"

    def benchmark(self, *words: str) -> str:
        """What ``python -m benchmarks`` prints. It starts and stops a PostgreSQL and a Redis of its own."""
        return self._run("python", "-m", "benchmarks", *words)

    def _run(
        self, program: str, *words: str, environment: dict[str, str] | None = None, fine: tuple[int, ...] = ()
    ) -> str:
        inherited = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
        run = subprocess.run(
            [str(self.folder / ".venv/bin" / program), *words],
            cwd=self.folder,
            env=inherited | (environment or {}),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if run.returncode not in (0, *fine):
            sys.exit(f"{self.label}: {program} {' '.join(words)} ended with {run.returncode}:\n{run.stderr[-3000:]}")
        return run.stdout


def statements_in(printed: str) -> dict[str, tuple[int, int]]:
    """Statements and round trips by request, from the table that ``python -m benchmarks statements`` prints."""
    return {name: (int(number), int(trips)) for name, number, trips in _STATEMENTS.findall(printed)}


def notices_in(printed: str) -> tuple[float, float, float]:
    """Notices a second, and µs of processor a notice in the worker and in PostgreSQL, from what ``outbox`` prints."""
    found = _NOTICES.search(printed)
    if found is None:
        raise ValueError(f"no sentence about notices in:\n{printed}")
    rate, worker, database = (float(number.replace(",", "")) for number in found.groups())
    return rate, worker, database


def readings_in(folder: Path, dossiers: int) -> dict[str, float]:
    """Milliseconds of processor of the median call by kind of reading, as the last ``reading`` kept them."""
    kept = orjson.loads((folder / "reading.json").read_bytes())[str(dossiers)]
    return {name: cpu50 for name, _p50, _p99, cpu50, _cpu99 in kept}
