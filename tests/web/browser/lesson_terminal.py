"""The terminal of a tutorial: a shell whose folder and environment last, a command that asks, and an editor."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
import time
from pathlib import Path

from tests.web.browser.lesson import Commands, Dialogue, Edit

_WITHIN = 180.0  # seconds for a command on a busy machine
_NOT_RUN = ("bin/setup",)  # the test runs in what it made


class Terminal:
    """Begins in ``folder``; ``home`` is the home folder."""

    def __init__(self, folder: Path, home: Path) -> None:
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        kept = {name: os.environ[name] for name in ("TMPDIR", "PYTHONPATH") if name in os.environ}
        self.environment = {**kept, "PATH": path, "HOME": str(home), "LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1"}
        self.folder, self._kept = folder, home / "environment"

    def run(self, step: Commands) -> None:
        """Runs the lines in a shell. They must end as they are said to, and print what is said."""
        told = subprocess.run(
            ["/bin/bash", "-ec", self._script(step.text)],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=_WITHIN,
            check=False,
        )
        output = told.stdout + told.stderr
        assert told.returncode == step.code, f"line {step.line}: it ended with {told.returncode}\n{output}"
        must_print(step.prints, output, step.line)
        if step.code == 0:
            self._keep()

    def start(self, step: Commands, last: str, more: str) -> subprocess.Popen[str]:
        """Runs the lines but for the last one, and starts that one with ``more`` arguments; returns when it printed
        all that is said."""
        before, _, command = step.text.rpartition("\n")
        assert command.startswith(last), f"line {step.line}: {command}"
        self.run(Commands(before, step.line))
        process = subprocess.Popen(
            ["/bin/bash", "-c", f"exec {command} {more}"],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert process.stdout is not None
        output = ""
        for line in process.stdout:
            output += line
            if _is_like(step.prints[-1], line.rstrip("\n")):
                break
        must_print(step.prints, output, step.line)
        return process

    def ask(self, step: Dialogue) -> None:
        """Runs a command in a terminal of its own, and answers what it asks."""
        child, screen = pty.fork()
        if child == 0:
            os.chdir(self.folder)
            os.execvpe("/bin/bash", ["bash", "-c", step.command], self.environment)  # noqa: S606 — the same
        seen = _Screen(screen)
        for line in step.lines:
            question, colon, answer = line.rpartition(":") if not line.startswith("  ") else (line, "", "")
            if not colon or line.startswith("Wrote "):
                seen.wait_for(line, step.line)
                continue
            seen.wait_for(f"{question}: ", step.line)
            os.write(screen, f"{answer.strip()}\n".encode())
        _, ended = os.waitpid(child, 0)
        assert os.waitstatus_to_exitcode(ended) == 0, f"line {step.line}\n{seen.text}"

    def edit(self, step: Edit) -> None:
        """Changes a file. What is to be changed must stand there once."""
        file = self.folder / step.file
        text = file.read_text(encoding="utf-8")
        times = f"\n{text}".count(f"\n{step.before}\n")
        assert times == 1, f"line {step.line}: it stands {times} times in {step.file}:\n{step.before}"
        file.write_text(f"\n{text}".replace(f"\n{step.before}\n", f"\n{step.after}\n")[1:], encoding="utf-8")

    def _script(self, lines: str) -> str:
        run = [line for line in lines.splitlines() if line.strip() not in _NOT_RUN]
        return "\n".join([*run, f"pwd >{self._kept}.folder", f"env -0 >{self._kept}"])

    def _keep(self) -> None:
        told = self._kept.read_text(encoding="utf-8").split("\0")
        self.environment = dict(one.split("=", 1) for one in told if "=" in one)
        self.folder = Path(Path(f"{self._kept}.folder").read_text(encoding="utf-8").strip())


def must_print(wanted: list[str], output: str, line: int) -> None:
    """Requires the wanted lines in their order; ``…`` alone on a line skips any number of them."""
    lines, at, free = output.splitlines(), 0, False
    for want in wanted:
        if want == "…":
            free = True
            continue
        found = next((n for n in range(at, len(lines)) if _is_like(want, lines[n]) or not (free or not at)), len(lines))
        assert found < len(lines) and _is_like(want, lines[found]), f"line {line}: not printed: {want}\n{output}"
        at, free = found + 1, False


def _is_like(wanted: str, line: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, wanted.split("…"))), line.rstrip()) is not None


class _Screen:
    """What a program printed on its terminal."""

    def __init__(self, screen: int) -> None:
        self._screen, self.text, self._at = screen, "", 0

    def wait_for(self, wanted: str, line: int) -> None:
        """Waits until something is printed behind what was waited for before."""
        pattern, until = re.compile(".*".join(map(re.escape, wanted.split("…")))), time.monotonic() + _WITHIN
        while not (found := pattern.search(self.text, self._at)):
            ready, _, _ = select.select([self._screen], [], [], max(0.0, until - time.monotonic()))
            more = self._more() if ready else b""
            assert more, f"line {line}: not asked or printed: {wanted}\n{self.text}"
            self.text += more.decode(errors="replace").replace("\r\n", "\n")
        self._at = found.end()

    def _more(self) -> bytes:
        try:
            return os.read(self._screen, 65536)
        except OSError:  # the program has ended
            return b""
