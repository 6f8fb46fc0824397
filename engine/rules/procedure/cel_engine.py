"""The CEL engine without its command line: importing that takes a sixth of a process's start, and nobody here calls it.

Import ``cel`` from here. The package's first line imports its module ``cel.cli`` and offers no way around it, so an
empty module is put in that place before. If the package stops importing it, this file has no purpose any more; if it
begins to need it, ``cel`` cannot be imported. tests/integration/test_cel_alone.py fails in both cases.
"""

from __future__ import annotations

import sys
from types import ModuleType

sys.modules.setdefault("cel.cli", ModuleType("cel.cli"))  # what the package's own first line would import

import cel  # noqa: E402 — after the line above, which is for it

__all__ = ["cel"]
