"""The number of an identity paper: 12 digits, the 9 digits of the cards before 2016, or a passport.

Sources: Decree 137/2015/NĐ-CP, articles 13 and 14, and Circular 59/2021/TT-BCA, article 4: three digits of the province
or country of the birth registration, one of century and sex, two of the year of birth, six at random. Only what no
authority can have issued is refused; whether a number belongs to its holder is for the population database to say.
Numbers that begin with another digit than 0 are of people born abroad, or of foreigners (Decree 69/2024/NĐ-CP); no
public rule tells more about these.
"""

from __future__ import annotations

import re

from engine.rules.values.compact import all_equal, compact
from engine.rules.values.wrong_value import WrongValue

IDENTITY_DIGITS = 12
_IDENTITY = re.compile(r"[0-9]{12}")
_OLD_CARD = re.compile(r"[0-9]{9}")
_PASSPORT = re.compile(r"[A-Z0-9]{5,20}")
_DIGITS_ONLY = re.compile(r"[0-9]+")
_MOST_DIGITS_OF_PASSPORT = 9
"""ICAO Doc 9303 leaves nine signs for the number; longer ones are other numbers, or have a digit too many."""

_IN_VIET_NAM = "0"
_PROVINCES = frozenset(
    f"{code:03}"
    for code in (
        *(1, 2, 4, 6, 8, 10, 11, 12, 14, 15, 17, 19, 20, 22, 24, 25, 26, 27, 30, 31, 33, 34, 35, 36, 37, 38, 40, 42),
        *(44, 45, 46, 48, 49, 51, 52, 54, 56, 58, 60, 62, 64, 66, 67, 68, 70, 72, 74, 75, 77, 79, 80, 82, 83, 84, 86),
        *(87, 89, 91, 92, 93, 94, 95, 96),
    )
)
"""Every province of the annex of the circular; the provinces since 1 July 2025 kept codes of these."""


def identity_number(text: str) -> str:
    """The 12 digits of a personal identity number. Raises WrongValue.

    >>> identity_number("079 200 000 123")
    '079200000123'
    """
    digits = compact(text)
    if not _IDENTITY.fullmatch(digits) or all_equal(digits):
        raise WrongValue("số định danh phải gồm đúng 12 chữ số", "an identity number has exactly 12 digits")
    _check_structure(digits)
    return digits


def identity_paper(text: str, *, citizen: bool = False) -> str:
    """The number of an identity paper. ``citizen`` allows no passport that consists of digits alone: Viet Nam issues
    none, so a digit is missing there. Raises WrongValue.

    >>> identity_paper("024 123 456"), identity_paper("b1234567")
    ('024123456', 'B1234567')
    """
    number = compact(text)
    if _IDENTITY.fullmatch(number) or _OLD_CARD.fullmatch(number):
        if all_equal(number):
            raise _unfit()
        if len(number) == IDENTITY_DIGITS:
            _check_structure(number)
        return number
    if not _PASSPORT.fullmatch(number):
        raise _unfit()
    if _DIGITS_ONLY.fullmatch(number) and (citizen or len(number) > _MOST_DIGITS_OF_PASSPORT or all_equal(number)):
        raise _unfit()
    return number


def year_of_birth(number: str) -> int | None:
    """The year of birth that a personal identity number tells; None for another paper.

    >>> year_of_birth("079200000123"), year_of_birth("001099012345"), year_of_birth("B1234567")
    (2000, 1999, None)
    """
    if not _IDENTITY.fullmatch(number) or not number.startswith(_IN_VIET_NAM):
        return None
    return 1900 + 100 * (int(number[3]) // 2) + int(number[4:6])


def _check_structure(digits: str) -> None:
    if not digits.startswith(_IN_VIET_NAM):
        return
    if digits[:3] not in _PROVINCES:
        raise WrongValue(
            f"ba số đầu {digits[:3]} không phải mã tỉnh, thành phố nào",
            f"the first three digits {digits[:3]} are the code of no province",
        )
    if int(digits[3]) > 3:  # 4 and 5 are the sexes of those born from 2100 on
        raise WrongValue(
            f"chữ số thứ tư {digits[3]} là của người sinh từ năm 2100 trở đi",
            f"the fourth digit {digits[3]} is that of people born in 2100 or later",
        )


def _unfit() -> WrongValue:
    return WrongValue(
        "phải là số định danh 12 chữ số, số chứng minh nhân dân 9 chữ số, hoặc số hộ chiếu (như B1234567)",
        "must be an identity number of 12 digits, the 9 digits of an old card, or a passport number (such as B1234567)",
    )
