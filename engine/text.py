"""``Text``: every name and sentence that the product shows to a person, in Vietnamese and in English."""

from __future__ import annotations

import msgspec


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=False):
    """A name or a sentence in Vietnamese and in English.

    >>> Text("hồ sơ", "dossier").in_("en")
    'dossier'
    """

    vi: str
    en: str

    def in_(self, language: str) -> str:
        """The text in ``en``, or in ``vi`` for every other language."""
        return self.en if language == "en" else self.vi
