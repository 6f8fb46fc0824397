"""One small way of breaking the house."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sabotage:
    """``text`` becomes ``instead`` in ``file``; ``what`` says in a few words what the house then does wrong. ``tests``
    are files, or a test in one as pytest names it."""

    name: str
    what: str
    file: str
    text: str
    instead: str
    tests: tuple[str, ...]
