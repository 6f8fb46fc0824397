"""The export of the journal as text for an auditor: every entry in the order of the tree, and every checkpoint.

``entries.jsonl`` has one ``{"body":{…},"hash":"…"}`` in a line, the body byte for byte as it was hashed.
``checkpoints.jsonl`` has one signed checkpoint in a line. ``reads.jsonl`` and ``read-seals.jsonl`` are the same for the
read log. ``counts.json`` says how many entries and reads there are, so that none is missing from all lists. No file
holds personal data: entries and reads hold commitments only. Covered entries never change, so they are read page by
page while work goes on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson
from sqlalchemy import Engine

from engine.errors import Conflict
from engine.journal.checkpoint_proofs import NoSuchCheckpoint
from engine.rules.journal.read_seals import read_body, read_digest
from engine.store.checkpoints import (
    Coverage,
    checkpoint_numbered,
    coverage,
    entries_of_leaves,
    go_by_index,
    last_checkpoint,
    lines_after,
)
from engine.store.detached import months_detached
from engine.store.journal import journal
from engine.store.read_log import last_seal, read_counts, seal_lines_after, sealed_reads

ENTRIES = "entries.jsonl"
CHECKPOINTS = "checkpoints.jsonl"
READS = "reads.jsonl"
SEALS = "read-seals.jsonl"
COUNTS = "counts.json"
COUNTS_FORMAT = "motcua-counts-v1"
PAGE = 5_000


class FolderNotEmpty(Conflict):
    """The folder of the export holds other files."""

    code = "folder-not-empty"
    vi = "Thư mục {folder} đã có tệp; hãy chọn thư mục trống."
    en = "The folder {folder} is not empty; choose an empty one."


class MonthsAway(Conflict):
    """An auditor gets everything or is told that it cannot be given."""

    code = "months-away"
    vi = "Có tháng đã tách ({source}), nên bản xuất sẽ thiếu. Gắn lại bằng `motcua retention attach` rồi xuất."
    en = "Months are detached ({source}), so the export would lack them. `motcua retention attach` them, then export."


@dataclass(frozen=True, slots=True)
class Exported:
    """The result of an export: its last checkpoint, how many entries that covers, and how many entries were written.

    Fewer written than covered means that entries are missing. ``counts`` are those of the whole journal at that moment;
    ``reads`` is the number of sealed reads that were written.
    """

    checkpoint: int
    size: int
    entries: int
    counts: Coverage
    reads: int

    @property
    def whole(self) -> bool:
        """Whether every entry was written or awaits a checkpoint, as far as the counts tell."""
        counts = self.counts
        return self.entries == self.size and counts.hidden == 0 and counts.in_runs == counts.signed


def export_journal(database: Engine, folder: Path, upto: int | None = None) -> Exported:
    """Writes the files up to a checkpoint (default: the last).

    Raises FolderNotEmpty, NoSuchCheckpoint, MonthsAway when a month of the journal or of the read log is detached.
    """
    with database.connect().execution_options(motcua_read_only=True) as connection:
        if away := [source for source in ("journal", "reads") if months_detached(connection, source)]:
            raise MonthsAway(source=", ".join(away))
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise FolderNotEmpty(folder=folder)
    with database.connect().execution_options(motcua_read_only=True) as connection:
        row = last_checkpoint(connection) if upto is None else checkpoint_numbered(connection, upto)
        counts, (reads, _), seal = coverage(connection), read_counts(connection), last_seal(connection)
    if row is None:
        raise NoSuchCheckpoint(number=1 if upto is None else upto)
    entries = _write(folder / ENTRIES, entry_lines(database, row.size))
    _write(folder / CHECKPOINTS, checkpoint_lines(database, row.number))
    sealed = 0 if seal is None else int(seal.size)
    written = _write(folder / READS, read_lines(database, sealed))
    _write(folder / SEALS, seal_lines(database, 0 if seal is None else seal.number))
    told = {"format": COUNTS_FORMAT, **counts._asdict(), "reads": reads, "sealed_reads": sealed}
    (folder / COUNTS).write_bytes(orjson.dumps(told, option=orjson.OPT_SORT_KEYS) + b"\n")
    return Exported(row.number, row.size, entries, counts, written)


def entry_lines(database: Engine, size: int) -> Iterator[bytes]:
    """The lines of the first ``size`` leaves. An entry that is gone gives no line, which the verifier reports."""
    for start in range(0, size, PAGE):
        with database.connect().execution_options(motcua_read_only=True) as connection:
            go_by_index(connection)
            end = min(start + PAGE, size)
            rows = entries_of_leaves(connection, start, end, journal.c.body, journal.c.hash)
        for row in rows:
            yield b'{"body":%b,"hash":"%b"}\n' % (row.body.encode(), row.hash.encode())


def checkpoint_lines(database: Engine, last: int) -> Iterator[bytes]:
    """The lines of the checkpoints 1 to ``last``."""
    number = 0
    while number < last:
        with database.connect().execution_options(motcua_read_only=True) as connection:
            rows = lines_after(connection, number, min(PAGE, last - number))
        if not rows:
            return
        for row in rows:
            yield row.line.encode() + b"\n"
        number = rows[-1].number


def read_lines(database: Engine, size: int) -> Iterator[bytes]:
    """The lines of the first ``size`` sealed reads. A read that is gone gives no line, which the verifier reports."""
    start = 0
    while start < size:
        with database.connect().execution_options(motcua_read_only=True) as connection:
            rows = sealed_reads(connection, start, min(PAGE, size - start))
        if not rows:
            return
        for row in rows:
            if row.leaf < size and row.id is not None and row.code is not None:
                body = read_body(row.id, row.at, row.actor, row.code, row.what, row.reason, row.salt)
                yield b'{"body":%b,"hash":"%b"}\n' % (body, read_digest(body).hex().encode())
        start = rows[-1].leaf + 1


def seal_lines(database: Engine, last: int) -> Iterator[bytes]:
    """The lines of the seals 1 to ``last``."""
    number = 0
    while number < last:
        with database.connect().execution_options(motcua_read_only=True) as connection:
            rows = seal_lines_after(connection, number, min(PAGE, last - number))
        if not rows:
            return
        for row in rows:
            yield row.line.encode() + b"\n"
        number = rows[-1].number


def _write(path: Path, lines: Iterable[bytes]) -> int:
    written = 0
    with path.open("xb") as file:
        for line in lines:
            file.write(line)
            written += 1
    return written
