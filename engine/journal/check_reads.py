"""The check of the read log: every read against its leaf, and every seal against the tree, its key and its predecessor.

It reads page by page; sealed reads never change, so it may run while work goes on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, Engine

from engine.journal.check import Finding
from engine.journal.checkpoint_keys import signature_holds
from engine.rules.journal.checkpoints import line_hash, parse_line
from engine.rules.journal.entries import ORIGIN
from engine.rules.journal.merkle import Edge, leaf_hash
from engine.rules.journal.read_seals import Seal, parse_seal, read_body, read_digest
from engine.store.checkpoints import lines_after
from engine.store.detached import hold_months, leaves_kept
from engine.store.read_log import read_counts, seal_lines_after, sealed_reads
from engine.store.rows import SealedLook

PAGE = 5_000


@dataclass(slots=True)
class ReadTally:
    """The numbers of reads in the log, of those that a seal covers, and of seals."""

    reads: int = 0
    sealed: int = 0
    seals: int = 0


def check_reads(database: Engine, tally: ReadTally) -> Iterator[Finding]:
    """Yields the first fault of the read log, if it has one; ``tally`` is updated."""
    with database.connect().execution_options(motcua_read_only=True) as connection:
        hold_months(connection, "reads")
        tally.reads, leaves = read_counts(connection)
        seals, wrong = _seals(connection)
        tally.seals, tally.sealed = len(seals), seals[-1].size if seals else 0
        if wrong is None:
            wrong = _leaves_wrong(connection, seals)
        if wrong is None and leaves != tally.sealed:
            wrong = f"{leaves} ≠ {tally.sealed}", f"{leaves} reads have a leaf and {tally.sealed} are sealed"
    if wrong is not None:
        yield Finding("reads", 0, f"sổ xem dữ liệu: {wrong[0]}", f"the read log: {wrong[1]}")


def _seals(connection: Connection) -> tuple[list[Seal], tuple[str, str] | None]:
    """The seals in order up to the first that does not fit, and why it does not."""
    keys = _keys(connection)
    seals: list[Seal] = []
    previous, number = ORIGIN, 0
    while rows := seal_lines_after(connection, number, PAGE):
        for row in rows:
            try:
                seal, signature = parse_seal(row.line)
            except ValueError:
                return seals, (f"niêm phong {row.number} không đọc được", f"seal {row.number} cannot be read")
            follows = (seal.number, seal.previous) == (len(seals) + 1, previous) and row.number == seal.number
            if not follows or (seals and (seal.size < seals[-1].size or seal.at < seals[-1].at)):
                return seals, (f"niêm phong {row.number} không nối tiếp", f"seal {row.number} does not follow")
            if seal.key not in keys or not signature_holds(seal.key, seal.signed_bytes(), signature):
                return seals, (
                    f"chữ ký của niêm phong {row.number} sai",
                    f"the signature of seal {row.number} is wrong",
                )
            seals.append(seal)
            previous, number = line_hash(row.line), row.number
    return seals, None


def _keys(connection: Connection) -> set[str]:
    """The public keys that the journal's checkpoints name."""
    keys: set[str] = set()
    number = 0
    while rows := lines_after(connection, number, PAGE):
        for row in rows:
            try:
                statement, _ = parse_line(row.line)
            except ValueError:
                continue  # ``motcua journal export`` and the verifier say so
            keys |= {statement.key, statement.next}
            number = row.number
        number = rows[-1].number
    return keys


def _leaf(row: SealedLook) -> bytes | None:
    """The hash of a read's leaf; None for one that is not here."""
    if row.id is None or row.code is None:
        return None
    return leaf_hash(read_digest(read_body(row.id, row.at, row.actor, row.code, row.what, row.reason, row.salt)))


def _leaves_wrong(connection: Connection, seals: list[Seal]) -> tuple[str, str] | None:
    edge, waiting = Edge(), list(reversed(seals))
    while waiting and waiting[-1].size == 0:
        waiting.pop()
    while rows := sealed_reads(connection, edge.size, PAGE):
        kept = leaves_kept(connection, "reads", rows[0].leaf, rows[-1].leaf + 1)
        for row in rows:
            leaf = _leaf(row) or kept.get(row.leaf)
            if row.leaf != edge.size or leaf is None:
                return f"mất lần xem thứ {edge.size + 1}", f"read {edge.size + 1} is gone"
            edge.append(leaf)
            while waiting and waiting[-1].size == edge.size:
                seal = waiting.pop()
                if edge.root().hex() != seal.root:
                    what = f"{seal.size} lần xem đầu khác với niêm phong {seal.number}"
                    return what, f"the first {seal.size} reads are not those that seal {seal.number} signed"
    if waiting:
        return "thiếu lần xem đã niêm phong", f"only {edge.size} of {seals[-1].size} sealed reads are there"
    return None
