"""A value without a type (``Any`` by itself) enters at a few places only, each named here with its reason."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("engine", "workflows", "adapters", "server", "api", "cli")

JSON = "decoded JSON or YAML, before its shape is checked or as it is written"
HOOK = "the signature of a library's hook, which the library does not type"
SQL = "a value of the database driver, or a hook of SQLAlchemy"
FACT = "a fact of a condition, whose type the release declares"

PLACES = {
    "adapters/files_s3.py": HOOK,
    "adapters/filings.py": JSON,
    "adapters/forms/render.py": JSON,
    "adapters/gunicorn/lines.py": HOOK,
    "adapters/gunicorn/patience.py": HOOK,
    "adapters/gunicorn/worker.py": HOOK,
    "adapters/logging.py": HOOK,
    "adapters/pades/token.py": HOOK,
    "adapters/remote_signing.py": JSON,
    "adapters/payment_gateway.py": JSON,
    "adapters/tracing.py": HOOK,
    "adapters/webhook.py": HOOK,
    "api/answers.py": JSON,
    "api/operations.py": JSON,
    "api/path_parameters.py": HOOK,
    "api/problems.py": JSON,
    "api/shapes/base.py": HOOK,
    "api/staff.py": HOOK,
    "cli/clock.py": HOOK,
    "cli/demo/client.py": JSON,
    "cli/demo/walk.py": JSON,
    "cli/events.py": HOOK,
    "cli/main.py": HOOK,
    "cli/new_questions.py": HOOK,
    "cli/new_workflow.py": HOOK,
    "cli/output.py": JSON,
    "cli/reform_apply.py": HOOK,
    "cli/reports.py": HOOK,
    "cli/serve.py": HOOK,
    "cli/shipped.py": JSON,
    "workflows/walks.py": FACT,
    "cli/worker.py": HOOK,
    "engine/acts/batch.py": JSON,
    "engine/acts/follow_form.py": FACT,
    "engine/dossier/facts.py": FACT,
    "engine/dossier/filing_route.py": JSON,
    "engine/jobs/queue.py": HOOK,
    "engine/migrations/staff_guard.py": SQL,
    "engine/migrations/versions/0002_lists_at_scale.py": SQL,
    "engine/queries/reform_plans.py": JSON,
    "engine/rules/filings/coming.py": JSON,
    "engine/rules/journal/entries.py": JSON,
    "engine/rules/offices/routing.py": FACT,
    "engine/rules/payments/wire.py": JSON,
    "engine/rules/procedure/facts.py": FACT,
    "engine/store/staff_journal.py": SQL,
    "server/presence.py": JSON,
    "server/request_body.py": HOOK,
    "engine/store/filings.py": SQL,
    "engine/store/incidents.py": SQL,
    "engine/store/kept_facts.py": SQL,
    "engine/store/rows.py": JSON,
    "engine/store/sql/bulk.py": SQL,
    "engine/store/sql/driver.py": SQL,
    "engine/store/sql/json_rows.py": SQL,
    "engine/store/sql/question.py": SQL,
    "engine/store/sql/schema.py": SQL,
    "engine/store/sql/seconds.py": SQL,
    "engine/store/sql/writes.py": SQL,
    "server/direct.py": HOOK,
    "server/lean_flask.py": HOOK,
    "server/strict_json.py": JSON,
    "server/tables.py": HOOK,
    "server/values.py": HOOK,
    "workflows/filings_file.py": JSON,
    "workflows/loader.py": JSON,
    "workflows/normal_form.py": JSON,
    "workflows/portal_mapping.py": JSON,
    "workflows/problems.py": JSON,
    "workflows/reform_files.py": JSON,
    "workflows/scenario_files.py": JSON,
    "workflows/scenario_runner.py": FACT,
    "workflows/shape_groups.py": JSON,
    "workflows/shapes.py": JSON,
}


def test_any_by_itself_is_used_where_values_come_from_outside() -> None:
    found = {name for name, given in _in_modules() if _is_any(given)}
    assert found == PLACES.keys()


def test_rows_have_types_outside_the_two_readers_of_whole_tables() -> None:
    found = {name for name, given in _in_modules() if "Row[Any]" in ast.unparse(given)}
    assert found == {"engine/catalogue.py", "engine/reform/reader.py"}


@pytest.mark.parametrize("source", ["def f(x: Any): ...", "def f(*, x: Any): ...", "def f() -> Any: ...", "x: Any = 1"])
def test_the_reader_of_annotations_sees_any(source: str) -> None:
    assert any(_is_any(given) for given in _annotations(ast.parse(source)))


@cache
def _in_modules() -> list[tuple[str, ast.expr]]:
    """Every annotation of every module, with the module's name."""
    return [
        (path.relative_to(ROOT).as_posix(), given)
        for room in ROOMS
        for path in sorted((ROOT / room).rglob("*.py"))
        for given in _annotations(ast.parse(path.read_text(encoding="utf-8")))
    ]


def _annotations(tree: ast.Module) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, ast.arg | ast.AnnAssign) and node.annotation is not None:
            yield node.annotation
        elif isinstance(node, ast.FunctionDef) and node.returns is not None:
            yield node.returns


def _is_any(given: ast.expr) -> bool:
    return isinstance(given, ast.Name) and given.id == "Any"
