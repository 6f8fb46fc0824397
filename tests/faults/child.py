"""A process of an installation under faults: started, killed and stopped by its id.

Children are started from the main thread, since the kernel ends them with the thread that started them.
"""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STARTS_WITHIN = 90.0  # seconds
ENDS_WITHIN = 45.0


class Child:
    """One process of ours: started, killed and stopped by its id. Its output is kept."""

    def __init__(
        self, name: str, arguments: list[str], environment: dict[str, str], log: Path, program: Path = ROOT
    ) -> None:
        """``program`` is the checkout whose code runs; it may be changed between two starts."""
        self.name, self.log, self.program = name, log, program
        self._command = [sys.executable, "-m", "cli", *arguments]
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        tied = [program, "--pdeathsig", "TERM"] if (program := shutil.which("setpriv")) else []
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                [*tied, *self._command],
                cwd=self.program,
                env={**os.environ, **_found_in(self.program), **self._environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )

    def forks(self) -> list[int]:
        """The process ids of its own children."""
        listed = Path(f"/proc/{self.pid}/task/{self.pid}/children")
        return [int(pid) for pid in listed.read_text().split()] if self.alive and listed.exists() else []

    def kill(self) -> None:
        """SIGKILL to the process and to its forks; returns when all of them are gone."""
        with contextlib.ExitStack() as stack:
            forks = [handle for pid in self.forks() if (handle := _handle(pid)) is not None]
            for handle in forks:
                stack.callback(os.close, handle)
            assert self._process is not None
            self._process.kill()
            self._process.wait()
            for handle in forks:
                with contextlib.suppress(ProcessLookupError):
                    signal.pidfd_send_signal(handle, signal.SIGKILL)
                select.select([handle], [], [], 10)

    def kill_fork(self, which: int) -> bool:
        """SIGKILL to one of its forks; False when it has none."""
        forks = self.forks()
        handle = _handle(forks[which % len(forks)]) if forks else None
        if handle is None:
            return False
        try:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(handle, signal.SIGKILL)
            select.select([handle], [], [], 10)
        finally:
            os.close(handle)
        return True

    def wait_until_it_listens(self) -> None:
        """Returns once a worker or clock has said that it started: before, SIGTERM ends it as it ends any program."""
        latest = time.monotonic() + STARTS_WITHIN
        begun = (f'"pid":{self.pid},', f'"pid":{self.pid}' + "}")
        while self.alive and time.monotonic() < latest:
            said = self.log.read_text(errors="replace")
            time.sleep(0.05)
            if '"event":"started"' in said and any(pid in said for pid in begun):
                return

    def ask_to_stop(self) -> None:
        """SIGTERM, as an operator does it."""
        assert self._process is not None
        if self.alive:
            self._process.terminate()

    def exit_code(self) -> int:
        """Waits for its end; one that was asked to stop and does not in time is killed."""
        assert self._process is not None
        try:
            return self._process.wait(ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            self.kill()
            return -signal.SIGKILL


def _found_in(program: Path) -> dict[str, str]:
    """Another checkout's modules come before those of this one, which the environment may have installed."""
    kept = os.environ.get("PYTHONPATH", "")
    return {} if program == ROOT else {"PYTHONPATH": f"{program}{os.pathsep}{kept}"}


def _handle(pid: int) -> int | None:
    try:
        return os.pidfd_open(pid)
    except ProcessLookupError:
        return None
