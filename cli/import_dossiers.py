"""``motcua import dossiers``: brings in the finished and running dossiers of a predecessor system, tried first."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any, TextIO

import click

from cli.compose import compose_from_environment
from cli.output import json_option, language, say, show
from cli.staff import operator
from engine.acts.import_run import RowDone, import_file
from workflows.import_mapping import load_mapping

MOST_TOLD = 200
"""Refused rows that are printed; the report has all of them."""
WHY = ("motcua_line", "motcua_why_vi", "motcua_why_en")
"""The columns that the report adds; an import passes over them."""


@click.group("import")
def import_group() -> None:
    """Bring in what a predecessor system holds."""


@import_group.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--files", "folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--mapping", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True)
@click.option("--dry-run", is_flag=True, help="Only try: nothing is written.")
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="Write the refused rows as CSV here.")
@json_option
@click.pass_context
def dossiers(
    ctx: click.Context,
    file: Path,
    folder: Path | None,
    mapping: Path,
    dry_run: bool,
    report: Path | None,
    as_json: bool,
) -> None:
    """Bring in dossiers from a CSV FILE, each row by itself.

    The same file again does nothing twice. Rows that are refused go into the report, to be mended and given again.
    Exits with 1 when a row was refused.
    """
    runtime, known = compose_from_environment(pooled=False), load_mapping(mapping)
    counts, told = Counter[str](), list[RowDone]()
    opened = report.open("w", encoding="utf-8-sig", newline="") if report else nullcontext()
    with opened as out:
        for done in _reported(import_file(runtime, operator(), file, known, folder, dry_run=dry_run), out):
            counts[done.outcome] += 1
            if done.outcome == "refused" and len(told) < MOST_TOLD:
                told.append(done)
    show(as_json, _document(counts, told, dry_run), _lines(counts, told, dry_run))
    if counts["refused"]:
        ctx.exit(1)


def _reported(rows: Iterable[RowDone], out: TextIO | None) -> Iterator[RowDone]:
    """Passes the rows on, and writes the refused ones to the report as they come."""
    writer = None
    for done in rows:
        if out is not None and done.outcome == "refused":
            cells = {name: value for name, value in done.cells.items() if name not in WHY}
            if writer is None:
                writer = csv.DictWriter(out, [*cells, *WHY], extrasaction="ignore")
                writer.writeheader()
            why = ["; ".join(f"{one.column}: {one.words.in_(tongue)}" for one in done.wrong) for tongue in ("vi", "en")]
            writer.writerow(cells | dict(zip(WHY, (str(done.line), *why), strict=True)))
        yield done


def _document(counts: Counter[str], told: list[RowDone], dry_run: bool) -> dict[str, Any]:
    refused = [
        {"line": row.line, "column": one.column, "value": one.value, "vi": one.words.vi, "en": one.words.en}
        for row in told
        for one in row.wrong
    ]
    return {"written": not dry_run, **{key: counts[key] for key in ("imported", "known", "refused")}, "faults": refused}


def _lines(counts: Counter[str], told: list[RowDone], dry_run: bool) -> list[str]:
    lines = [
        f"{row.line}:{one.column}: “{one.value}”: {one.words.in_(language())}" for row in told for one in row.wrong
    ]
    if counts["refused"] > len(told):
        more = counts["refused"] - len(told)
        lines.append(say(f"… và {more} dòng nữa; xem --report.", f"… and {more} more rows; see --report."))
    done = counts["imported"], counts["known"], counts["refused"]
    if dry_run:
        text = say(
            "Chạy thử, chưa ghi gì: {} hồ sơ sẽ được chuyển sang, {} đã có, {} bị từ chối.",
            "Tried, nothing was written: {} dossiers would be brought in, {} are here already, {} are refused.",
        )
    else:
        text = say(
            "Đã chuyển sang {} hồ sơ, {} đã có từ trước, {} bị từ chối.",
            "{} dossiers were brought in, {} were here already, {} were refused.",
        )
    return [*lines, text.format(*done)]
