"""How processes start: with what they need. What the web process makes then is kept, and not searched for garbage."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

STARTED = """
import gc, json
ran = []
gc.callbacks.append(lambda phase, told: ran.append(told["generation"]) if phase == "start" else None)
import wsgi
print(json.dumps({"ran": ran, "frozen": gc.get_freeze_count(), "on": gc.isenabled()}))
"""


def test_the_collector_is_off_until_all_that_was_made_is_frozen(sqlite_url: str, tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "DATABASE_URL": sqlite_url,
        "MOTCUA_DATA": str(tmp_path),
        "MOTCUA_SECRET_KEYS": "a secret of the tests that is long enough for a key",
    }
    environment.pop("PROMETHEUS_MULTIPROC_DIR", None)
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", STARTED]
    run = subprocess.run(command, env=environment, cwd=root, capture_output=True, text=True, check=True)
    told = json.loads(run.stdout.splitlines()[-1])
    assert told["ran"][-1] == 2  # the one that is asked for
    assert len(told["ran"]) < 5, "it ran while modules were imported"
    assert told["on"]
    assert told["frozen"] > 100_000


@pytest.mark.parametrize(
    ("module", "library"),
    [
        ("cli.clock", "sqlalchemy"),
        ("cli.compose", "authlib"),
        ("cli.compose", "yaml"),
        ("cli.people", "authlib"),
        ("cli.people", "zxcvbn"),
        ("cli.people", "engine.acts.perform_action"),
    ],
)
def test_a_process_imports_no_library_that_it_does_not_need(module: str, library: str) -> None:
    """The clock asks no database, few installations have a provider, a list of people rates no password and takes
    no step."""
    program = f"import {module}, sys; print('{library}' in sys.modules)"
    command = [sys.executable, "-c", program]
    run = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True)
    assert run.stdout == "False\n"
