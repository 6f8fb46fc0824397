"""The journal's tree and its verifier against the public test cases of transparency-dev/merkle.

The cases are not part of the project: they are read from ``MOTCUA_VECTORS`` (default ``../shared/vectors``), and the
tests are skipped where they are absent. The verifier must accept and refuse what each case says. Where a case is right,
``engine/rules/journal/merkle.py`` must write the very proof that the case holds.
"""

from __future__ import annotations

import base64
import json
import os
import sys
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from engine.rules.journal.merkle import Edge, consistency_path, inclusion_path, leaf_hash
from verifier.motcua_verify import Wrong, growth_holds, root_of_path

ROOT = Path(__file__).parents[2]
VECTORS = Path(os.environ.get("MOTCUA_VECTORS", ROOT.parent / "shared" / "vectors")) / "merkle"
LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
"""The leaves of the tree of which the cases tell (transparency-dev/merkle, testonly/reference_data.go)."""

ON_PURPOSE = {"consistency/additional/size1-is-zero-and-size2-is-not-zero.json"}
"""Answered otherwise by the verifier: every tree begins with the empty one, which a first checkpoint may sign."""

pytestmark = pytest.mark.skipif(
    not VECTORS.is_dir(), reason="the public test cases of transparency-dev/merkle are not on this machine"
)


@cache
def _cases(kind: str) -> dict[str, dict[str, Any]]:
    return {
        path.relative_to(VECTORS).as_posix(): json.loads(path.read_text(encoding="utf-8"))
        for path in sorted((VECTORS / kind).rglob("*.json"))
    }


def _bytes(text: str | None) -> bytes:
    return base64.b64decode(text or "")


def _proof(case: dict[str, Any]) -> list[bytes]:
    return [_bytes(step) for step in case["proof"] or []]


def _included(case: dict[str, Any]) -> bool:
    try:
        root = root_of_path(_bytes(case["leafHash"]), case["leafIdx"], case["treeSize"], _proof(case))
    except Wrong:
        return False
    return root == _bytes(case["root"])


def _grown(case: dict[str, Any]) -> bool:
    return growth_holds(case["size1"], _bytes(case["root1"]), case["size2"], _bytes(case["root2"]), _proof(case))


def _subtree(height: int, position: int) -> bytes:
    return _root(position << height, (position + 1) << height)


def _root(start: int, end: int) -> bytes:
    edge = Edge()
    for data in LEAVES[start:end]:
        edge.append(leaf_hash(bytes.fromhex(data)))
    return edge.root()


@pytest.mark.parametrize(("kind", "holds", "at_least"), [("inclusion", _included, 90), ("consistency", _grown, 90)])
def test_the_verifier_accepts_and_refuses_what_the_cases_say(kind: str, holds: Any, at_least: int) -> None:
    cases = _cases(kind)
    other = {name for name, case in cases.items() if holds(case) is case["wantErr"]}
    counted = Counter("right" if not case["wantErr"] else "wrong" for case in cases.values())
    sys.stdout.write(f"Merkle {kind}: {len(cases)} cases, {dict(counted)}, otherwise on purpose {len(other)}\n")
    assert other == {name for name in ON_PURPOSE if name in cases}
    assert len(cases) >= at_least and counted["right"] > 3


def test_we_write_the_inclusion_proofs_of_the_cases() -> None:
    right = [case for case in _cases("inclusion").values() if not case["wantErr"] and case["treeSize"] <= len(LEAVES)]
    told = [case for case in right if _root(0, case["treeSize"]) == _bytes(case["root"])]
    assert len(told) > 3
    for case in told:
        assert leaf_hash(bytes.fromhex(LEAVES[case["leafIdx"]])) == _bytes(case["leafHash"])
        assert inclusion_path(case["leafIdx"], case["treeSize"], _subtree) == _proof(case)


def test_we_write_the_consistency_proofs_of_the_cases() -> None:
    right = [case for case in _cases("consistency").values() if not case["wantErr"] and case["size2"] <= len(LEAVES)]
    told = [case for case in right if case["size1"] and _root(0, case["size2"]) == _bytes(case["root2"])]
    assert len(told) > 3
    for case in told:
        assert _root(0, case["size1"]) == _bytes(case["root1"])
        assert consistency_path(case["size1"], case["size2"], _subtree) == _proof(case)
