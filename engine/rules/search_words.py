"""The index terms of the search without accents: which terms a dossier is stored under, and which ones a query needs.

A term is one word of a name, or two or three of its words in alphabetical order. Terms of several words keep the
posting lists short and few: two common words of a name already select one dossier in hundreds, and a name of three
words needs one list. A long name would have too many terms of three words. It has its pairs a second time instead,
marked apart from the pairs of all names. All words of a query must occur, in any order; parts of words are not found.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations

from engine.rules.plain_text import plain_text

MOST_WORDS = 16
"""The number of different words of one name that are indexed; the name of an organisation may have more."""

LONG_NAME = 7
"""The number of different words from which a name counts as long, as those of organisations; a person's has 2 to 5."""

_WORD = re.compile(r"[^\W_]+")
_DIGIT = re.compile(r"\d")


def terms_of(*parts: str | None) -> set[str]:
    """The terms under which a dossier with the code, name and numbers ``parts`` is found.

    A code is found as a whole and by its last number.

    >>> sorted(terms_of("Lê Văn An"))
    ['an', 'an le', 'an le van', 'an van', 'le', 'le van', 'van']
    """
    words, numbers = _taken_apart(" ".join(part for part in parts if part))
    words = sorted(words[:MOST_WORDS])
    tails = {_number(tail) for number in numbers if (tail := number.rpartition("-")[2])}
    pairs = list(combinations(words, 2))
    further = map(_in_long, pairs) if len(words) >= LONG_NAME else map(" ".join, combinations(words, 3))
    return {*words, *map(" ".join, pairs), *further, *numbers, *tails}


def terms_asked(text: str) -> list[list[str]]:
    """Alternative lists of terms for a query: a dossier matches when it has all terms of one list.

    Within a list the rarest kind of term, a number, comes first. Digits alone are one number, however they are spaced.
    The answer is empty when nothing can be found by this text.

    >>> terms_asked("văn lê an"), terms_asked("0901 234 567")
    ([['an le van'], ['+ le van', '+ an le']], [['901234567']])
    """
    if not re.search(r"[^\d\s]", text):
        text = "".join(text.split())
    words, numbers = _taken_apart(text)
    if not words + numbers or len(words) > MOST_WORDS:
        return []
    if len(words) < 3:
        return [numbers + list(map(" ".join, _covered(words, 2)))]
    long = [numbers + list(map(_in_long, _covered(words, 2)))]
    return long if len(words) >= LONG_NAME else [numbers + list(map(" ".join, _covered(words, 3))), *long]


def _covered(words: Sequence[str], size: int) -> list[list[str]]:
    """All words in the smallest number of groups of ``size`` words (or of all words, when there are fewer), sorted."""
    starts = [*range(0, len(words) - size, size), max(len(words) - size, 0)] if words else []
    return [sorted(words[start : start + size]) for start in starts]


def _in_long(pair: Sequence[str]) -> str:
    return f"+ {' '.join(pair)}"


def _taken_apart(text: str) -> tuple[list[str], list[str]]:
    """The words, and the tokens that have digits, each once and in order."""
    words, numbers = dict[str, None](), dict[str, None]()
    for one in plain_text(text).split():
        if _DIGIT.search(one):
            numbers[_number(one)] = None
        else:
            words |= dict.fromkeys(_WORD.findall(one))
    return list(words), list(numbers)


def _number(text: str) -> str:
    """The number without leading zeros, since 0000123 and 123 are the same."""
    return text.lstrip("0") or text
