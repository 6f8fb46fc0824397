"""Inbound filings with duplicates and kills of every process at random moments, on a PostgreSQL with durable commits.

python -m benchmarks filings --count 10000 --kills 60
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from benchmarks.durable_world import durable_world
from tests.faults.filing_run import Run, Told


def main(given: Sequence[str]) -> None:
    """Runs once, and prints what was found as Markdown; ends with 1 if anything is wrong."""
    options = argparse.ArgumentParser(prog="python -m benchmarks filings")
    options.add_argument("--count", type=int, default=10_000)
    options.add_argument("--kills", type=int, default=60)
    options.add_argument("--kind", choices=("postgresql", "sqlite"), default="postgresql")
    options.add_argument("--seconds", type=float, default=1_800)
    asked = options.parse_args(given)
    with durable_world(asked.kind) as (world, folder):
        told = Run(world, folder, asked.count).run(asked.kills, asked.seconds)
    print(_words(asked.kind, told))
    if told.wrong:
        raise SystemExit(1)


def _words(kind: str, told: Told) -> str:
    killed = ", ".join(f"{name} {count}" for name, count in sorted(told.kills.items()))
    lines = [
        f"| {kind} | |",
        "|---|---|",
        f"| filings | {told.filings} |",
        f"| told by the feed | {told.told} |",
        f"| kills | {told.kills.total()} ({killed}) |",
        f"| seconds until all were settled and answered | {told.seconds:.0f} |",
        f"| filings a second | {told.filings / told.seconds:.0f} |",
        f"| lost, doubled or otherwise wrong | {len(told.wrong)} |",
    ]
    return "\n".join([*lines, *(f"- {one}" for one in told.wrong)])
