"""Text as a search without accents sees it."""

from __future__ import annotations

import unicodedata


def plain_text(*parts: str | None) -> str:
    """The words of all parts in lower case, without diacritics, ``d`` for ``đ``, one space between them."""
    decomposed = unicodedata.normalize("NFD", " ".join(part for part in parts if part).casefold())
    letters = (character for character in decomposed if unicodedata.category(character) != "Mn")
    return " ".join("".join(letters).replace("đ", "d").split())
