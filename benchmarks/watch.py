"""What an installation's processes take while they work: memory and processor time of each, and the outbox's age."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from benchmarks.processor_time import seconds as processor_seconds
from benchmarks.processor_time import tree

EVERY = 2.0  # seconds
MEMORY_EVERY = 5
"""Memory is looked at every fifth time: adding it up costs the kernel some milliseconds a process."""
SETTLED_AFTER = 0.2
"""The share of the time after which memory should not grow any more: caches are full by then."""
_AGE = """SELECT coalesce(extract(epoch FROM clock_timestamp() - min(created_at)), 0)::float8, count(*)
FROM outbox WHERE status = 'waiting'"""


@dataclass(slots=True)
class Watch:
    """Looks at the outbox every two seconds and at memory every ten.

    ``processes`` are the roots of process trees by name; one's own is ``generator``.
    """

    processes: Mapping[str, int]
    libpq: str
    minutes: list[float] = field(default_factory=list)
    memory: dict[str, list[float]] = field(default_factory=dict)
    ages: list[float] = field(default_factory=list)
    unsent: list[int] = field(default_factory=list)
    shares: dict[str, float] = field(default_factory=dict)

    async def look(self, stop: asyncio.Event) -> None:
        """Until told to stop."""
        started, before, own = time.perf_counter(), self._used(), time.process_time()
        with psycopg.connect(self.libpq, autocommit=True) as connection:
            while not stop.is_set():
                await asyncio.to_thread(self._sample, connection, time.perf_counter() - started)
                try:
                    await asyncio.wait_for(stop.wait(), EVERY)
                except TimeoutError:
                    continue
        passed = time.perf_counter() - started
        self.shares = {name: (used - before[name]) / passed for name, used in self._used().items()}
        self.shares["generator"] = (time.process_time() - own) / passed

    def slope(self, name: str) -> float:
        """MB an hour, after the caches have filled."""
        first = int(len(self.minutes) * SETTLED_AFTER)
        minutes, megabytes = self.minutes[first:], self.memory[name][first:]
        if len(minutes) < 3:
            return float("nan")
        return statistics.linear_regression(minutes, megabytes).slope * 60

    def table(self) -> str:
        """In Markdown."""
        lines = [
            "| process | memory MB: start, a fifth in, end | MB an hour after that fifth | of one processor |",
            "|---|---|---|---|",
        ]
        first = int(len(self.minutes) * SETTLED_AFTER)
        for name, share in self.shares.items():
            told = "| – | – |"
            if kept := self.memory.get(name):
                told = f"| {kept[0]:.0f}, {kept[first]:.0f}, {kept[-1]:.0f} | {self.slope(name):+.0f} |"
            lines.append(f"| {name} {told} {share:.0%} |")
        return "\n".join(lines)

    def _used(self) -> dict[str, float]:
        return {name: processor_seconds(pid) for name, pid in self.processes.items()}

    def _sample(self, connection: psycopg.Connection[tuple[float, int]], passed: float) -> None:
        if len(self.ages) % MEMORY_EVERY == 0:
            self.minutes.append(passed / 60)
            for name, pid in self.processes.items():
                self.memory.setdefault(name, []).append(sum(map(_memory, tree(pid))))
        row = connection.execute(_AGE).fetchone()
        assert row is not None
        self.ages.append(row[0])
        self.unsent.append(row[1])


def _memory(process: int) -> float:
    """MB, each page divided by how many share it since a fork. PostgreSQL's buffers, which fill up once, and files are
    not counted."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:  # it has ended
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss_Anon:")), 0.0)
