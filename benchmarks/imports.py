"""``python -m benchmarks imports``: how fast dossiers of a predecessor system come in, and whether memory stays flat.

A world of the tests on SQLite and on PostgreSQL, with durable commits; every fourth row has a file.
"""

from __future__ import annotations

import argparse
import csv
import resource
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.durable_world import durable_world
from engine.acts.import_run import import_file
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from tests.installation.filings import PDF
from tests.installation.world import World
from tests.integration.test_import_dossiers import MAPPING, ROW
from workflows.import_mapping import read_mapping

ENDED = {"Tình trạng": "Đã trả", "Ngày xong": "25/02/2026 15:00"}


@dataclass(frozen=True, slots=True)
class Pass:
    """One reading of the file: its name, what came of the rows, how long, and the most memory so far at each tenth."""

    what: str
    outcomes: Counter[str]
    seconds: float
    megabytes: tuple[int, ...]


def main(given: Sequence[str]) -> None:
    """Measures a dry run, the run, and the same file once more."""
    options = argparse.ArgumentParser(prog="python -m benchmarks imports")
    options.add_argument("--rows", type=int, default=10_000)
    options.add_argument("--kind", choices=("postgresql", "sqlite"), default="postgresql")
    asked = options.parse_args(given)
    with durable_world(asked.kind) as (world, folder):
        (folder / "don.pdf").write_bytes(PDF)
        file = folder / "old.csv"
        _write(file, asked.rows)
        passes = [
            _run(world, file, folder, what, asked.rows, dry=dry)
            for what, dry in (("tried", True), ("brought in", False), ("the same file again", False))
        ]
        began = time.perf_counter()
        world.check()
        checked = time.perf_counter() - began
    print(_table(asked.kind, asked.rows, passes))
    print(f"\nAll rules of the database hold afterwards ({checked:.0f} s).")


def _run(world: World, file: Path, folder: Path, what: str, count: int, *, dry: bool) -> Pass:
    started, outcomes, memory = time.perf_counter(), Counter[str](), list[int]()
    rows = import_file(world.runtime, SYSTEM_ACTOR, file, read_mapping(MAPPING), folder, dry_run=dry)
    for number, done in enumerate(rows, 1):
        outcomes[done.outcome] += 1
        if number % max(1, count // 10) == 0:
            memory.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
            print(f"{what}: {number:,} rows", file=sys.stderr, flush=True)
    return Pass(what, outcomes, time.perf_counter() - started, tuple(memory))


def _table(kind: str, rows: int, passes: Sequence[Pass]) -> str:
    lines = [
        f"| {kind}, {rows:,} rows | came of them | seconds | rows a second | most memory after a tenth, at the end |",
        "|---|---|---|---|---|",
    ]
    for one in passes:
        came = ", ".join(f"{number:,} {outcome}" for outcome, number in sorted(one.outcomes.items()))
        memory = f"{one.megabytes[0]} MB, {one.megabytes[-1]} MB" if one.megabytes else "–"
        lines.append(f"| {one.what} | {came} | {one.seconds:.0f} | {rows / one.seconds:,.0f} | {memory} |")
    return "\n".join(lines)


def _write(file: Path, rows: int) -> None:
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(ROW))
        writer.writeheader()
        for number in range(rows):
            row = ROW | {"Số hồ sơ": f"H19.26080-2602{10 + number // 10_000}-{number % 10_000:04}"}
            row |= ENDED if number % 5 else {}
            writer.writerow(row | ({"Giấy tờ": "Đơn=don.pdf"} if number % 4 == 0 else {}))
