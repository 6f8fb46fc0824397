"""Numbers of papers and telephones without the marks by which people group their digits."""

from __future__ import annotations

import unicodedata

_GROUPING = frozenset("./()\u00b7\u2212")  # the minus sign is no dash for Unicode


def compact(text: str) -> str:
    """The letters and digits, in upper case: full-width signs as ASCII, no blanks, dashes, dots or invisible signs.

    >>> compact("０79 200\u00a0000\u2013123"), compact("b.1234567")
    ('079200000123', 'B1234567')
    """
    signs = unicodedata.normalize("NFKC", text)
    return "".join(sign for sign in signs if not _groups(sign)).upper()


def all_equal(digits: str) -> bool:
    """Whether one digit is repeated, as where somebody fills a box with 000000000000."""
    return len(set(digits)) == 1


def _groups(sign: str) -> bool:
    return sign in _GROUPING or sign.isspace() or unicodedata.category(sign) in ("Zs", "Pd", "Cf")
