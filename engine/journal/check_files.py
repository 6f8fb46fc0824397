"""The check of stored files: each that a paper or a sealed form names is there, and is what the row says of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Engine, Table, func, select

from engine.errors import Refusal
from engine.journal.check import Finding
from engine.ports import Files
from engine.store.documents import documents
from engine.store.dossiers import dossiers
from engine.store.form_seals import form_seals
from engine.text import Text

_WAS = {documents: Text("đã nộp", "handed in"), form_seals: Text("đã cấp", "issued")}
PAGE = 50_000
"""Files a query: it reads the whole table, which has no index for this."""


@dataclass(slots=True)
class FileTally:
    """The number of files read so far, and of their bytes."""

    files: int = 0
    bytes: int = 0


def check_files(database: Engine, files: Files, tally: FileTally) -> Iterator[Finding]:
    """Yields each file that is missing or is another one, with the first dossier that has it.

    A file that several papers name is read once. ``tally`` is updated while it reads.
    """
    for table, was in _WAS.items():
        yield from _check(database, files, tally, table, was)


def _check(database: Engine, files: Files, tally: FileTally, table: Table, was: Text) -> Iterator[Finding]:
    key, said, after = table.c.storage_key, table.c.sha256, ""
    page = (
        select(key, func.min(said), func.max(said), func.min(table.c.dossier_id)).group_by(key).order_by(key)
    ).limit(PAGE)
    while True:
        with database.connect().execution_options(motcua_read_only=True) as connection:
            rows = connection.execute(page.where(key > after)).all()
        if not rows:
            return
        for name, least, most, dossier in rows:
            after = name
            if (wrong := _wrong(files, name, {least, most}, tally, was)) is not None:
                yield Finding(_code(database, dossier), 0, *wrong)


def _wrong(files: Files, key: str, said: set[str | None], tally: FileTally, was: Text) -> tuple[str, str] | None:
    try:
        content = files.read(key)
    except Refusal as refusal:
        return f"tệp {key}: {refusal.sentence('vi')}", f"file {key}: {refusal.sentence('en')}"
    tally.files += 1
    tally.bytes += len(content)
    if {hashlib.sha256(content).hexdigest()} != said:
        return f"tệp {key} không phải tệp {was.vi}", f"file {key} is not the one that was {was.en}"
    return None


def _code(database: Engine, dossier: int) -> str:
    with database.connect().execution_options(motcua_read_only=True) as connection:
        return str(connection.execute(select(dossiers.c.code).where(dossiers.c.id == dossier)).scalar_one())
