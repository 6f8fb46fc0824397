"""The index terms of the search without accents: which terms a dossier is stored under, and which ones a query needs.

A term is one word of a name, or two or three of its words in alphabetical order. Terms of several words keep the
posting lists short and few: two common words of a name already select one dossier in hundreds, and a name of three
words needs one list. A long name would have too many terms of three words. It has its pairs a second time instead,
marked apart from the pairs of all names. All words of a query must occur, in any order; parts of words are not found.

What people type differs from what the paper shows: telephones and identity numbers in groups, codes in part and with
other dashes, names with and without their apostrophes. The index has one form of each, and a query is read in every
way that it may be meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations, islice, product

from engine.rules.plain_text import APOSTROPHE, plain_text
from engine.rules.values.compact import compact
from engine.rules.values.telephones import telephone_if_one

MOST_WORDS = 48
"""The number of different words of one name that are indexed: more than the 200 characters of a name hold."""

LONG_NAME = 7
"""The number of different words from which a name counts as long, as those of organisations; a person's has 2 to 5."""

_WORD = re.compile(r"[^\W_]+")
_DIGIT = re.compile(r"\d")
_GROUPED = re.compile(r"[+(]*\d[\d.()/+-]*")
_AROUND_DASH = re.compile(r"(?<=\d) ?- ?(?=\d)")
_PASSPORT = re.compile(r"[a-z]{1,2}[ .-]?\d[\d .-]*")
_MOST_READINGS = 8


def terms_of(*parts: str | None) -> set[str]:
    """The terms under which a dossier with the code, name and numbers ``parts`` is found.

    A code is found as a whole and by every part after its first, which is that of all dossiers of the office.

    >>> sorted(terms_of("Lê Văn An"))
    ['an', 'an le', 'an le van', 'an van', 'le', 'le van', 'van']
    """
    words, numbers = dict[str, None](), dict[str, None]()
    split = dict[str, None]()
    for token in plain_text(*parts).split():
        if _DIGIT.search(token):
            numbers |= dict.fromkeys(_numbers_kept(token))
        else:
            words |= dict.fromkeys(_whole_words(token))
            split |= dict.fromkeys(_WORD.findall(token))
    kept = sorted([*words, *(word for word in split if word not in words)][:MOST_WORDS])
    pairs = list(combinations(kept, 2))
    further = map(_in_long, pairs) if len(kept) >= LONG_NAME else map(" ".join, combinations(kept, 3))
    return {*kept, *map(" ".join, pairs), *further, *numbers}


def terms_asked(text: str) -> list[list[str]]:
    """Alternative lists of terms for a query: a dossier matches when it has all terms of one list.

    Within a list the rarest kind of term, a number, comes first. Digits alone are one number, however they are spaced.
    The answer is empty when nothing can be found by this text.

    >>> terms_asked("văn lê an"), terms_asked("0901 234 567"), terms_asked("+84 901.234.567")
    ([['an le van'], ['+ le van', '+ an le']], [['901234567']], [['901234567']])
    """
    plain = _AROUND_DASH.sub("-", plain_text(text))
    words, runs = dict[str, None](), list[list[str]]()
    glued = False
    for token in plain.split():
        if _DIGIT.search(token):
            grouped = bool(_GROUPED.fullmatch(token))
            runs[-1:] = [[*runs[-1], token]] if glued and grouped else [*runs[-1:], [token]]
            glued = grouped
        else:
            glued = False
            words |= dict.fromkeys(_whole_words(token))
    asked = list(words)[:MOST_WORDS]
    alone = plain.replace(" ", "").isdigit()
    readings = islice(product(*(_readings(run, alone) for run in runs)), _MOST_READINGS)
    lists = [[*numbers, *terms] for numbers in _distinct(readings) for terms in _covering(asked)]
    if _PASSPORT.fullmatch(plain) and " " in plain:
        lists.insert(0, [compact(plain).lower()])
    return [terms for terms in lists if terms]


def _whole_words(token: str) -> list[str]:
    """The words of a token without digits: an apostrophe joins its two sides, every other mark parts them."""
    return _WORD.findall(token.replace(APOSTROPHE, ""))


def _numbers_kept(token: str) -> Iterator[str]:
    """The terms of a token with digits: itself, the parts of a code, and the number that its groups make."""
    yield _number(token)
    parts = token.split("-")
    for start in range(len(parts)):
        for end in range(start + 1, len(parts) + 1):
            if end - start > 1 or start:
                yield _number("-".join(parts[start:end]))
    if _GROUPED.fullmatch(token):
        yield _joined(token)


def _readings(run: Sequence[str], alone: bool) -> list[tuple[str, ...]]:
    """What digits that stand beside each other may mean: one number in groups, or a number each.

    They are one number where they are ``alone``, or begin like a telephone.
    """
    apart = tuple(dict.fromkeys(map(_number, run)))
    if not all(map(_GROUPED.fullmatch, run)):
        return [apart]
    joined = (_joined("".join(run)),)
    if len(run) > 1 and (alone or run[0][0] in "+("):
        return [joined]
    return list(dict.fromkeys([joined, apart]))


def _distinct(readings: Iterator[tuple[tuple[str, ...], ...]]) -> list[list[str]]:
    found = dict.fromkeys(tuple(dict.fromkeys(term for run in reading for term in run)) for reading in readings)
    return [list(numbers) for numbers in found]


def _covering(words: Sequence[str]) -> list[list[str]]:
    """The alternative lists of terms that cover all words."""
    if len(words) < 3:
        return [list(map(" ".join, _covered(words, 2)))]
    long = [list(map(_in_long, _covered(words, 2)))]
    return long if len(words) >= LONG_NAME else [list(map(" ".join, _covered(words, 3))), *long]


def _covered(words: Sequence[str], size: int) -> list[list[str]]:
    """All words in the smallest number of groups of ``size`` words (or of all words, when there are fewer), sorted."""
    starts = [*range(0, len(words) - size, size), max(len(words) - size, 0)] if words else []
    return [sorted(words[start : start + size]) for start in starts]


def _in_long(pair: Sequence[str]) -> str:
    return f"+ {' '.join(pair)}"


def _joined(digits: str) -> str:
    return _number(telephone_if_one(compact(digits)))


def _number(text: str) -> str:
    """The number without leading zeros and plus, since 0000123 and 123 are the same."""
    text = text.lstrip("+")
    return text.lstrip("0") or text
