"""``python -m benchmarks.imports``: how fast dossiers of a predecessor system come in, and whether memory stays flat.

A world of the tests on SQLite and on PostgreSQL, with durable commits; every fourth row has a file.
"""

from __future__ import annotations

import argparse
import csv
import resource
import tempfile
import time
from pathlib import Path

from engine.acts.import_run import import_file
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from tests.installation.filings import PDF
from tests.installation.world import World, open_world
from tests.integration.test_import_dossiers import MAPPING, ROW
from workflows.import_mapping import read_mapping

ENDED = {"Tình trạng": "Đã trả", "Ngày xong": "25/02/2026 15:00"}


def main() -> None:
    """Measures a dry run, the run, and the same file once more."""
    options = argparse.ArgumentParser()
    options.add_argument("--rows", type=int, default=10_000)
    options.add_argument("--kind", default="sqlite")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "world").mkdir()
        (folder / "don.pdf").write_bytes(PDF)
        file = folder / "old.csv"
        _write(file, asked.rows)
        with open_world(asked.kind, folder / "world", "imports") as world:
            for what, dry in (("tried", True), ("brought in", False), ("again", False)):
                _run(world, file, folder, what, dry=dry)


def _run(world: World, file: Path, folder: Path, what: str, *, dry: bool) -> None:
    started, refused = time.perf_counter(), 0
    rows = import_file(world.runtime, SYSTEM_ACTOR, file, read_mapping(MAPPING), folder, dry_run=dry)
    for count, done in enumerate(rows, 1):
        refused += done.outcome == "refused"
        if count % 2_500 == 0:
            used = time.perf_counter() - started
            print(f"{what}: {count} rows, {count / used:.0f} rows/s, {_megabytes()} MB at most, {refused} refused")


def _megabytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _write(file: Path, rows: int) -> None:
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(ROW))
        writer.writeheader()
        for number in range(rows):
            row = ROW | {"Số hồ sơ": f"H19.26080-2602{10 + number // 10_000}-{number % 10_000:04}"}
            row |= ENDED if number % 5 else {}
            writer.writerow(row | ({"Giấy tờ": "Đơn=don.pdf"} if number % 4 == 0 else {}))


if __name__ == "__main__":
    main()
