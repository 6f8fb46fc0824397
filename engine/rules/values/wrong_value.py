"""The fault of one value, before anybody knows which field it stands in."""

from __future__ import annotations

from engine.text import Text


class WrongValue(Exception):
    """A value cannot be taken. ``text`` says in both languages what is wrong and what to write."""

    def __init__(self, vi: str, en: str) -> None:
        self.text = Text(vi, en)
        super().__init__(en)
