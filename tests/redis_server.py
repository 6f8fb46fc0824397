"""A private Redis for the tests: the program and settings of the embedded default, in a folder with a short name."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from adapters.embedded_redis import EmbeddedRedis


@contextmanager
def redis_server() -> Iterator[EmbeddedRedis]:
    """A running server with a new, empty folder, which goes with it. Tests may ``kill``, ``stop`` and ``start`` it."""
    folder = Path(tempfile.mkdtemp(prefix="motcua-redis-"))
    try:
        with EmbeddedRedis(folder) as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)
