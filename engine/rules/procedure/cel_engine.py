"""The CEL engine without its command line. Import ``cel`` from here, never from the package.

The package's first line imports ``cel.cli`` and has no option against it. That import takes a sixth of the start of a
process, and nothing here uses it, so an empty module is put in its place first. If the package stops importing
``cel.cli``, delete this file. If the package begins to need it, ``cel`` cannot be imported.
tests/integration/test_cel_alone.py fails in both cases.
"""

from __future__ import annotations

import sys
from types import ModuleType

sys.modules.setdefault("cel.cli", ModuleType("cel.cli"))

import cel  # noqa: E402 — the line above must run before it

__all__ = ["cel"]
