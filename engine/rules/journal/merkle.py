"""The Merkle tree over all journal entries: RFC 9162 section 2.1 with SHA-256 (leaf prefix 0x00, node prefix 0x01).

A tree of any size is stored as its *edge*: the roots of its complete subtrees from the left, the largest first.
Appending needs the edge alone, so its cost depends on the number of new leaves only. Proofs read the hashes of complete
subtrees by (height, position): the subtree over the 2^height leaves from position·2^height.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

EMPTY = hashlib.sha256(b"").digest()
"""The root of a tree without leaves."""

Subtree = Callable[[int, int], bytes]
"""(height, position) → the root of that complete subtree."""


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf that holds ``data``."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Edge:
    """A growing tree. ``size`` is the number of its leaves. Raises ValueError when ``nodes`` do not fit the size."""

    def __init__(self, size: int = 0, nodes: list[bytes] | None = None) -> None:
        self.size = size
        self._nodes = nodes or []
        if len(self._nodes) != size.bit_count():
            raise ValueError(f"{len(self._nodes)} subtrees cannot make a tree of {size} leaves")

    @classmethod
    def from_text(cls, size: int, text: str) -> Edge:
        """The edge that ``to_text`` wrote. Raises ValueError."""
        raw = bytes.fromhex(text)
        if len(raw) % 32:
            raise ValueError("the edge is not made of whole hashes")
        return cls(size, [raw[start : start + 32] for start in range(0, len(raw), 32)])

    def to_text(self) -> str:
        return b"".join(self._nodes).hex()

    def append(self, leaf: bytes) -> list[tuple[int, int, bytes]]:
        """Adds a leaf by its hash. Returns the inner nodes it completes as (height, position, hash), lowest first."""
        completed = []
        height, position = 0, self.size
        while position & 1:
            leaf = node_hash(self._nodes.pop(), leaf)
            height, position = height + 1, position >> 1
            completed.append((height, position, leaf))
        self._nodes.append(leaf)
        self.size += 1
        return completed

    def root(self) -> bytes:
        """The root of the whole tree."""
        if not self._nodes:
            return EMPTY
        right = self._nodes[-1]
        for left in reversed(self._nodes[:-1]):
            right = node_hash(left, right)
        return right


def inclusion_path(leaf: int, size: int, subtree: Subtree) -> list[bytes]:
    """The audit path of the leaf with this index (from 0) in the tree of ``size`` leaves (RFC 9162, 2.1.3.1).

    Raises ValueError when there is no such leaf.
    """
    if not 0 <= leaf < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {leaf}")
    return _path(leaf, 0, size, subtree)


def consistency_path(old: int, size: int, subtree: Subtree) -> list[bytes]:
    """The proof that the tree of ``old`` leaves is a prefix of the tree of ``size`` leaves (RFC 9162, 2.1.4.1).

    Raises ValueError unless 0 < ``old`` ≤ ``size``.
    """
    if not 0 < old <= size:
        raise ValueError(f"there is no proof from {old} to {size} leaves")
    return _growth(old, 0, size, True, subtree)


def _path(leaf: int, start: int, end: int, subtree: Subtree) -> list[bytes]:
    if end - start == 1:
        return []
    middle = start + _split(end - start)
    if leaf < middle:
        return [*_path(leaf, start, middle, subtree), _root(middle, end, subtree)]
    return [*_path(leaf, middle, end, subtree), _root(start, middle, subtree)]


def _growth(old: int, start: int, end: int, whole: bool, subtree: Subtree) -> list[bytes]:
    """The consistency proof within the leaves ``start`` to ``end``. ``old`` counts leaves from the start of the tree.

    ``whole`` says that this subtree begins where the old tree begins (``b`` of SUBPROOF in the RFC).
    """
    if old == end:
        return [] if whole else [_root(start, end, subtree)]
    middle = start + _split(end - start)
    if old <= middle:
        return [*_growth(old, start, middle, whole, subtree), _root(middle, end, subtree)]
    return [*_growth(old, middle, end, False, subtree), _root(start, middle, subtree)]


def _root(start: int, end: int, subtree: Subtree) -> bytes:
    length = end - start
    if length.bit_count() == 1:
        height = length.bit_length() - 1
        return subtree(height, start >> height)
    middle = start + _split(length)
    return node_hash(_root(start, middle, subtree), _root(middle, end, subtree))


def _split(length: int) -> int:
    """The largest power of two smaller than ``length`` (at least 2)."""
    return 1 << ((length - 1).bit_length() - 1)
