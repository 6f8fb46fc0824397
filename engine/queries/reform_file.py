"""The file of a plan that was put up, as it came."""

from __future__ import annotations

import zlib

from engine.errors import NotFound
from engine.store.reform_orders import file_content
from engine.transaction import UnitOfWork


def plan_content(unit: UnitOfWork, digest: str) -> bytes:
    """The content of the plan's file. Raises NotFound, also for a plan that was loaded by command."""
    content = file_content(unit.reader(), digest)
    if content is None:
        raise NotFound(what=f"reform plan {digest[:12]}")
    return zlib.decompress(content)
