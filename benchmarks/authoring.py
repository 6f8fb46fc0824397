"""What an author waits for: ``python -m benchmarks.authoring`` measures the commands on workflow files.

Each command runs as a process of its own, as an author starts it. Its processor time is user and system, with the
start of Python and the reading of the territory.
"""

from __future__ import annotations

import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

import workflows

ROUNDS = 7
GOAL = 2.0  # seconds of processor time to lint all shipped files
FOLDER = Path(workflows.__file__).parent
COMMANDS = {
    "lint all shipped files": ("lint",),
    "lint one file": ("lint", str(FOLDER / "procedures" / "1.013225.yaml")),
    "walk all stories, with coverage": ("test", "--coverage"),
    "explain a rule": ("explain", "endless-pause"),
}


def main() -> None:
    """Prints the figures as Markdown."""
    files = len(list((FOLDER / "procedures").glob("*.yaml")))
    print(f"{os.cpu_count()} processors, Python {platform.python_version()}, {ROUNDS} rounds, {files} files.\n")
    print("| command | processor time, s: median (least–most) | time, s: median |\n|---|---|---|")
    rounds: dict[str, list[tuple[float, float]]] = {name: [] for name in COMMANDS}
    for _ in range(ROUNDS):
        for name, arguments in COMMANDS.items():
            rounds[name].append(_measured(arguments))
    for name, figures in rounds.items():
        used = [one for one, _ in figures]
        middle, wall = statistics.median(used), statistics.median(one for _, one in figures)
        print(f"| {name} | {middle:.2f} ({min(used):.2f}–{max(used):.2f}) | {wall:.2f} |")
    whole = statistics.median(one for one, _ in rounds["lint all shipped files"])
    print(f"\nGoal of {GOAL:g} s for all shipped files: {'reached' if whole < GOAL else 'missed'}.")


def _measured(arguments: tuple[str, ...]) -> tuple[float, float]:
    """Processor time and time of one run, in seconds."""
    environment = {name: value for name, value in os.environ.items() if name != "MOTCUA_CONTENT"}
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, "-m", "cli", "workflows", *arguments]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)
    took, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, took


if __name__ == "__main__":
    main()
