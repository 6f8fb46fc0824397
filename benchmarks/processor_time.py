"""Processor time of whole process trees, from /proc: what was used by processes that live and by those that ended."""

from __future__ import annotations

import os
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def tree(root: int) -> list[int]:
    """The process and all its descendants that live now."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            fields = _fields(int(folder.name))
            if fields:
                children.setdefault(int(fields[1]), []).append(int(folder.name))
    found, waiting = [], [root]
    while waiting:
        one = waiting.pop()
        found.append(one)
        waiting += children.get(one, [])
    return found


def seconds(root: int) -> float:
    """Seconds of processor time of the tree so far, user and system, reaped children included."""
    total = 0
    for process in tree(root):
        fields = _fields(process)
        if fields:
            total += sum(int(field) for field in fields[11:15])
    return total / TICKS


def fine_seconds(root: int) -> float:
    """The same to the nanosecond for threads that live now, where ``seconds`` rounds down by 10 ms a process.

    A thread that ends takes its time with it: for processes whose threads stay."""
    total, reaped = 0, 0
    for process in tree(root):
        fields = _fields(process)
        if fields:
            reaped += sum(int(field) for field in fields[13:15])
            total += sum(_nanoseconds(thread) for thread in Path(f"/proc/{process}/task").glob("*/schedstat"))
    return total / 1e9 + reaped / TICKS


def _nanoseconds(schedstat: Path) -> int:
    try:
        return int(schedstat.read_text().split()[0])
    except OSError:
        return 0


def _fields(process: int) -> list[str]:
    """The fields of /proc/<pid>/stat after the name; [] when the process has ended."""
    try:
        text = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return []
    return text[text.rindex(")") + 2 :].split()
