"""Numbers with decimal places, exact: kept as text in one normal form, compared as whole numbers of the last place.

The normal form has a point and no superfluous zero: 85.4, 85, -0.05.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from engine.rules.values.wrong_value import WrongValue

MOST_PLACES = 6
NORMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,15})(?:\.[0-9]{0,5}[1-9])?")
_MOST_SIGNS = 28
"""The digits that Decimal keeps exact; every field has far narrower bounds."""

_GROUPED = re.compile(r"[0-9]{1,3}([. ,])[0-9]{3}(?:\1[0-9]{3})*(?!\1)(?:[.,][0-9]+)?")
_PLAIN = re.compile(r"[0-9]+(?:[.,][0-9]+)?")
_THOUSAND_OR_PART = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")


def decimal(value: object, places: int) -> Decimal:
    """The number as somebody writes it, with at most ``places`` decimal places after a comma or a point.

    Thousands may be grouped where that is unmistakable. Where a number such as 1.234 may mean a thousand or a part, it
    is refused: a field with fewer than three places cannot tell. Raises WrongValue.

    >>> decimal("85,4", 1), decimal("1.234,50", 2), decimal(85.4, 1)
    (Decimal('85.4'), Decimal('1234.5'), Decimal('85.4'))
    """
    read = _read(value, places)
    if read is None:
        raise WrongValue(
            "phải là số, phần lẻ viết sau dấu phẩy hoặc dấu chấm, như 85,4",
            "must be a number, its decimal places after a comma or a point, such as 85.4",
        )
    if -int(read.as_tuple().exponent) > places:
        raise WrongValue(
            f"có quá nhiều chữ số sau dấu phẩy: nhiều nhất {places}",
            f"has too many decimal places: at most {places}",
        )
    return read


def in_normal_form(number: Decimal) -> str:
    """The one text of a number.

    >>> in_normal_form(Decimal("85.40")), in_normal_form(Decimal("1E+3")), in_normal_form(Decimal("-0.0"))
    ('85.4', '1000', '0')
    """
    told = f"{number:f}"
    told = told.rstrip("0").rstrip(".") if "." in told else told
    return "0" if told == "-0" else told


def scaled(value: str | int, places: int) -> int:
    """The number of the last place: what conditions compare. ``value`` is in normal form.

    >>> scaled("85.4", 2), scaled(85, 2)
    (8540, 8500)
    """
    return int(Decimal(value).scaleb(places))


def _read(value: object, places: int) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, str, Decimal)):
        return None
    if not isinstance(value, str):
        number = Decimal(str(value))
        return number.normalize() if number.is_finite() and abs(number) < Decimal(10) ** 16 else None
    text = unicodedata.normalize("NFKC", value).replace("\u2212", "-").strip()
    sign, digits = ("-", text[1:].lstrip()) if text.startswith("-") else ("", text)
    if len(digits) > _MOST_SIGNS:
        return None
    if places < 3 and _THOUSAND_OR_PART.fullmatch(digits):
        plain = re.sub("[.,]", "", digits)
        raise WrongValue(
            f"không rõ {digits} là hàng nghìn hay phần lẻ: hãy viết {plain}, hoặc ít chữ số lẻ hơn",
            f"{digits} may be thousands or decimal places: write {plain}, or fewer decimal places",
        )
    return _signed(sign, digits)


def _signed(sign: str, digits: str) -> Decimal | None:
    if not _PLAIN.fullmatch(digits):
        grouped = _GROUPED.fullmatch(digits)
        if grouped is None:
            return None
        digits = digits.replace(grouped[1], "")
    return Decimal(sign + digits.replace(",", ".")).normalize()
