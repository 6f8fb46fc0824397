"""The form in which texts are compared when accents, case and the way of typing do not count."""

from __future__ import annotations

import unicodedata

APOSTROPHE = "'"
_ALIKE = str.maketrans(
    {
        # Letters with a stroke, which Unicode does not take apart: Đ, and Ƀ of Ê Đê, Mnông and Gia Rai names.
        **dict.fromkeys("đĐðÐɖƉ", "d"),
        **dict.fromkeys("ƀɃ", "b"),
        **dict.fromkeys("łŁƚȽ", "l"),
        **dict.fromkeys("ɨƗı", "i"),
        **dict.fromkeys("øØɵƟ", "o"),
        **dict.fromkeys("ŧŦ", "t"),
        **dict.fromkeys("ħĦ", "h"),
        **dict.fromkeys("ʉɄ", "u"),
        **dict.fromkeys("ɉɈ", "j"),
        **dict.fromkeys("ɍɌ", "r"),
        **dict.fromkeys("\u2018\u2019\u201b\u2032\u2035\u0060\u00b4\u02b9\u02bb\u02bc\u02bd\u02be\u02bf", APOSTROPHE),
        **dict.fromkeys("\u02c8\u02ca\u02cb\u055a\u05f3\u1fbd\u1fbf\u1fef\u1ffd\ua78c\uff07\uff40", APOSTROPHE),
        **dict.fromkeys("\u2212\u2043\u02d7\u2796", "-"),
    }
)


def plain_text(*parts: str | None) -> str:
    """The words of all parts in lower case, without diacritics, ``d`` for ``đ`` and ``b`` for ``ƀ``, one space between.

    Apostrophes of every kind are ``'`` and dashes of every kind ``-``. Full-width signs are ASCII, and signs that
    nobody sees (soft hyphens, joiners) are left out.

    >>> plain_text("Nguyễn  Văn Đạt", None, "xã Tân Định"), plain_text("Đắk R\u2019l\u00adấp \u2013 Ƀuôn")
    ('nguyen van dat xa tan dinh', "dak r'lap - buon")
    """
    text = " ".join(part for part in parts if part).translate(_ALIKE).casefold()
    letters = (_plain(sign) for sign in unicodedata.normalize("NFKD", text))
    return " ".join("".join(letters).translate(_ALIKE).split())


def _plain(sign: str) -> str:
    kind = unicodedata.category(sign)
    if kind in ("Mn", "Cf"):
        return ""
    return "-" if kind == "Pd" else sign
