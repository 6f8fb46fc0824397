"""The form in which texts are compared when accents and case do not count."""

from __future__ import annotations

import unicodedata


def plain_text(*parts: str | None) -> str:
    """The words of all parts in lower case, without diacritics, ``d`` for ``đ``, one space between them.

    >>> plain_text("Nguyễn  Văn Đạt", None, "xã Tân Định")
    'nguyen van dat xa tan dinh'
    """
    decomposed = unicodedata.normalize("NFD", " ".join(part for part in parts if part).casefold())
    letters = (character for character in decomposed if unicodedata.category(character) != "Mn")
    return " ".join("".join(letters).replace("đ", "d").split())
