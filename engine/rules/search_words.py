"""What a search without accents looks for: single words, and every two and every three words of a name, in alphabetical
order.

Several words together keep the lists that a search runs through short and few: two common words of a name already name
one dossier in hundreds, and a name of three words is one list. The threes of a long name would be too many; it keeps
its pairs a second time, apart from everybody's. All words asked for must occur, in any order; parts of words are not
looked for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations

from engine.rules.plain_text import plain_text

MOST_WORDS = 16
"""So many different words of one name can be searched for; a name of an organisation may have more."""

LONG_NAME = 7
"""From so many different words on a name is long, as those of organisations are; a person's has two to five."""

_WORD = re.compile(r"[^\W_]+")
_DIGIT = re.compile(r"\d")


def terms_of(*parts: str | None) -> set[str]:
    """Under which terms a dossier is found whose code, name and numbers are ``parts``.

    A code is found as a whole and by its last number.
    """
    words, numbers = _taken_apart(" ".join(part for part in parts if part))
    words = sorted(words[:MOST_WORDS])
    tails = {_number(tail) for number in numbers if (tail := number.rpartition("-")[2])}
    pairs = list(combinations(words, 2))
    further = map(_in_long, pairs) if len(words) >= LONG_NAME else map(" ".join, combinations(words, 3))
    return {*words, *map(" ".join, pairs), *further, *numbers, *tails}


def terms_asked(text: str) -> list[list[str]]:
    """The terms that must all be there, the rarest kind first; or else all those of the next list. Empty when nothing
    can be found by this text.

    Digits alone are one number, however they are spaced.
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
    """All words in as few groups as there must be, each of ``size`` words or of all there are, in order."""
    starts = [*range(0, len(words) - size, size), max(len(words) - size, 0)] if words else []
    return [sorted(words[start : start + size]) for start in starts]


def _in_long(pair: Sequence[str]) -> str:
    return f"+ {' '.join(pair)}"


def _taken_apart(text: str) -> tuple[list[str], list[str]]:
    """Words and what carries digits, each once, in order."""
    words, numbers = dict[str, None](), dict[str, None]()
    for one in plain_text(text).split():
        if _DIGIT.search(one):
            numbers[_number(one)] = None
        else:
            words |= dict.fromkeys(_WORD.findall(one))
    return list(words), list(numbers)


def _number(text: str) -> str:
    """Without the zeros in front: 0000123 and 123 are one."""
    return text.lstrip("0") or text
