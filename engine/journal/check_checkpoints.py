"""The check of all checkpoints from the first: signatures, their chain, the root over the entries, what was published.

``engine.journal.check`` compares counts; this one hashes the whole tree anew, as the auditor's verifier does with an
export. It is for a database that was restored.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from engine.journal.check import Finding
from engine.journal.checkpoint_keys import signature_holds
from engine.journal.checkpoint_proofs import leaf_nodes
from engine.rules.journal.checkpoints import Statement, file_name, line_hash, parse_line
from engine.rules.journal.entries import ORIGIN
from engine.rules.journal.merkle import Edge
from engine.store.checkpoints import go_by_index, lines_after

LINES, LEAVES = 500, 5_000


@dataclass(slots=True)
class CheckpointTally:
    """The last checkpoint that holds, how many entries it covers, and how many published files are the same."""

    number: int = 0
    size: int = 0
    published: int = 0


def check_checkpoints(database: Engine, tally: CheckpointTally, published: Path | None = None) -> Iterator[Finding]:
    """Yields the first checkpoint that does not hold. ``published`` is the folder of files that were given out.

    A published file that the database does not know yet is no finding: it was published after the moment that the
    database was restored to.
    """
    edge, before = Edge(), None
    while lines := _lines(database, tally.number):
        for line in lines:
            try:
                said, signature = parse_line(line)
            except ValueError:
                yield _finding(tally.number + 1, "không đọc được", "cannot be read")
                return
            if (wrong := _wrong(said, signature, before)) or (wrong := _wrong_root(database, edge, said)):
                yield _finding(tally.number + 1, *wrong)
                return
            if published is not None and (published / file_name(said.number)).exists():
                if (published / file_name(said.number)).read_text() != line + "\n":
                    yield _finding(said.number, "khác với tệp đã công bố", "differs from the published file")
                    return
                tally.published += 1
            tally.number, tally.size, before = said.number, said.size, (said, line)


def _wrong(said: Statement, signature: bytes, before: tuple[Statement, str] | None) -> tuple[str, str] | None:
    number, previous = (1, ORIGIN) if before is None else (before[0].number + 1, line_hash(before[1]))
    if said.number != number or said.previous != previous or (before is not None and said.size < before[0].size):
        return "không nối tiếp điểm trước", "does not follow the one before"
    if not signature_holds(said.key, said.signed_bytes(), signature):
        return "chữ ký không đúng", "has a wrong signature"
    return None


def _wrong_root(database: Engine, edge: Edge, said: Statement) -> tuple[str, str] | None:
    """Lets the tree grow up to the statement, and compares the roots."""
    while edge.size < said.size:
        end = min(edge.size + LEAVES, said.size)
        with database.connect().execution_options(motcua_read_only=True) as connection:
            go_by_index(connection)
            leaves = leaf_nodes(connection, edge.size, end)
        if len(leaves) != end - edge.size:
            return "thiếu mục của nhật ký", "lacks entries of the journal"
        for leaf in leaves:
            edge.append(leaf)
    return None if edge.root().hex() == said.root else ("không khớp với nhật ký", "does not fit the journal")


def _lines(database: Engine, after: int) -> list[str]:
    with database.connect().execution_options(motcua_read_only=True) as connection:
        return [row.line for row in lines_after(connection, after, LINES)]


def _finding(number: int, vi: str, en: str) -> Finding:
    return Finding("journal", 0, f"điểm kiểm tra số {number} {vi}", f"checkpoint {number} {en}")
