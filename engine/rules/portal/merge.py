"""Merges the lists of both sides, each sorted by code: memory stays flat, however long they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from engine.errors import Refusal


class NotSorted(Refusal):
    """A list that must be sorted by the bytes of its codes is not."""

    code = "portal-list-not-sorted"
    status = 502
    vi = "Danh sách của Cổng không theo thứ tự mã (tại “{code}”), nên không so được."
    en = "The portal's list is not sorted by code (at “{code}”), so it cannot be compared."


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A code with our fingerprint (None: missing here) and all of theirs (none: missing there)."""

    code: str
    ours: str | None
    theirs: tuple[str, ...]


def merged(ours: Iterable[tuple[str, str]], theirs: Iterable[tuple[str, str]]) -> Iterator[Pair]:
    """The pairs of two lists of (code, fingerprint). Codes are unique here and may repeat there. Raises NotSorted.

    >>> [(one.code, one.ours, one.theirs) for one in merged([("a", "1"), ("b", "2")], [("b", "2"), ("c", "3")])]
    [('a', '1', ()), ('b', '2', ('2',)), ('c', None, ('3',))]
    """
    left, right = iter(ours), _grouped(theirs)
    here, there = next(left, None), next(right, None)
    while here is not None or there is not None:
        if there is None or (here is not None and here[0].encode() < there[0].encode()):
            assert here is not None  # noqa: S101 - the loop's condition
            yield Pair(code=here[0], ours=here[1], theirs=())
            here = next(left, None)
        elif here is None or there[0].encode() < here[0].encode():
            yield Pair(code=there[0], ours=None, theirs=there[1])
            there = next(right, None)
        else:
            yield Pair(code=here[0], ours=here[1], theirs=there[1])
            here, there = next(left, None), next(right, None)


def _grouped(lines: Iterable[tuple[str, str]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The lines of one code together. Raises NotSorted."""
    code, marks = "", list[str]()
    for next_code, mark in lines:
        if marks and next_code.encode() < code.encode():
            raise NotSorted(code=next_code[:80])
        if marks and next_code != code:
            yield code, tuple(marks)
            marks = []
        code = next_code
        marks.append(mark)
    if marks:
        yield code, tuple(marks)
