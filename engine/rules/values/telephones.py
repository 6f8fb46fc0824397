"""Telephone numbers: stored and searched in one form, and sent in one form to the gateway.

The first is 0 and the national number in Viet Nam, + and the country code elsewhere, without a blank or mark. The
second has + and the country code always (ITU-T E.164), since a gateway may stand in any country. Source:
Circular 22/2014/TT-BTTTT on the numbering plan, with Decision 2036/QĐ-BTTTT (2018): a mobile number has 0 and nine
digits.
"""

from __future__ import annotations

import re

from engine.rules.values.compact import all_equal, compact
from engine.rules.values.wrong_value import WrongValue

_DIALLED = re.compile(r"\+?[0-9]{6,15}")
_MOBILE = re.compile(r"0[35789]")
_MOBILE_DIGITS = 10
_WITHOUT_ZERO = re.compile(r"[35789][0-9]{8}")
_WITHOUT_PLUS = re.compile(r"84[1-9][0-9]{8,9}")


def telephone(text: str) -> str:
    """The number in its normal form. Raises WrongValue.

    >>> telephone("+84 (0)90 123 45 67"), telephone("0901.234.567"), telephone("+49 30 123456")
    ('0901234567', '0901234567', '+4930123456')
    """
    number = _national(compact(text))
    if not _DIALLED.fullmatch(number) or all_equal(number.removeprefix("+")):
        raise WrongValue(
            "không phải số điện thoại; hãy viết như 0901234567 hoặc +49301234567",
            "is not a telephone number; write it like 0901234567 or +49301234567",
        )
    if _MOBILE.match(number) and len(number) != _MOBILE_DIGITS:
        raise WrongValue(
            f"số di động có 10 chữ số, không phải {len(number)}", f"a mobile number has 10 digits, not {len(number)}"
        )
    return number


def international(text: str) -> str:
    """The number with + and the country code. Raises WrongValue.

    >>> international("0901.234.567"), international("+49 30 123456")
    ('+84901234567', '+4930123456')
    """
    number = telephone(text)
    return f"+84{number[1:]}" if number.startswith("0") else number


def telephone_if_one(text: str) -> str:
    """The number in its normal form, or the text as it is: for numbers that were stored before they were checked."""
    try:
        return telephone(text)
    except WrongValue:
        return text


def _national(number: str) -> str:
    if number.startswith("00"):
        number = f"+{number[2:]}"
    if number.startswith("+84"):
        return f"0{number[3:].lstrip('0')}"
    if _WITHOUT_PLUS.fullmatch(number):
        return f"0{number[2:]}"
    return f"0{number}" if _WITHOUT_ZERO.fullmatch(number) else number
