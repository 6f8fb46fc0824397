"""The package of the CEL engine still imports its command line, and still works without."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("imported", "comes_along"), [("from engine.rules.procedure.cel_engine import cel", False), ("import cel", True)]
)
def test_the_command_line_comes_along_unless_it_is_kept_out(imported: str, comes_along: bool) -> None:
    program = f"import sys; {imported}; print(cel.evaluate('size([1, 2]) + x', {{'x': 1}}), 'typer' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["3", str(comes_along)]
