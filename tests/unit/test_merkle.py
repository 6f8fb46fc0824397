"""The tree against the vectors of Certificate Transparency and against the words of RFC 9162; proofs against the
verifier, which was written separately."""

from __future__ import annotations

import hashlib

import pytest

from engine.rules.journal.merkle import EMPTY, Edge, consistency_path, inclusion_path, leaf_hash, node_hash
from verifier.motcua_verify import Wrong, growth_holds, root_of_path

# The leaves and roots that every implementation of Certificate Transparency is tested with.
LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
MOST = 40


def naive_root(leaves: list[bytes]) -> bytes:
    """MTH of RFC 9162, 2.1.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(naive_root(leaves[:split]), naive_root(leaves[split:]))


@pytest.fixture(scope="module")
def leaves() -> list[bytes]:
    return [leaf_hash(bytes([number])) for number in range(MOST)]


def subtree_of(leaves: list[bytes]):  # type: ignore[no-untyped-def]
    return lambda height, position: naive_root(leaves[position << height : (position + 1) << height])


def test_known_roots() -> None:
    edge = Edge()
    assert edge.root() == EMPTY == hashlib.sha256().digest()
    for data, root in zip(LEAVES, ROOTS, strict=True):
        edge.append(leaf_hash(bytes.fromhex(data)))
        assert edge.root().hex() == root


def test_the_edge_grows_to_the_root_that_the_words_say(leaves: list[bytes]) -> None:
    edge = Edge()
    for size in range(MOST):
        assert edge.root() == naive_root(leaves[:size])
        edge = Edge.from_text(size, edge.to_text())
        subtree = subtree_of(leaves)
        for height, position, node in edge.append(leaves[size]):
            assert height > 0
            assert node == subtree(height, position)
        assert edge.size == size + 1


def test_every_inner_node_is_told_once(leaves: list[bytes]) -> None:
    edge, told = Edge(), []
    for leaf in leaves[:32]:
        told += [(height, position) for height, position, _ in edge.append(leaf)]
    assert sorted(told) == [(height, position) for height in range(1, 6) for position in range(32 >> height)]


@pytest.mark.parametrize(("size", "text"), [(3, "00" * 32), (1, ""), (1, "00" * 31), (1, "zz")])
def test_an_edge_that_cannot_be_is_refused(size: int, text: str) -> None:
    with pytest.raises(ValueError):
        Edge.from_text(size, text)


def test_every_leaf_of_every_tree_is_proved_and_of_no_other(leaves: list[bytes]) -> None:
    for size in range(1, MOST):
        root = naive_root(leaves[:size])
        for index in range(size):
            path = inclusion_path(index, size, subtree_of(leaves))
            assert root_of_path(leaves[index], index, size, path) == root
            assert _root_or_none(leaves[(index + 1) % MOST], index, size, path) != root
            if size > 1:
                assert _root_or_none(leaves[index], (index + 1) % size, size, path) != root
                assert _root_or_none(leaves[index], index, size, path[:-1]) != root
            assert _root_or_none(leaves[index], index, size, [*path, root]) != root


def test_every_growth_is_proved_and_no_other(leaves: list[bytes]) -> None:
    roots = [naive_root(leaves[:size]) for size in range(MOST)]
    for new in range(1, MOST):
        for old in range(1, new + 1):
            path = consistency_path(old, new, subtree_of(leaves))
            assert growth_holds(old, roots[old], new, roots[new], path)
            assert not growth_holds(old, roots[old - 1], new, roots[new], path)
            assert not growth_holds(old, roots[old], new, roots[new - 1], path)
            assert not growth_holds(old, roots[old], new, roots[new], [*path, roots[1]])
            if old < new:
                assert not growth_holds(old, roots[old], new, roots[new], path[:-1])
                assert not growth_holds(new, roots[new], old, roots[old], path)


def test_there_is_no_proof_outside_the_tree(leaves: list[bytes]) -> None:
    for leaf, size in ((3, 3), (-1, 3), (0, 0)):
        with pytest.raises(ValueError, match="has no leaf"):
            inclusion_path(leaf, size, subtree_of(leaves))
    for old, size in ((0, 3), (4, 3)):
        with pytest.raises(ValueError, match="no proof"):
            consistency_path(old, size, subtree_of(leaves))


def _root_or_none(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes | None:
    try:
        return root_of_path(leaf, index, size, path)
    except Wrong:
        return None
