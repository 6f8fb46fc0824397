"""Names of a diagram: made fit to be read, and made into keys of a workflow file."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container

from engine.rules.plain_text import plain_text

LONGEST_NAME = 200
_LONGEST_KEY = 40
_LONGEST_SHOWN = 80
_RESERVED = frozenset({"on", "off", "yes", "no", "y", "n", "true", "false", "null", "applicant", "system", "holder"})
_UNFIT = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_SPECIALS = frozenset(map(chr, range(0xFFF0, 0x10000)))
_NOT_IN_KEYS = re.compile(r"[^a-z0-9]+")


def clean(text: str, longest: int = LONGEST_NAME) -> str:
    """The text on one line, composed (NFC), without characters that nobody sees; cut with … where it is too long.

    >>> clean(" Assign\\n  Approver\\u200b ")
    'Assign Approver'
    """
    spaced = " ".join(text[: longest * 8].split())
    seen = "".join(char for char in spaced if unicodedata.category(char) not in _UNFIT and char not in _SPECIALS)
    whole = " ".join(unicodedata.normalize("NFC", seen).split())
    return whole if len(whole) <= longest else whole[: longest - 1].rstrip() + "…"


def shown(text: str) -> str:
    """The text as a sentence to a person quotes it."""
    return clean(text, _LONGEST_SHOWN)


def key_of(name: str, taken: Container[str], otherwise: str) -> str:
    """A key that is not taken yet, of the letters of a name; of ``otherwise`` where it has none.

    >>> key_of("Thẩm định hồ sơ", {"tham_dinh_ho_so"}, "step")
    'tham_dinh_ho_so_2'
    """
    word = _NOT_IN_KEYS.sub("_", plain_text(name[:LONGEST_NAME])).strip("_")
    if word[:1].isdigit():
        word = f"{otherwise}_{word}"
    word = word[:_LONGEST_KEY].rstrip("_") or otherwise
    if word in _RESERVED:
        word = f"{otherwise}_{word}"
    free, number = word, 1
    while free in taken:
        number += 1
        ending = f"_{number}"
        free = word[: _LONGEST_KEY - len(ending)].rstrip("_") + ending
    return free
