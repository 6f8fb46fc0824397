"""Conditions of workflow files: compiled when a release is loaded, then evaluated by CEL over the facts of a dossier.

A condition is compiled against the declared facts. Compiling refuses unknown names, values that cannot be compared,
choices that do not exist, and sums that could exceed 64 bits (``expressions``, ``condition_types``). A compiled
condition therefore gives True or False on any facts of the declared types and never fails.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.rules.procedure.cel_engine import cel
from engine.rules.procedure.condition_types import Checker, Function, kind_in_words
from engine.rules.procedure.expressions import (
    BadCondition,
    ConditionRefused,
    Name,
    Node,
    UnknownName,
    WrongType,
    conjuncts,
    parse,
)
from engine.rules.procedure.facts import (
    FILED_ON,
    FactOfWrongType,
    FactType,
    age_on,
    days_between,
    declared_facts,
    default_facts,
    fact,
)

__all__ = [
    "BadCondition",
    "Condition",
    "ConditionRefused",
    "FactOfWrongType",
    "FactType",
    "Function",
    "Part",
    "UnknownName",
    "WrongType",
    "compile_condition",
    "declared_facts",
    "default_facts",
]

_COUNTED = {"days_since": days_between, "age": age_on}
_CHILDREN = ("left", "right", "operand", "condition", "yes", "no", "target", "argument")


@dataclass(frozen=True)
class Part:
    """One conjunct of a condition: its text in the source, the facts that it reads, and its program."""

    source: str
    names: tuple[str, ...]
    program: cel.Program


class Condition:
    """A compiled condition. Calling it with nested facts gives True or False.

    An absent fact counts as its default. The only refusal is FactOfWrongType, for a fact that is not of its declared
    type. Threads may share a condition.
    """

    def __init__(self, source: str, read: Checker, program: cel.Program, parts: tuple[Part, ...]) -> None:
        self.source = source
        self.names = tuple(read.read)
        self.parts = parts
        self._types = tuple((f"f{index}", name, type_) for index, (name, type_) in enumerate(read.read.items()))
        variables = {name: variable for variable, name, _ in self._types}
        self._dates = tuple(
            (f"d{index}", _COUNTED[function], variables[name]) for index, (function, name) in enumerate(read.dates)
        )
        self._sizes = tuple((f"s{index}", variables[name]) for index, name in enumerate(read.sizes))
        self._filed_on = variables.get(FILED_ON, "")
        self._program = program

    def __call__(self, facts: Mapping[str, Any]) -> bool:
        return self._program.execute(self._context(facts)) is True

    def failing(self, facts: Mapping[str, Any]) -> tuple[Part, ...]:
        """The parts that do not hold; empty when the condition holds. Raises FactOfWrongType."""
        context = self._context(facts)
        return tuple(part for part in self.parts if part.program.execute(context) is not True)

    def _context(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        known: dict[str, Any] = {
            variable: type_.compared(fact(facts, name, type_)) for variable, name, type_ in self._types
        }
        if self._dates:
            filed_on = known[self._filed_on]
            known |= {variable: counted(known[date], filed_on) for variable, counted, date in self._dates}
        known |= {variable: len(known[text]) for variable, text in self._sizes}
        return known

    def __repr__(self) -> str:
        return f"Condition({self.source!r})"


def compile_condition(
    source: str, declared: Mapping[str, FactType], functions: Mapping[str, Function] | None = None
) -> Condition:
    """The condition with the text ``source`` over the facts ``declared``, by dotted name.

    Raises BadCondition, UnknownName or WrongType; each has ``column``, counted from 1 within ``source``.

    >>> large = compile_condition("land.area > 500", {"land.area": FactType("int")})
    >>> large({"land": {"area": 620}}), large({})
    (True, False)
    """
    tree = parse(source)
    checker = Checker(declared, functions or {})
    whole = checker.check(tree)
    if whole.kind != "bool":
        vi, en = kind_in_words(whole.kind)
        raise WrongType(
            tree.column,
            f"điều kiện phải trả lời đúng hay sai, nhưng đây là {vi}",
            f"a condition must answer yes or no, but this is {en}",
        )
    parts = []
    for node in conjuncts(tree):
        code = checker.check(node).code
        parts.append(Part(source[node.start : node.end], _names_in(node), cel.compile(code)))
    condition = Condition(source, checker, cel.compile(whole.code), tuple(parts))
    condition({})  # resolves every name once, so that a defect of this program shows when a release is loaded
    return condition


def _names_in(node: Node) -> tuple[str, ...]:
    if isinstance(node, Name):
        return (node.path,)
    children = [getattr(node, key, None) for key in _CHILDREN]
    names = [name for child in children if isinstance(child, Node) for name in _names_in(child)]
    return tuple(dict.fromkeys(names))
