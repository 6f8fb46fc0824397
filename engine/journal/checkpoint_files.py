"""Publishing checkpoints and seals of the read log: each is a small text file, written once and never changed.

The folder is to be copied, mirrored or printed where the operator of the database has no access (docs/journal.md). Any
later change of the journal then contradicts a published file.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, Row

from engine.errors import Conflict
from engine.rules.journal.checkpoints import file_name
from engine.rules.journal.read_seals import seal_file_name
from engine.store.checkpoints import checkpoint_numbered, lines_after
from engine.store.read_log import seal_line, seal_lines_after

PAGE = 500


class CheckpointsAhead(Conflict):
    """The newest published checkpoint differs from the database, which was changed or restored to an earlier state."""

    code = "checkpoints-ahead"
    vi = "Đã công bố {file}, nhưng cơ sở dữ liệu không có điểm kiểm tra đó. Dữ liệu đã bị đưa về trạng thái cũ?"
    en = "{file} was published, but the database does not have that checkpoint. Was it put back to an earlier state?"


def publish_checkpoints(database: Engine, folder: Path) -> list[Path]:
    """Writes every checkpoint and seal newer than the newest in the folder; returns the files. Raises CheckpointsAhead.

    After a crash the next call writes the missing files.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return [path for kind in (_CHECKPOINTS, _SEALS) for path in _publish(database, folder, kind)]


class _Kind(NamedTuple):
    """One numbered line of published files."""

    pattern: str
    name: Callable[[int], str]
    line: Callable[[Connection, int], str | None]
    after: Callable[[Connection, int, int], Sequence[Row[*tuple[Any, ...]]]]


def _checkpoint_line(connection: Connection, number: int) -> str | None:
    found = checkpoint_numbered(connection, number)
    return None if found is None else str(found.line)


_CHECKPOINTS = _Kind(r"checkpoint-(\d{8,})\.json", file_name, _checkpoint_line, lines_after)
_SEALS = _Kind(r"reads-(\d{8,})\.json", seal_file_name, seal_line, seal_lines_after)


def _publish(database: Engine, folder: Path, kind: _Kind) -> list[Path]:
    newest = max((_number(path, kind.pattern) for path in folder.iterdir()), default=0)
    written: list[Path] = []
    with database.connect().execution_options(motcua_read_only=True) as connection:
        if newest:
            path, known = folder / kind.name(newest), kind.line(connection, newest)
            if known is None or path.read_text() != known + "\n":
                raise CheckpointsAhead(file=path.name)
        while rows := kind.after(connection, newest, PAGE):
            for row in rows:
                written.append(_write(folder / kind.name(row.number), row.line + "\n"))
                newest = row.number
    return written


def _number(path: Path, pattern: str) -> int:
    found = re.fullmatch(pattern, path.name)
    return int(found[1]) if found else 0


def _write(path: Path, text: str) -> Path:
    """Writes a file atomically and durably. Two processes at once are harmless: both write the same text."""
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with fresh.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.rename(path)
    return path
