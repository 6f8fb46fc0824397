"""The comparison of Vietnamese place names, which ignores case, the placement of tone marks, i/y, blanks and accents.

Every name has two keys. The *bare* key has no accents at all ("dakao", "hoabinh") and is used for the search. The
*marked* key keeps the vowels and moves the tones to the end of each word, so that "Hòa" and "Hoà" agree and "Hoá" does
not. It decides between names that differ only by accents.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from engine.rules.territory.units import KINDS, Level

_TONES = {"\u0300": "2", "\u0301": "1", "\u0303": "4", "\u0309": "3", "\u0323": "5"}
_VOWEL_MARKS = {"\u0302", "\u0306", "\u031b"}  # the circumflex of â, the breve of ă, the horn of ơ
_APOSTROPHES = set("'’‘`´ʼ\u201b\u2032\u2035\u02b9\u02bb\u02bd\u02c8\ua78c\uff07")  # Ea H'leo, with any of them or none
_UNSEEN = set("\u00ad\u200b\u2060\ufeff")
_BREAK = re.compile(r"[,;/|()\[\]\n\r\t]")
_FINAL_Y = re.compile(r"(?<=[bcdđghklmnprstvx])y|(?<=qu)y")  # Quý = Quí, Mỹ = Mĩ, Kỳ = Kì; not Tây, not Yên
_DOTTED = re.compile(r"\bt\s?\.\s?([pxt])\b")  # T.P., T.X., T.T.
_GLUED = re.compile(r"^(?:([pqfxh])(\d{1,3})|(tp|tx|tt)(\w{2,}))$")  # P1, Q10, TPHCM: no syllable begins with tp

_KIND_WORDS: dict[str, tuple[str, ...]] = {
    "thành phố": ("thanh_pho", "thanh_pho_tw"), "tp": ("thanh_pho", "thanh_pho_tw"),
    "tỉnh": ("tinh",), "t": ("tinh",), "province": ("tinh",),
    "quận": ("quan",), "q": ("quan",), "huyện": ("huyen",), "h": ("huyen",),
    "district": ("quan", "huyen", "thi_xa", "thanh_pho"),
    "thị xã": ("thi_xa",), "tx": ("thi_xa",),
    "phường": ("phuong",), "p": ("phuong",), "f": ("phuong",), "ph": ("phuong",), "ward": ("phuong",),
    "xã": ("xa",), "x": ("xa",), "commune": ("xa",),
    "thị trấn": ("thi_tran",), "tt": ("thi_tran",), "đặc khu": ("dac_khu",), "đk": ("dac_khu",),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a typed address with its keys. ``first``: it follows a comma or the start of the text."""

    text: str
    bare: str
    marked: str
    first: bool


@dataclass(frozen=True, slots=True)
class KindWords:
    """Words that announce a kind of unit: "P.", "Thành phố".

    ``size`` is the number of words, ``kinds`` their possible kinds; ``weak`` says that it is a single letter.
    """

    size: int
    kinds: tuple[str, ...]
    weak: bool

    @property
    def levels(self) -> frozenset[Level]:
        return frozenset(KINDS[kind][0] for kind in self.kinds)


def words_of(text: str) -> list[Word]:
    """The words of a text, in order. Punctuation separates words; commas and similar marks also begin a new part.

    >>> [(word.text, word.bare, word.first) for word in words_of("Đa Kao, Q1")]
    [('đa', 'da', True), ('kao', 'kao', False), ('q', 'q', True), ('1', '1', False)]
    """
    text = unicodedata.normalize("NFC", text).casefold().replace("ð", "đ").replace("ƀ", "b")
    words: list[Word] = []
    for part in _BREAK.split(_DOTTED.sub(r"t\1 ", text)):
        first = True
        for token in "".join(_letter(c) for c in part).split():
            for piece in _pieces(token):
                words.append(Word(piece, *_spelled(piece), first))
                first = False
    return words


def bare_key(words: Sequence[Word]) -> str:
    """The key for the search: the words without accents and blanks.

    >>> bare_key(words_of("Mỹ Đình"))
    'midinh'
    """
    return _FINAL_Y.sub("i", "".join(word.bare for word in words))


def marked_key(words: Sequence[Word]) -> str:
    """The key that decides between names of one bare key.

    >>> marked_key(words_of("Hòa")) == marked_key(words_of("Hoà"))
    True
    """
    return _FINAL_Y.sub("i", "".join(word.marked for word in words))


def bare_alias(alias: str) -> str:
    """The bare key of a name already written without accents and blanks."""
    return _FINAL_Y.sub("i", alias)


def slug(name: str) -> str:
    """A name in the form of workflow files.

    >>> slug("Long Khánh")
    'long-khanh'
    """
    return "-".join(word.bare for word in words_of(name))


def kind_words(words: Sequence[Word], at: int) -> KindWords | None:
    """The words of a kind at the index ``at``, None when there are none. "xá" is not "xã", but "xa" may be."""
    for size in (2, 1):
        here = words[at : at + size]
        if len(here) < size or any(word.first for word in here[1:]):
            continue
        known = _KINDS_BY_WORDS.get(tuple(word.bare for word in here))
        if known and all(word.marked in (word.bare, right) for word, right in zip(here, known[0], strict=True)):
            return KindWords(size, known[1], size == 1 and len(here[0].bare) == 1)
    return None


def _letter(character: str) -> str:
    if character in _APOSTROPHES or character in _UNSEEN:
        return ""
    return character if character.isalnum() or unicodedata.category(character) == "Mn" else " "


def _pieces(token: str) -> list[str]:
    glued = _GLUED.match(token)
    return [piece for piece in glued.groups() if piece] if glued else [token]


def _spelled(token: str) -> tuple[str, str]:
    """(bare, marked) of one word. Leading zeros of a number are dropped: Phường 01 is Phường 1."""
    if token.isdigit():
        token = token.lstrip("0") or "0"
        return token, token
    bare, marked, tones = "", "", ""
    for character in unicodedata.normalize("NFD", token):
        if character in _TONES:
            tones += _TONES[character]
        elif character in _VOWEL_MARKS:
            marked += character
        elif unicodedata.category(character) != "Mn":
            marked += character
            bare += "d" if character == "đ" else character
    return bare, marked + tones


def _known_kinds() -> dict[tuple[str, ...], tuple[tuple[str, ...], tuple[str, ...]]]:
    found = {}
    for text, kinds in _KIND_WORDS.items():
        words = words_of(text)
        found[tuple(word.bare for word in words)] = (tuple(word.marked for word in words), kinds)
    return found


_KINDS_BY_WORDS = _known_kinds()
