"""A run over a CSV file of a predecessor system: each row tried or brought in, in a transaction of its own.

The file is read row by row, so memory does not grow with it. Killed anywhere, the same command goes on: a row that was
brought in is known by its code.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sqlalchemy.exc import IntegrityError

from engine.acts.import_dossier import AlreadyImported, import_dossier
from engine.acts.imported_papers import read_papers
from engine.errors import InvalidInput, Refusal
from engine.rules.imports.mapping import ImportMapping
from engine.rules.imports.row import ImportedRow, Wrong, read_row
from engine.rules.procedure.permissions import Actor
from engine.store.imported import imported_as
from engine.text import Text
from engine.transaction import Runtime, UnitOfWork, in_transaction

Outcome = Literal["imported", "known", "refused"]
LONGEST_CELL = 100_000


class ImportFileRefused(Refusal):
    """The CSV file cannot be read at all, or lacks columns that the mapping names."""

    code = "import-file-refused"
    vi = "Không đọc được tệp {file}: {why_vi}."
    en = "The file {file} cannot be read: {why_en}."


@dataclass(frozen=True, slots=True, kw_only=True)
class RowDone:
    """What became of a row, with its line in the file and its cells as they are there."""

    line: int
    outcome: Outcome
    cells: Mapping[str, str]
    code: str = ""
    wrong: tuple[Wrong, ...] = ()


class _Tried(Exception):
    """Takes back what a dry run wrote."""


def import_file(
    runtime: Runtime, actor: Actor, file: Path, mapping: ImportMapping, folder: Path | None, *, dry_run: bool
) -> Iterator[RowDone]:
    """Tells of each row as it is done. With ``dry_run`` nothing is written. Raises ImportFileRefused."""
    seen: dict[str, int] = {}
    for line, cells in read_cells(file, mapping):
        told = read_row(mapping, cells)
        if isinstance(told, list):
            yield RowDone(line=line, outcome="refused", cells=cells, wrong=tuple(told))
            continue
        column = mapping.columns["code"]
        if (first := seen.setdefault(told.code, line)) != line:
            words = Text(f"mã đã có ở dòng {first}; xóa một dòng", f"line {first} has this code; remove one of them")
            wrong = (Wrong(column, cells.get(column, "")[:200], words),)
            yield RowDone(line=line, outcome="refused", cells=cells, code=told.code, wrong=wrong)
            continue
        yield _one(runtime, actor, line, cells, told, mapping, folder, dry_run=dry_run)


def read_cells(file: Path, mapping: ImportMapping) -> Iterator[tuple[int, dict[str, str]]]:
    """(line, cells by column) of the rows that hold something; the header is line 1. Raises ImportFileRefused."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as text:
            first = text.readline()
            text.seek(0)
            rows = csv.reader(text, delimiter=max(",;\t", key=first.count), strict=True)
            names = [name.strip() for name in next(rows, [])]
            if missing := [name for name in mapping.columns.values() if name not in names]:
                listed = ", ".join(missing)
                raise _refused(file, f"thiếu cột {listed}", f"the columns {listed} are missing")
            for row in rows:
                if any(cell.strip() for cell in row):
                    yield rows.line_num, dict(zip(names, row, strict=False))
    except UnicodeDecodeError as error:
        raise _refused(file, "không phải UTF-8; hãy lưu thành “CSV UTF-8”", "not UTF-8; save as “CSV UTF-8”") from error
    except csv.Error as error:
        raise _refused(file, f"CSV sai dạng ({error})", f"malformed CSV ({error})") from error


def _one(
    runtime: Runtime,
    actor: Actor,
    line: int,
    cells: Mapping[str, str],
    told: ImportedRow,
    mapping: ImportMapping,
    folder: Path | None,
    *,
    dry_run: bool,
) -> RowDone:
    known = in_transaction(runtime, actor, lambda unit: imported_as(unit.reader(), told.source, told.code))
    if known is not None:
        return RowDone(line=line, outcome="known", cells=cells, code=known)
    made: list[str] = []
    try:
        papers = read_papers(runtime, folder, told, store=not dry_run)

        def bring(unit: UnitOfWork) -> None:
            made.append(import_dossier(unit, told, papers).code)
            if dry_run:
                unit.flush()
                raise _Tried

        in_transaction(runtime, actor, bring)
    except _Tried:
        pass
    except IntegrityError:  # another run brought it in at the same moment
        known = in_transaction(runtime, actor, lambda unit: imported_as(unit.reader(), told.source, told.code))
        if known is None:
            raise
        return RowDone(line=line, outcome="known", cells=cells, code=known)
    except AlreadyImported as refusal:  # by another run, a moment ago
        return RowDone(line=line, outcome="known", cells=cells, code=str(refusal.facts["dossier"]))
    except Refusal as refusal:
        wrong = tuple(_faults(refusal, cells, mapping))
        return RowDone(line=line, outcome="refused", cells=cells, code=told.code, wrong=wrong)
    return RowDone(line=line, outcome="imported", cells=cells, code=made[-1])


def _faults(refusal: Refusal, cells: Mapping[str, str], mapping: ImportMapping) -> Iterator[Wrong]:
    """What a refusal says of the row, by the file's columns."""
    if not isinstance(refusal, InvalidInput):
        yield Wrong("", "", Text(refusal.sentence("vi"), refusal.sentence("en")))
        return
    fields = {key: column for table in mapping.fields.values() for key, column in table.items()}
    for where, what in refusal.errors.items():
        name = where.removeprefix("applicant.").removeprefix("fields.")
        column = mapping.columns.get(name) or fields.get(name) or where
        words = what if isinstance(what, Text) else Text(str(what), str(what))
        yield Wrong(column, cells.get(column, "")[:200], words)


def _refused(file: Path, vi: str, en: str) -> ImportFileRefused:
    return ImportFileRefused(file=file.name, why_vi=vi, why_en=en)
