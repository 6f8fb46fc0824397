"""The inputs of decision tables: the kind of each, and the values that it can have.

A table is proven to have no gap and no overlap by looking at every combination of values that its cells tell apart.
That proof holds only where each input can have its values independently of the others. So an input is a fact, a
function of a date, a size, a sum of facts, or a condition; and no two inputs of a table read the same fact.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from engine.rules.procedure.condition_numbers import Typed
from engine.rules.procedure.condition_types import Checker, Function
from engine.rules.procedure.definition import Field
from engine.rules.procedure.expressions import BadCondition, Binary, Call, Choice, Literal, Name, Node, Unary, parse
from engine.rules.procedure.facts import BUILT_IN, FILED_ON, INT_LIMIT, FactType
from engine.rules.procedure.field_relations import TODAY

Span = tuple[int, int]
"""Whole numbers from the first to the last, both included. A number is counted in its last decimal place, a date is its
ordinal (0: not given), and yes is 1."""

NOT_GIVEN: Final = 0
LAST_DAY: Final = dt.date.max.toordinal()
_COUNTED: Final = ("dossier.supplements", "fees.total", "fees.due", "children.count", "verifications.open")


@dataclass(frozen=True)
class Input:
    """An input of a table. ``spans`` are the values of a number, a date or a condition; ``names`` those of a text
    (None: any text). ``facts`` are the names of the facts that it reads."""

    source: str
    kind: str
    places: int
    spans: tuple[Span, ...]
    names: frozenset[str] | None
    facts: tuple[str, ...]
    plain: bool

    @property
    def code(self) -> str:
        """The expression, ready to stand beside an operator."""
        return self.source if self.plain else f"({self.source})"


def read_input(
    source: str, declared: Mapping[str, FactType], fields: Mapping[str, Field], functions: Mapping[str, Function]
) -> Input:
    """The input with the text ``source``. Raises BadCondition, UnknownName, WrongType, each with its column."""
    tree = parse(source)
    checker = Checker(declared, functions)
    typed = checker.check(tree)
    if typed.kind not in ("bool", "int", "string", "date"):
        raise BadCondition(
            tree.column,
            "cột của bảng phải là một số, một ngày, một chữ, hoặc đúng/sai",
            "an input of a table is a number, a date, a text, or yes or no",
        )
    if typed.kind == "int":
        _must_be_sum(tree)
    facts = tuple(name for name in checker.read if name != FILED_ON or isinstance(tree, Name))
    spans = _spans(tree, typed, fields)
    names = frozenset(_names(tree, typed, fields)) if typed.choices else None
    return Input(source, typed.kind, typed.places, spans, names, facts, isinstance(tree, (Name, Call)))


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The spans in order, those that touch made one; a span that ends before it begins is left out.

    >>> merged(((5, 9), (0, 0), (1, 4)))
    ((0, 9),)
    """
    found: list[Span] = []
    for low, high in sorted(span for span in spans if span[0] <= span[1]):
        if found and low <= found[-1][1] + 1:
            found[-1] = found[-1][0], max(high, found[-1][1])
        else:
            found.append((low, high))
    return tuple(found)


def _must_be_sum(tree: Node) -> None:
    """Refuses numbers whose possible values have holes, so that no gap is reported at a number that cannot be."""
    for node in _nodes(tree):
        if isinstance(node, (Choice, Literal)) or (isinstance(node, Binary) and node.operator == "*"):
            raise BadCondition(
                node.column,
                "cột kiểu số là một dữ kiện, age(…), days_since(…), size(…), hoặc tổng, hiệu của chúng",
                "a number as an input is a fact, age(…), days_since(…), size(…), or sums and differences of these",
            )


def _nodes(node: Node) -> Iterator[Node]:
    yield node
    if isinstance(node, Binary):
        yield from _nodes(node.left)
        yield from _nodes(node.right)
    elif isinstance(node, Unary):
        yield from _nodes(node.operand)


def _names(tree: Node, typed: Typed, fields: Mapping[str, Field]) -> tuple[str, ...]:
    """The texts that a choice can be; one that need not be given can also be empty."""
    given = not isinstance(tree, Name) or tree.path in BUILT_IN or _always_given(fields.get(tree.path))
    return typed.choices if given else ("", *typed.choices)


def _always_given(field: Field | None) -> bool:
    return field is not None and field.required and field.when is None


def _spans(tree: Node, typed: Typed, fields: Mapping[str, Field]) -> tuple[Span, ...]:
    if typed.kind == "bool":
        return ((0, 1),)
    field = fields.get(tree.path) if isinstance(tree, Name) else None
    absent = () if _always_given(field) else ((NOT_GIVEN, NOT_GIVEN),)
    if typed.kind == "date":
        return merged((*absent, (1, LAST_DAY)))
    if isinstance(tree, Name) and tree.path in _COUNTED:
        return ((0, INT_LIMIT),)
    if field is not None:
        last = 10**typed.places
        low = -INT_LIMIT if field.minimum is None else field.minimum * last
        high = INT_LIMIT if field.maximum is None else field.maximum * last
        return merged((*absent, (low, high)))
    return (_of_function(tree, fields) or (typed.low, typed.high),)


def _of_function(tree: Node, fields: Mapping[str, Field]) -> Span | None:
    """The numbers that a function of a date in the past, or a size, can give."""
    if not isinstance(tree, Call):
        return None
    if tree.function == "size":
        return 0, INT_LIMIT
    field = fields.get(tree.argument.path) if isinstance(tree.argument, Name) else None
    past = field is not None and TODAY in (field.not_after or ())
    return (0, INT_LIMIT) if past else None
