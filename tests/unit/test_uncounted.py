"""What a test does beside what it is about is not counted as covered; what it does before and after is."""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any

import pytest

from tests.uncounted import uncounted


def _before() -> None: ...


def _beside() -> None:
    raise ValueError


def _after() -> None: ...


def test_only_the_block_is_left_out_also_when_it_fails() -> None:
    seen: list[str] = []

    def trace(frame: FrameType, event: str, argument: Any) -> None:
        seen.append(frame.f_code.co_name)

    counting = sys.gettrace()
    sys.settrace(trace)
    try:
        _before()
        with pytest.raises(ValueError), uncounted():
            _beside()
        _after()
    finally:
        sys.settrace(counting)
    assert "_before" in seen and "_after" in seen and "_beside" not in seen
