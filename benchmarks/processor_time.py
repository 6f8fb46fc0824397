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


def _fields(process: int) -> list[str]:
    """The fields of /proc/<pid>/stat after the name; [] when the process has ended."""
    try:
        text = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return []
    return text[text.rindex(")") + 2 :].split()
