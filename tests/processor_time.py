"""Processor time of the tests by folder, that of all processes which they start included (Linux).

``pytest -p tests.processor_time --share 0.08`` runs that share of the tests, chosen by their names, and says what all
of them would take. Without ``-n``: each process of a run would measure its own part.
"""

from __future__ import annotations

import hashlib
import os
import resource
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

_TICKS = os.sysconf("SC_CLK_TCK")
_took: dict[str, list[float]] = defaultdict(list)
_collected: dict[str, int] = defaultdict(int)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--share", type=float, default=1.0, help="which share of the tests is run and measured")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        _collected[_folder(item)] += 1
    share = config.getoption("--share")
    items[:] = [one for one in items if _place(one.nodeid) < share]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[Any]:
    before = _used()
    answer = yield
    _took[_folder(item)].append(_used() - before)
    return answer


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    told = terminalreporter.write_line
    told(f"{'folder':24}{'tests':>7}{'measured':>10}{'ms a test':>11}{'all, s':>8}")
    for folder, seconds in sorted(_took.items()):
        each = sum(seconds) / len(seconds)
        told(f"{folder:24}{_collected[folder]:7}{len(seconds):10}{1000 * each:11.0f}{_collected[folder] * each:8.0f}")


def _folder(item: pytest.Item) -> str:
    parts = Path(item.nodeid.partition("::")[0]).parts[1:-1]
    return "/".join(parts[:2]) or "."


def _place(name: str) -> float:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") / 2**32


def _used() -> float:
    """Seconds of this process, of those that ended, and of those that live below it."""
    ended = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in ended) + _living(os.getpid())


def _living(above: int) -> float:
    times, children = {}, defaultdict(list)
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:  # it ended a moment ago
            continue
        children[int(fields[1])].append(int(path.parent.name))
        times[int(path.parent.name)] = sum(map(int, fields[11:15]))
    below, ticks = list(children[above]), 0
    while below:
        one = below.pop()
        ticks += times[one]
        below += children[one]
    return ticks / _TICKS
