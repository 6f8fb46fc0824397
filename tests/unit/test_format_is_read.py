"""Every key that a workflow file may have is read by the engine: the format promises nothing that nothing does.

A key with a name of its own is looked for as an attribute anywhere in ``engine/``. A name that several parts share
proves nothing by itself, so for these ``READERS`` names the function that reads it of that part.
"""

from __future__ import annotations

import ast
from collections import Counter
from functools import cache
from pathlib import Path

import msgspec
import pytest

from engine.rules.procedure import definition
from workflows import normal_form

ROOT = Path(__file__).parents[2]
PARTS = {
    name: part
    for name, part in vars(definition).items()
    if isinstance(part, type) and issubclass(part, msgspec.Struct) and part.__module__ == definition.__name__
}
KEYS = [(name, key) for name, part in PARTS.items() for key in part.__struct_fields__]
SHARED = {key for key, number in Counter(key for _, key in KEYS).items() if number > 1} | {
    "code", "decimals", "event", "field", "start", "type", "original", "copy", "certified", "reason", "document",
    "limit", "place", "result", "subject", "total",
}  # fmt: skip
"""Names that several parts have, or that other things in the engine have as well."""

RULES, ACTS, ROW = "engine/rules/procedure/", "engine/acts/", "engine/rules/deadlines/timing.py"
READERS = {
    "Branch.when": RULES + "checks.py:_arms",
    "TermBranch.term": RULES + "machine.py:total_term",
    "TermBranch.when": RULES + "checks.py:_sources",
    "Term.unit": "engine/rules/deadlines/counting.py:_leg",
    "Effective.start": ACTS + "publish.py:publish_release",
    "Sector.code": "api/procedures.py:_line",
    "Sector.name": "api/procedures.py:_line",
    "Role.name": RULES + "machine.py:role_name",
    "Role.unit": ACTS + "perform_action.py:move",
    "Route.by": "engine/rules/offices/routing.py:_by_competence",
    "Route.place": RULES + "checks.py:check_references",
    "Field.type": RULES + "fields.py:clean_value",
    "Field.decimals": RULES + "definition.py:places",
    "Field.name": RULES + "fields.py:_missing",
    "Field.when": RULES + "checks.py:_sources",
    "Document.name": RULES + "missing.py:refused_without",
    "Document.original": "engine/dossier/case.py:missing_documents",
    "Document.certified": "engine/dossier/case.py:missing_documents",
    "Document.copy": "engine/dossier/case.py:missing_documents",
    "Document.when": RULES + "checks.py:_sources",
    "Document.result": RULES + "machine.py:documents_required",
    "Document.verified": "workflows/lint_rules/data.py:_list_unverified",
    "Fee.name": "engine/dossier/fee_names.py:fee_name",
    "Fee.when": RULES + "checks.py:_sources",
    "Fee.vnd": RULES + "fees.py:amount",
    "Tier.vnd": RULES + "fees.py:_sum",
    "Fee.verified": "workflows/lint_rules/data.py:_list_unverified",
    "Sla.total": RULES + "machine.py:total_term",
    "Sla.verified": "workflows/lint_rules/data.py:_list_unverified",
    "State.name": "engine/queries/state.py:state_of",
    "State.limit": RULES + "definition.py:counted",
    "Action.name": RULES + "machine.py:_option",
    "Action.to": RULES + "machine.py:_build",
    "Action.by": RULES + "permissions.py:_staff",
    "Action.reason": RULES + "machine.py:_option",
    "Action.form": ACTS + "perform_action.py:_entry_of",
    "Notice.event": RULES + "machine.py:notices",
    "Notice.subject": RULES + "machine.py:notices",
    "Notice.to": "engine/dossier/notices.py:_rows",
    "Notice.form": "engine/dossier/notices.py:_told_of_time",
    "Notice.term": ROW + ":clocks_of_due",
    "Child.procedure": ACTS + "open_children.py:open_children",
    "Child.name": "engine/queries/relations.py:_child_name",
    "Child.when": RULES + "checks.py:_sources",
    "Child.fields": RULES + "machine.py:child_values",
    "Release.procedure": "engine/dossier/first_row.py:first_row",
    "Release.sector": "api/procedures.py:_line",
    "Release.version": ACTS + "publish.py:publish_release",
    "Release.name": "engine/queries/dossier.py:dossier_of",
    "Release.short": RULES + "definition.py:in_lists",
    "Release.tables": "workflows/lint_rules/tables.py:check_tables",
    "Release.fields": RULES + "fields.py:clean_fields",
    "Action.after": ROW + ":clocks_of_state",
}


@pytest.mark.parametrize(("part", "key"), KEYS)
def test_every_key_of_the_format_is_read(part: str, key: str) -> None:
    reader = READERS.get(f"{part}.{key}")
    if reader is None:
        assert key not in SHARED, f"name the function that reads {part}.{key} in READERS"
        assert key in _read_in_engine(), f"nothing reads {part}.{key}"
        return
    path, _, function = reader.partition(":")
    assert key in _attributes(path, function), f"{reader} does not read {key}"


def test_no_reader_is_named_for_a_key_that_is_not_there() -> None:
    assert READERS.keys() <= {f"{part}.{key}" for part, key in KEYS}


def test_the_file_format_reaches_every_part() -> None:
    """Each part is built somewhere in the normal form, so that a new key cannot be left out of files unseen."""
    built = {
        node.func.id
        for node in ast.walk(ast.parse(Path(str(normal_form.__file__)).read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert PARTS.keys() - {"Text"} <= built | {"_Frozen"}
    sla = next(node for node in _functions("workflows/normal_form.py") if node.name == "_sla")
    given = {one.arg for call in ast.walk(sla) if isinstance(call, ast.Call) for one in call.keywords}
    assert set(definition.Sla.__struct_fields__) <= given


@cache
def _read_in_engine() -> frozenset[str]:
    found: set[str] = set()
    for path in sorted((ROOT / "engine").rglob("*.py")):
        if path.name != "definition.py" and "migrations" not in path.parts:
            found |= _reads(ast.parse(path.read_text()))
    return frozenset(found)


@cache
def _functions(path: str) -> tuple[ast.FunctionDef, ...]:
    tree = ast.parse((ROOT / path).read_text())
    return tuple(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def _attributes(path: str, function: str) -> set[str]:
    found = [node for node in _functions(path) if node.name == function]
    assert found, f"there is no {path}:{function}"
    return {key for node in found for key in _reads(node)}


def _reads(tree: ast.AST) -> set[str]:
    """The attributes that are read, also those of ``getattr`` with the name written out."""
    return {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load)}
