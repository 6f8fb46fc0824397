"""What the checker of conditions knows of a node, and how numbers with decimal places meet in one sum or comparison.

Numbers are exact: each is a whole number of its last decimal place, and before two of them meet, the one with fewer
places is multiplied by a power of ten.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from engine.rules.procedure.expressions import BadCondition, Binary, Choice, Literal, Node, Unary, whole_only
from engine.rules.procedure.facts import INT_LIMIT
from engine.rules.values.decimals import MOST_PLACES, in_normal_form, scaled

INT64 = 2**63 - 1


@dataclass(frozen=True)
class Typed:
    """The checker's result for a node: its type (``kind``), its CEL ``code``, and its possible values.

    A number lies between ``low`` and ``high``; all three are counted in the last of its ``places`` decimal places.
    ``choices`` are the only texts of a fact with choices. ``literal`` is the value of a quoted text. ``precedence`` is
    that of the outermost operator in ``code``.
    """

    kind: str
    code: str
    low: int = 0
    high: int = 0
    choices: tuple[str, ...] = ()
    literal: str | None = None
    precedence: int = 9
    places: int = 0


def decimal_literal(column: int, value: Decimal) -> Typed:
    """The result for a number with decimal places. Raises BadCondition."""
    told = in_normal_form(value)
    places = len(told.partition(".")[2])
    if places > MOST_PLACES:
        raise BadCondition(
            column, f"nhiều nhất {MOST_PLACES} chữ số lẻ", f"at most {MOST_PLACES} decimal places are allowed"
        )
    last = scaled(told, places)
    if last > INT_LIMIT:
        raise BadCondition(column, f"số lớn quá {INT_LIMIT}", f"the number is larger than {INT_LIMIT}")
    return Typed("int", str(last), last, last, places=places)


def aligned(node: Binary | Choice, left: Typed, right: Typed) -> tuple[Typed, Typed]:
    """Both numbers counted in the same decimal place. A literal has no more places than what it stands beside."""
    if left.places == right.places:
        return left, right
    sides = (node.left, node.right) if isinstance(node, Binary) else (node.yes, node.no)
    for side, typed, other in ((sides[0], left, right), (sides[1], right, left)):
        if isinstance(side, Literal) and typed.places > other.places:
            if not other.places:
                raise whole_only(side.column, number_told(side))
            raise BadCondition(
                side.column,
                f"nhiều nhất {other.places} chữ số lẻ ở đây, không dùng {number_told(side)}",
                f"at most {other.places} decimal places are allowed here, not {number_told(side)}",
            )
    places = max(left.places, right.places)
    return _widened(node, left, places), _widened(node, right, places)


def too_large(node: Binary | Choice) -> BadCondition:
    """The refusal of a sum that might exceed 64 bits."""
    sign, column = (node.operator, node.at + 1) if isinstance(node, Binary) else ("?", node.column)
    return BadCondition(
        column,
        f'kết quả của "{sign}" có thể vượt quá 64 bit',
        f'the result of "{sign}" could be too large for 64 bits',
    )


def number_told(node: Node) -> str:
    """The number as its author wrote it, without the sign."""
    while isinstance(node, Unary):
        node = node.operand
    return str(node.value) if isinstance(node, Literal) else ""


def wrapped(typed: Typed, precedence: int) -> str:
    """The code of a node where an operator of ``precedence`` stands around it."""
    return typed.code if typed.precedence >= precedence else f"({typed.code})"


def _widened(node: Binary | Choice, typed: Typed, places: int) -> Typed:
    if typed.places == places:
        return typed
    times = 10 ** (places - typed.places)
    low, high = typed.low * times, typed.high * times
    if max(abs(low), abs(high)) > INT64:
        raise too_large(node)
    return Typed("int", f"{wrapped(typed, 5)} * {times}", low, high, precedence=5, places=places)
