"""Seals the read log: each read that no seal covers becomes a leaf of a Merkle tree, and the new root is signed.

It runs with every making of checkpoints (``engine.acts.checkpoint``) and signs with the journal's present key, so that
an auditor who knows the journal's checkpoints knows the keys of the seals.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import insert

from engine.errors import Refusal
from engine.journal.checkpoint_keys import CheckpointKeys, signature_holds
from engine.rules.journal.checkpoints import line_hash
from engine.rules.journal.entries import ORIGIN
from engine.rules.journal.merkle import Edge, leaf_hash
from engine.rules.journal.read_seals import Seal, parse_seal, read_body, read_digest
from engine.store.checkpoints import last_checkpoint, take_turns
from engine.store.read_log import last_seal, read_leaves, read_seals, unsealed_reads
from engine.store.rows import SealRow
from engine.transaction import UnitOfWork

BATCH = 20_000  # reads


class ReadSealDamaged(Refusal):
    """The last seal of the read log in the database differs from the one that was signed."""

    code = "read-seal-damaged"
    status = 500
    vi = "Niêm phong số {number} của sổ xem dữ liệu trong cơ sở dữ liệu đã bị thay đổi; không lập điểm tiếp theo."
    en = "Seal {number} of the read log in the database was changed; none is made after it."


@dataclass(frozen=True, slots=True)
class Sealed:
    """A new seal over ``size`` reads, ``reads`` of them new."""

    number: int
    reads: int
    size: int
    line: str


def seal_reads(unit: UnitOfWork, keys: CheckpointKeys, limit: int = BATCH) -> Sealed | None:
    """One seal over at most ``limit`` further reads; None when there are none. Raises ReadSealDamaged.

    Nothing is sealed before the journal's first checkpoint, which names the key.
    """
    connection = unit.begin()
    take_turns(connection)
    beside, last = last_checkpoint(connection), last_seal(connection)
    rows = unsealed_reads(connection, limit) if beside is not None else []
    if beside is None or not rows:
        return None
    edge = Edge() if last is None else _edge(last)
    leaves = []
    for row in rows:
        leaves.append({"leaf": edge.size, "read_id": row.id})
        body = read_body(row.id, row.at, row.actor, row.code, row.what, row.reason, row.salt)
        edge.append(leaf_hash(read_digest(body)))
    seal = Seal(
        number=1 if last is None else last.number + 1,
        at=unit.now if last is None else max(unit.now, last.at),
        size=edge.size,
        root=edge.root().hex(),
        previous=ORIGIN if last is None else line_hash(last.line),
        checkpoint=beside.number,
        key=beside.next_key,
    )
    line = seal.line(keys.sign(seal.key, seal.signed_bytes()))
    connection.execute(insert(read_leaves), leaves)
    stored = {"number": seal.number, "at": seal.at, "size": seal.size, "root": seal.root}
    connection.execute(insert(read_seals), stored | {"line": line, "edge": edge.to_text()})
    return Sealed(seal.number, len(leaves), seal.size, line)


def _edge(last: SealRow) -> Edge:
    """The edge of the tree at the last seal, checked against its signature. Raises ReadSealDamaged."""
    try:
        edge, (said, signature) = Edge.from_text(last.size, last.edge), parse_seal(last.line)
        same = (said.number, said.size, said.root) == (last.number, last.size, last.root)
        holds = same and edge.root().hex() == said.root and signature_holds(said.key, said.signed_bytes(), signature)
    except ValueError:
        holds = False
    if not holds:
        raise ReadSealDamaged(number=last.number)
    return edge
