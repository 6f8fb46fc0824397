"""What a search without accents looks for: single words, and every two words of a name in alphabetical order.

Two words together keep the lists that a search runs through short: of three common words of a name, any two already
name one dossier in hundreds. All words asked for must occur, in any order; parts of words are not looked for.
"""

from __future__ import annotations

import re
from itertools import combinations, pairwise

from engine.rules.plain_text import plain_text

MOST_WORDS = 16
"""So many different words of one name can be searched for; a name of an organisation may have more."""

_WORD = re.compile(r"[^\W_]+")
_DIGIT = re.compile(r"\d")


def terms_of(*parts: str | None) -> set[str]:
    """Under which terms a dossier is found whose code, name and numbers are ``parts``.

    A code is found as a whole and by its last number.
    """
    words, numbers = _taken_apart(" ".join(part for part in parts if part))
    tails = {_number(tail) for number in numbers if (tail := number.rpartition("-")[2])}
    pairs = {" ".join(pair) for pair in combinations(sorted(words[:MOST_WORDS]), 2)}
    return {*words[:MOST_WORDS], *pairs, *numbers, *tails}


def terms_asked(text: str) -> list[str] | None:
    """The terms that must all be there, the rarest kind first; None when nothing can be found by this text.

    Digits alone are one number, however they are spaced.
    """
    if not re.search(r"[^\d\s]", text):
        text = "".join(text.split())
    words, numbers = _taken_apart(text)
    if not words + numbers or len(words) > MOST_WORDS:
        return None
    pairs = [" ".join(sorted(pair)) for pair in pairwise(words)]
    return numbers + (pairs or words)


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
