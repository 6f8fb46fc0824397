"""A text in the two languages of the product. Everything that is shown to a person is one of these."""

from __future__ import annotations

import msgspec


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=False):
    """A name or a sentence in Vietnamese and in English."""

    vi: str
    en: str

    def in_(self, language: str) -> str:
        """The text in ``en``, or in ``vi`` for every other language."""
        return self.en if language == "en" else self.vi
