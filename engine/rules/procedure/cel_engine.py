"""The CEL engine without its command line: importing that takes a sixth of a process's start, and nobody here calls it.

Import ``cel`` from here.
"""

from __future__ import annotations

import sys
from types import ModuleType

sys.modules.setdefault("cel.cli", ModuleType("cel.cli"))  # what the package's own first line would import

import cel  # noqa: E402 — after the line above, which is for it

__all__ = ["cel"]
