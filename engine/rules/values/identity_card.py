"""The text in the QR code of a chip card: seven values between bars, which fill six fields of a form.

``number|old number|name|birth ddmmyyyy|sex|address|issued ddmmyyyy``. The old number is empty where there was none.
Cards since July 2024 may carry more values behind these; they are not read. A scanner types the text, so that anything
may come: every text that is none of a card gets a sentence that says what is wrong.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass

from engine.rules.values.identity_papers import identity_number
from engine.rules.values.wrong_value import WrongValue

BAR = "|"
LONGEST = 600
"""Characters: a name and an address at their longest leave room."""
_PARTS = 7
_DAY = re.compile(r"(?a:([0-9]{2})([0-9]{2})([0-9]{4}))")
_OLD = re.compile(r"(?a:[0-9]{9}|[0-9]{12})?")
_SEXES = {"nam": "male", "nu": "female"}
_UNSEEN = dict.fromkeys(map(ord, "\ufeff\u200b\u200e\u200f\u2060\r\n\t"))
_EARLIEST = 1900


@dataclass(frozen=True, slots=True)
class IdentityCard:
    """What the card says. ``born`` and ``issued`` are "YYYY-MM-DD"; of a birth only the year may be known."""

    number: str
    old_number: str
    name: str
    born: str
    sex: str
    address: str
    issued: str


def looks_like_card(text: str) -> bool:
    """Whether a text typed into any field is meant to be a card's: it has the bars.

    >>> looks_like_card("079185004512||Ánh"), looks_like_card("12 Lê Lợi")
    (True, False)
    """
    return text.count(BAR) >= 2


def identity_card(text: str, on: dt.date) -> IdentityCard:
    """The values in the text of a card's QR code, on the day ``on``. Raises WrongValue.

    >>> card = identity_card("079185004512||Huỳnh Thị Mẫu|04111985|Nữ|12 Lê Lợi, Bến Nghé, Quận 1|05072021",
    ...                      dt.date(2025, 7, 23))
    >>> card.name, card.born, card.sex, card.issued
    ('Huỳnh Thị Mẫu', '1985-11-04', 'female', '2021-07-05')
    """
    plain = _plain(text)
    parts = [part.strip() for part in plain.split(BAR)]
    if len(parts) < _PARTS:
        raise WrongValue(
            f"không phải mã QR của thẻ căn cước: có {len(parts)} phần, cần {_PARTS} phần cách nhau bằng dấu |",
            f"is not the QR code of an identity card: it has {len(parts)} parts, and needs {_PARTS} between bars (|)",
        )
    number, old, name, born, sex, address, issued = parts[:_PARTS]
    if not _OLD.fullmatch(old):
        raise WrongValue(f"số cũ “{old[:20]}” không phải 9 chữ số", f"the old number “{old[:20]}” has not 9 digits")
    if not name or any(sign.isdigit() for sign in name) or len(name) > 200:
        raise WrongValue("phần họ và tên trống hoặc có chữ số", "the name is empty or holds digits")
    known = _SEXES.get(_without_marks(sex))
    if known is None:
        raise WrongValue(f"giới tính “{sex[:20]}” không phải Nam hay Nữ", f"the sex “{sex[:20]}” is not Nam or Nữ")
    if not address:
        raise WrongValue("phần nơi thường trú trống", "the address is empty")
    return IdentityCard(
        number=_number(number),
        old_number=old,
        name=name,
        born=_day(born, on, "ngày sinh", "date of birth", partial=True),
        sex=known,
        address=address,
        issued=_day(issued, on, "ngày cấp", "date of issue"),
    )


def _plain(text: str) -> str:
    """The text in NFC without what a scanner adds around it. Raises WrongValue."""
    if len(text) > LONGEST:
        raise WrongValue(
            f"dài {len(text)} ký tự, không phải mã QR của thẻ căn cước (tối đa {LONGEST})",
            f"has {len(text)} characters and is no QR code of an identity card ({LONGEST} at most)",
        )
    plain = unicodedata.normalize("NFC", text.translate(_UNSEEN)).strip()
    for sign in plain:
        if unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Cn", "Zl", "Zp"):
            where = f"U+{ord(sign):04X}"
            raise WrongValue(f"có ký tự không dùng được ({where})", f"holds a sign that cannot be used ({where})")
    return plain


def _number(text: str) -> str:
    try:
        return identity_number(text)
    except WrongValue as wrong:
        raise WrongValue(f"số định danh: {wrong.text.vi}", f"identity number: {wrong.text.en}") from None


def _day(text: str, on: dt.date, vi: str, en: str, *, partial: bool = False) -> str:
    """A day as ISO text; with ``partial`` a year alone where day and month are 00."""
    found = _DAY.fullmatch(text)
    day, month, year = (int(part) for part in found.groups()) if found else (0, 0, 0)
    if found and partial and (day, month) == (0, 0) and _EARLIEST <= year <= on.year:
        return f"{year:04}"
    try:
        told = dt.date(year, month, day)
    except ValueError:
        raise WrongValue(
            f"{vi} “{text[:12]}” không phải ngày có thật, viết như 04111985",
            f"the {en} “{text[:12]}” is no real day, written as 04111985",
        ) from None
    if not told.year >= _EARLIEST or told > on:
        raise WrongValue(f"{vi} {told:%d/%m/%Y} không thể đúng", f"the {en} {told.isoformat()} cannot be right")
    return told.isoformat()


def _without_marks(text: str) -> str:
    bare = unicodedata.normalize("NFD", text.casefold())
    return "".join(sign for sign in bare if not unicodedata.combining(sign))
