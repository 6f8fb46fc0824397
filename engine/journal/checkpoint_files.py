"""Publishing checkpoints: each is a small text file of its own, written once and never changed.

The folder is to be copied, mirrored or printed where the operator of the database has no access (docs/journal.md). Any
later change of the journal then contradicts a published file.
"""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path

from sqlalchemy import Engine

from engine.errors import Conflict
from engine.rules.journal.checkpoints import file_name
from engine.store.checkpoints import checkpoint_numbered, lines_after

PAGE = 500


class CheckpointsAhead(Conflict):
    """The newest published checkpoint differs from the database, which was changed or restored to an earlier state."""

    code = "checkpoints-ahead"
    vi = "Đã công bố {file}, nhưng cơ sở dữ liệu không có điểm kiểm tra đó. Dữ liệu đã bị đưa về trạng thái cũ?"
    en = "{file} was published, but the database does not have that checkpoint. Was it put back to an earlier state?"


def publish_checkpoints(database: Engine, folder: Path) -> list[Path]:
    """Writes every checkpoint newer than the newest in the folder; returns the files. Raises CheckpointsAhead.

    After a crash the next call writes the missing files.
    """
    folder.mkdir(parents=True, exist_ok=True)
    newest = max((number for path in folder.iterdir() if (number := _number(path))), default=0)
    written: list[Path] = []
    with database.connect().execution_options(motcua_read_only=True) as connection:
        if newest:
            path, known = folder / file_name(newest), checkpoint_numbered(connection, newest)
            if known is None or path.read_text() != known.line + "\n":
                raise CheckpointsAhead(file=path.name)
        while rows := lines_after(connection, newest, PAGE):
            for row in rows:
                written.append(_write(folder / file_name(row.number), row.line + "\n"))
                newest = row.number
    return written


def _number(path: Path) -> int:
    found = re.fullmatch(r"checkpoint-(\d{8,})\.json", path.name)
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
