"""The reference of a charge: what a transfer must name, so that its money finds the dossier.

``MC`` and eleven characters: seven for the dossier, two for the number of its charge, two to find mistakes. The letters
are those of Crockford's base 32, which has no I, L, O and U; banks carry capital letters and digits unchanged. The two
last ones are a remainder by the prime 1021, so one wrong character and two exchanged neighbours are always found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PRIME = 1021
_FOUND = re.compile(r"(?=MC([0-9A-Z]{11}))")
_READ_AS = str.maketrans("ILO", "110")
_NOISE = re.compile(r"[^0-9A-Z]")
MOST_CHARGES = 32**2 - 1
"""Charges of one dossier; an act refuses more."""


def reference_of(dossier: int, number: int) -> str:
    """The reference of a dossier's charge, by its row id and the charge's number.

    >>> reference_of(4711, 1)
    'MC00004K701GX'
    """
    if not (0 < dossier < 32**7 and 0 < number <= MOST_CHARGES):
        raise ValueError("no reference for such numbers")
    body = dossier * 32**2 + number
    return "MC" + _written(body, 9) + _written(body * 32**2 % _PRIME, 2)


def numbers_of(reference: str) -> tuple[int, int] | None:
    """The dossier and the number of the charge that a reference names; None where it is none, or has a mistake."""
    if len(reference) != 13 or not reference.startswith("MC"):
        return None
    told = reference[2:].translate(_READ_AS)
    if any(letter not in _LETTERS for letter in told):
        return None
    body, check = _read(told[:9]), _read(told[9:])
    dossier, number = divmod(body, 32**2)
    if body * 32**2 % _PRIME != check or not dossier or not number:
        return None
    return dossier, number


def references_in(text: str) -> tuple[str, ...]:
    """The references in a bank's text, each once, in order; spaces, dots and small letters do not hide them.

    >>> references_in("MBVCB.77.mc0000 4k7.01gx.CT tu 0011")
    ('MC00004K701GX',)
    """
    return tuple(dict.fromkeys(_found(_NOISE.sub("", text.upper()))))


def _found(text: str) -> Iterator[str]:
    for one in _FOUND.finditer(text):
        known = numbers_of("MC" + one.group(1))
        if known is not None:
            yield reference_of(*known)


def _written(value: int, length: int) -> str:
    return "".join(_LETTERS[value >> 5 * place & 31] for place in reversed(range(length)))


def _read(text: str) -> int:
    value = 0
    for letter in text:
        value = value * 32 + _LETTERS.index(letter)
    return value
