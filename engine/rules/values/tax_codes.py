"""Tax codes: 10 digits, 10 and 3 for a branch, or the 12 of the personal identity number.

Sources: Law on Tax Administration 38/2019/QH14, articles 30 and 35; Circular 86/2024/TT-BTC, article 5: the tenth digit
checks the first nine, the last three number the branches from 001 on, and since 1 July 2025 a natural person's tax code
is the personal identity number.
"""

from __future__ import annotations

import re

from engine.rules.values.compact import compact
from engine.rules.values.identity_papers import IDENTITY_DIGITS, identity_number
from engine.rules.values.wrong_value import WrongValue

_DIGITS = re.compile(r"[0-9]{10}|[0-9]{12}|[0-9]{13}")
_WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)


def tax_code(text: str) -> str:
    """The tax code in its normal form, a branch behind a hyphen. Raises WrongValue.

    >>> tax_code("0100109106"), tax_code("0100109106 001"), tax_code("079 200 000 123")
    ('0100109106', '0100109106-001', '079200000123')
    """
    digits = compact(text)
    if not _DIGITS.fullmatch(digits):
        raise WrongValue(
            "mã số thuế gồm 10 chữ số, 10-3 chữ số (đơn vị phụ thuộc), hoặc 12 chữ số của số định danh cá nhân",
            "a tax code has 10 digits, 10-3 digits (a branch), or the 12 digits of a personal identity number",
        )
    if len(digits) == IDENTITY_DIGITS:
        return identity_number(digits)
    whole, branch = digits[:10], digits[10:]
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, whole, strict=False))
    if 10 - total % 11 != int(whole[9]):
        raise WrongValue(
            f"chữ số kiểm tra của mã số thuế {whole} không đúng; hãy đối chiếu lại từng chữ số",
            f"the check digit of the tax code {whole} is wrong; compare it digit by digit",
        )
    if branch == "000":
        raise WrongValue("số đơn vị phụ thuộc bắt đầu từ 001", "the branches are numbered from 001 on")
    return f"{whole}-{branch}" if branch else whole
