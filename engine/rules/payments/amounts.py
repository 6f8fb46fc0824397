"""Amounts in đồng as banks write them."""

from __future__ import annotations

import re

MOST_VND = 10_000_000_000_000
"""More than any bank books at once; what is above it is a misread column."""

_CURRENCY = re.compile(r"\s*(VND|VNĐ|đ|₫|đồng)\s*$", re.IGNORECASE)
_PLAIN = re.compile(r"[0-9]{1,15}")
_GROUPED = re.compile(r"[0-9]{1,3}([., '\u00a0\u202f])[0-9]{3}(?:\1[0-9]{3}){0,3}")
_CENTS = re.compile(r"[.,]0{1,2}$")


def whole_dong(text: str) -> int | None:
    """The đồng that a text says; None for what is no amount, or none of whole đồng.

    Thousands may be set off by dots, commas, blanks or apostrophes, and decimals of nothing may follow by the other
    sign. An amount is below 0 with a sign (also behind it) or in brackets. One separator with three digits after it
    sets off thousands: đồng have no thousandths.

    >>> [whole_dong(one) for one in ("1.234.567,00", "1,234,567.00 VND", "-50.000", "(50 000)", "54000.0", "1.234.56")]
    [1234567, 1234567, -50000, -50000, 54000, None]
    """
    told, negative = _CURRENCY.sub("", text.strip()).strip(), False
    if told.startswith("(") and told.endswith(")"):
        told, negative = _CURRENCY.sub("", told[1:-1]).strip(), True
    for sign in ("-", "\u2212", "+"):
        if told.startswith(sign) or told.endswith(sign):
            if negative:
                return None
            told, negative = told.removeprefix(sign).removesuffix(sign).strip(), sign != "+"
            break
    value = _unsigned(told)
    return None if value is None else -value if negative else value


def _unsigned(told: str) -> int | None:
    for candidate in (told, _CENTS.sub("", told)):
        if _PLAIN.fullmatch(candidate):
            return int(candidate)
        grouped = _GROUPED.fullmatch(candidate)
        if grouped and not (candidate != told and grouped[1] == told[len(candidate)]):
            return int(re.sub(r"\D", "", candidate))
    return None
