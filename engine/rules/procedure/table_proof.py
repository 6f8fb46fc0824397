"""The proof that a decision table has one answer for every dossier: no gap, no overlap, no rule without use.

The cells of one input cut its values into regions within which no cell tells two values apart. The proof walks through
the combinations of regions, input by input, and keeps the set of rules that still hold. Combinations that leave the
same rules at the same input continue alike, so each is followed once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from engine.errors import Refusal
from engine.rules.procedure.table_cells import Accepted
from engine.rules.procedure.table_inputs import Input

MOST_STEPS: Final = 20_000
"""Of the walk. A table of eight inputs and forty rules needs some hundreds."""

Value = int | str | None
"""A value of an input, as ``table_inputs`` counts it; None is a text that no cell names."""
Example = tuple[Value, ...]
"""One value of each input."""


class TableTooLarge(Refusal):
    """A decision table has too many combinations to prove anything of it."""

    code = "table-too-large"
    vi = "Bảng có quá nhiều trường hợp để chứng minh; hãy tách thành các bảng nhỏ hơn."
    en = "The table has too many cases to prove; split it into smaller ones."


@dataclass
class Proof:
    """What is wrong with a table. ``gap`` is a case without a rule, ``overlaps`` the cases of two rules by their
    positions, ``used`` the positions of the rules that decide some case when the first that holds does."""

    gap: Example | None = None
    overlaps: dict[tuple[int, int], Example] = field(default_factory=dict)
    used: set[int] = field(default_factory=set)


def prove(inputs: Sequence[Input], rules: Sequence[Sequence[Accepted | None]]) -> Proof:
    """The proof of a table: ``rules`` hold what each accepts of each input (None: everything). Raises TableTooLarge."""
    columns = [_regions(input_, [rule[index] for rule in rules]) for index, input_ in enumerate(inputs)]
    proof = Proof()
    for example, holding in _walk(columns, (1 << len(rules)) - 1):
        found = [index for index in range(len(rules)) if holding >> index & 1]
        if not found:
            proof.gap = proof.gap or example
            continue
        proof.used.add(found[0])
        for index in found[1:]:
            proof.overlaps.setdefault((found[0], index), example)
    return proof


_Region = tuple[Value, int]
"""One value of a region, and the rules that accept it as the bits of a number."""


def _walk(columns: Sequence[Sequence[_Region]], every: int) -> Iterator[tuple[Example, int]]:
    """Each set of rules that holds for some case, as bits, with that case."""
    waiting: list[tuple[Example, int]] = [((), every)]
    seen: set[tuple[int, int]] = set()
    while waiting:
        example, holding = waiting.pop()
        if len(example) == len(columns):
            yield example, holding
            continue
        for value, accepting in reversed(columns[len(example)]):
            left = len(example) + 1, holding & accepting
            if left not in seen:
                seen.add(left)
                waiting.append(((*example, value), left[1]))
        if len(seen) > MOST_STEPS:
            raise TableTooLarge


def _regions(input_: Input, cells: Sequence[Accepted | None]) -> list[_Region]:
    values = _values(input_, [cell for cell in cells if cell is not None])
    regions: dict[int, Value] = {}
    for value in values:
        accepting = sum(1 << index for index, cell in enumerate(cells) if cell is None or cell.takes(value))
        regions.setdefault(accepting, value)
    return [(value, accepting) for accepting, value in regions.items()]


def _values(input_: Input, cells: Sequence[Accepted]) -> list[Value]:
    """At least one value of every region."""
    if input_.kind == "string":
        named = frozenset[str]().union(*(cell.names for cell in cells))
        if input_.names is not None:
            return sorted(input_.names, key=lambda name: (name == "", name))
        return [*sorted(named), None]
    edges: set[int] = {edge for cell in cells for low, high in cell.spans for edge in (low - 1, low, high, high + 1)}
    inside: set[int] = {edge for edge in edges if any(low <= edge <= high for low, high in input_.spans)}
    ends: set[int] = {end for span in input_.spans for end in span}
    return [*sorted(inside - ends, key=abs), *sorted(ends, key=abs)]
