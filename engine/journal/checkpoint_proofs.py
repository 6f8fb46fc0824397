"""Proofs from the Merkle tree: that an entry is in the journal, and that the journal has only grown.

They spare a verifier the whole journal. Each reads a few hundred rows, however large the journal is.
``verifier/motcua_verify.py`` checks them.
"""

from __future__ import annotations

from typing import Any

import orjson
from sqlalchemy import Connection, Engine, select

from engine.errors import NotFound
from engine.rules.journal.merkle import consistency_path, inclusion_path, leaf_hash, node_hash
from engine.store.checkpoints import (
    TILE,
    checkpoint_numbered,
    entries_of_leaves,
    go_by_index,
    journal_tiles,
    last_checkpoint,
    leaf_of,
)
from engine.store.detached import leaves_kept, must_be_here
from engine.store.dossiers import dossiers
from engine.store.journal import journal
from engine.store.rows import CheckpointRow

ENTRY_PROOF = "motcua-entry-proof-v1"
GROWTH_PROOF = "motcua-growth-proof-v1"


class NotCovered(NotFound):
    """No checkpoint covers the entry, or there is no such entry."""

    code = "not-covered"
    vi = "Chưa có điểm kiểm tra nào bao gồm mục {number} của hồ sơ {dossier}."
    en = "No checkpoint covers entry {number} of dossier {dossier} (yet)."


class NoSuchCheckpoint(NotFound):
    """There is no checkpoint with that number."""

    code = "no-such-checkpoint"
    vi = "Không có điểm kiểm tra số {number}."
    en = "There is no checkpoint {number}."


class TreeDamaged(NotFound):
    """Rows that the proof needs are gone."""

    code = "tree-damaged"
    status = 500
    vi = "Thiếu dữ liệu để lập bằng chứng (độ cao {height}, vị trí {position}). Hãy kiểm tra toàn bộ nhật ký."
    en = "Data for the proof is missing (height {height}, position {position}). Verify the whole journal."


def prove_entry(database: Engine, code: str, number: int, upto: int | None = None) -> dict[str, Any]:
    """The proof that entry ``number`` of the dossier ``code`` is in the journal signed by checkpoint ``upto``.

    The default checkpoint is the last one. Raises NotCovered, NoSuchCheckpoint, EntriesAway, TreeDamaged.
    """
    with database.connect().execution_options(motcua_read_only=True) as connection:
        go_by_index(connection)
        last = last_checkpoint(connection) if upto is None else _numbered(connection, upto)
        dossier = connection.execute(select(dossiers.c.id).where(dossiers.c.code == code)).scalar()
        leaf = leaf_of(connection, dossier, number) if dossier is not None else None
        if last is None or leaf is None or leaf >= last.size:
            raise NotCovered(dossier=code, number=number)
        rows = entries_of_leaves(connection, leaf, leaf + 1, journal.c.body)
        if not rows:
            must_be_here(connection, int(dossier or 0), code, "journal")
            raise TreeDamaged(height=0, position=leaf)
        path = inclusion_path(leaf, last.size, Subtrees(connection))
    return {
        "format": ENTRY_PROOF,
        "entry": rows[0].body,
        "leaf": leaf,
        "path": [node.hex() for node in path],
        "checkpoint": orjson.loads(last.line),
    }


def prove_growth(database: Engine, old: int, new: int | None = None) -> dict[str, Any]:
    """The proof that the tree of checkpoint ``old`` is the beginning of that of ``new`` (default: the last).

    Raises NoSuchCheckpoint, TreeDamaged.
    """
    with database.connect().execution_options(motcua_read_only=True) as connection:
        before = _numbered(connection, old)
        last = last_checkpoint(connection) or before
        after = last if new is None else _numbered(connection, new)
        if after.size < before.size:
            before, after = after, before
        growing = 0 < before.size < after.size
        path = consistency_path(before.size, after.size, Subtrees(connection)) if growing else []
    return {
        "format": GROWTH_PROOF,
        "old": orjson.loads(before.line),
        "new": orjson.loads(after.line),
        "path": [node.hex() for node in path],
    }


def leaf_nodes(connection: Connection, start: int, end: int) -> list[bytes]:
    """The hashes of the leaves in [start, end), in order, also of detached months; one that is gone is missing."""
    rows = entries_of_leaves(connection, start, end, journal.c.hash)
    if len(rows) == end - start:
        return [leaf_hash(bytes.fromhex(row.hash)) for row in rows]
    found = leaves_kept(connection, "journal", start, end)
    found |= {row.leaf: leaf_hash(bytes.fromhex(row.hash)) for row in rows}
    return [found[leaf] for leaf in sorted(found)]


class Subtrees:
    """The hashes of complete subtrees by (height, position), from the stored tiles and, below them, from the entries.

    Calling it raises TreeDamaged.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        go_by_index(connection)

    def __call__(self, height: int, position: int) -> bytes:
        base = height - height % TILE
        first, count = position << (height - base), 1 << (height - base)
        nodes = self._leaves(first, first + count) if base == 0 else self._tiles(base, first, first + count)
        if len(nodes) != count:
            raise TreeDamaged(height=height, position=position)
        while len(nodes) > 1:
            nodes = [node_hash(nodes[at], nodes[at + 1]) for at in range(0, len(nodes), 2)]
        return nodes[0]

    def _leaves(self, start: int, end: int) -> list[bytes]:
        return leaf_nodes(self._connection, start, end)

    def _tiles(self, height: int, start: int, end: int) -> list[bytes]:
        position = journal_tiles.c.position
        inside = (journal_tiles.c.height == height, position >= start, position < end)
        rows = self._connection.execute(select(journal_tiles.c.hash).where(*inside).order_by(position))
        return [bytes(row.hash) for row in rows]


def _numbered(connection: Connection, number: int) -> CheckpointRow:
    row = checkpoint_numbered(connection, number)
    if row is None:
        raise NoSuchCheckpoint(number=number)
    return row
