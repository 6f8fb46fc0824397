"""Waits for pyHanko's coroutines from code that waits for nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


def outcome(coroutine: Coroutine[Any, Any, T]) -> T:
    """What a coroutine returns or raises. It runs in a thread of its own: the caller's may already run a loop.

    >>> async def answer():
    ...     return 42
    >>> async def caller():
    ...     return outcome(answer())
    >>> asyncio.run(caller())
    42
    """
    with ThreadPoolExecutor(1, "signing") as thread:
        return thread.submit(asyncio.run, coroutine).result()
