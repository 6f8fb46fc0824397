"""Whoever writes a row of staff writes an entry of its journal: read from the sources of the engine."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ENGINE = Path(__file__).resolve().parents[2] / "engine"
TABLES = {"people", "memberships", "substitutes", "tokens", "admin_proposals", "second_factors", "provider_subjects"}
RECORDS = {"record_staff", "_record"}
FOR_OTHERS = {
    "acts/staff/people.py revoke_all",  # gives its changes to whoever calls it
    "acts/staff/own_sessions.py _revoked",  # as above
    "store/sessions.py add_session",
    "store/sessions.py revoke_token",
    "store/sessions.py replace_password",
    "store/second_factors.py use_step",  # which code was used last is no change of a right
}
"""They write for an act of ``engine.acts.staff``, which records it."""


def _writers(path: Path) -> Iterator[tuple[str, bool]]:
    """Each function that writes to a table of staff, and whether it records."""
    for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(function, ast.FunctionDef):
            continue
        called = [(node, _name(node.func)) for node in ast.walk(function) if isinstance(node, ast.Call)]
        if any(name in ("insert", "update", "delete") and _table(node) in TABLES for node, name in called):
            yield function.name, any(name in RECORDS for _, name in called)


def _name(called: ast.expr) -> str:
    return called.id if isinstance(called, ast.Name) else ""


def _table(call: ast.Call) -> str:
    return _name(call.args[0]) if call.args else ""


def test_every_writer_of_a_row_of_staff_records_it() -> None:
    found = {
        f"{path.relative_to(ENGINE).as_posix()} {name}": records
        for path in sorted(ENGINE.rglob("*.py"))
        if "migrations" not in path.parts
        for name, records in _writers(path)
    }
    assert len(found) > 15
    assert {name for name, records in found.items() if not records} == FOR_OTHERS
