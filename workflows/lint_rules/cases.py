"""The cases of a dossier that conditions tell apart, so that a rule can say "in no case" or "in this case".

For each fact that the conditions read there is a value of every region that they cut its values into. Facts are taken
to be independent of each other, so some cases cannot happen: what holds in none of these cases never holds. Where a
condition does more than comparing a fact with given values, or there are too many cases, nothing is said.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import product
from math import prod
from typing import Any

from engine.rules.procedure.areas import AREA, area_of
from engine.rules.procedure.conditions import Condition, ConditionRefused
from engine.rules.procedure.expressions import Binary, Call, Choice, Items, Literal, Name, Node, Unary, parse
from engine.rules.procedure.facts import FILED_ON, FactType, nested
from engine.rules.procedure.table_inputs import read_input
from engine.rules.values.decimals import in_normal_form, scaled
from workflows.lint_rules.subject import Subject

MOST_CASES = 2_000  # of one question; shipped procedures need under 200
_FILED = dt.date(2027, 7, 1)  # any day: functions of dates see only how far apart two days are
_OTHER = "…"  # a text that no condition names
_DAY = dt.timedelta(days=1)


class Unclear(Exception):
    """A condition does more than comparing facts with given values."""


@dataclass
class _Told:
    """What the conditions compare one fact with: texts, numbers, dates (as days before the day of filing, or years)."""

    texts: set[str] = field(default_factory=set)
    lists: list[frozenset[str]] = field(default_factory=list)
    numbers: set[Decimal] = field(default_factory=set)
    days: set[int] = field(default_factory=set)
    years: set[int] = field(default_factory=set)


def cases(subject: Subject, sources: Sequence[str]) -> list[dict[str, Any]] | None:
    """Every case that the conditions ``sources`` tell apart, as values by fact; None where that cannot be said."""
    if subject.declared is None:
        return None
    told: dict[str, _Told] = defaultdict(_Told)
    try:
        for source in sources:
            if isinstance(subject.condition(source), ConditionRefused):
                return None
            _listen(parse(source), subject, told)
        values = [_values(subject, name, subject.declared[name], heard) for name, heard in told.items()]
    except Unclear:
        return None
    if prod(map(len, values)) > MOST_CASES:
        return None
    return [dict(zip(told, one, strict=True)) for one in product(*values)]


def compiled(subject: Subject, sources: Iterable[str]) -> list[Condition]:
    """The conditions, those left out that do not compile, which is another rule's finding."""
    found = (subject.condition(source) for source in sources)
    return [one for one in found if isinstance(one, Condition)]


def holds(condition: Condition, case: Mapping[str, Any]) -> bool:
    """Whether the condition holds in a case, filed on one fixed day."""
    return condition(nested({FILED_ON: _FILED.isoformat(), **case}))


def _listen(node: Node, subject: Subject, told: dict[str, _Told]) -> None:
    """Notes what each fact of a condition is compared with. Raises Unclear."""
    if isinstance(node, Name):
        told[node.path]
    elif isinstance(node, Unary) and node.operator == "!":
        _listen(node.operand, subject, told)
    elif isinstance(node, Choice):
        for one in (node.condition, node.yes, node.no):
            _listen(one, subject, told)
    elif isinstance(node, Binary) and node.operator in ("&&", "||"):
        _listen(node.left, subject, told)
        _listen(node.right, subject, told)
    elif isinstance(node, Binary) and node.operator == "in":
        _membership(node, subject, told)
    elif isinstance(node, Binary) and node.operator in ("==", "!=", "<", "<=", ">", ">="):
        _comparison(node, told)
    elif not isinstance(node, Literal):
        raise Unclear


def _comparison(node: Binary, told: dict[str, _Told]) -> None:
    side, other = (node.right, node.left) if _constant(node.left) is not None else (node.left, node.right)
    value = _constant(other)
    if value is None:
        raise Unclear
    counted = isinstance(side, Call) and side.function in ("days_since", "age") and isinstance(side.argument, Name)
    if counted and isinstance(side, Call) and isinstance(side.argument, Name) and isinstance(value, Decimal):
        heard = told[side.argument.path]
        (heard.days if side.function == "days_since" else heard.years).add(int(value))
    elif isinstance(side, Name):
        _hear(told[side.path], value)
    else:
        raise Unclear


def _membership(node: Binary, subject: Subject, told: dict[str, _Told]) -> None:
    if isinstance(node.left, Literal) and isinstance(node.right, Name):
        told[node.right.path].texts.add(str(node.left.value))
        return
    if not isinstance(node.left, Name):
        raise Unclear
    heard = told[node.left.path]
    if isinstance(node.right, Items):
        for item in node.right.items:
            value = _constant(item)
            if value is None:
                raise Unclear
            _hear(heard, value)
    elif isinstance(node.right, Call) and isinstance(node.right.argument, Literal):
        function = {"former_district": subject.district, AREA: area_of(subject.release.areas)}[node.right.function]
        heard.lists.append(frozenset(function(str(node.right.argument.value))))
    else:
        raise Unclear


def _hear(heard: _Told, value: str | bool | Decimal) -> None:
    if isinstance(value, str):
        heard.texts.add(value)
    elif isinstance(value, Decimal):
        heard.numbers.add(value)


def _constant(node: Node) -> str | bool | Decimal | None:
    if isinstance(node, Unary) and node.operator == "-":
        value = _constant(node.operand)
        return -value if isinstance(value, Decimal) else None
    if not isinstance(node, Literal):
        return None
    return node.value if isinstance(node.value, (str, bool)) else Decimal(node.value)


def _values(subject: Subject, name: str, type_: FactType, told: _Told) -> list[Any]:
    """At least one value of every region of a fact."""
    if name == "applicant.kind":
        return list(subject.release.applicants)
    if name == "dossier.channel":
        return list(subject.release.open_channels)
    if type_.kind == "bool":
        return [True, False]
    if type_.kind == "list":
        return list(_subsets(sorted(told.texts)))
    if type_.kind == "date":
        return sorted(_dates(told))
    if type_.kind == "string":
        return _texts(subject, name, type_, told)
    return _numbers(subject, name, type_, told)


def _subsets(texts: Sequence[str]) -> Iterator[list[str]]:
    if len(texts) > 8:
        raise Unclear
    for number in range(1 << len(texts)):
        yield [text for index, text in enumerate(texts) if number >> index & 1]


def _texts(subject: Subject, name: str, type_: FactType, told: _Told) -> list[Any]:
    if type_.choices:
        names = read_input(name, subject.declared or {}, subject.release.fields, {}).names
        return sorted(names or type_.choices)
    found: dict[tuple[bool, ...], str] = {}
    for text in ("", _OTHER, *sorted(told.texts), *sorted(frozenset[str]().union(*told.lists))):
        mark = (*(text in one for one in told.lists), *(text == one for one in sorted(told.texts)), text == "")
        found.setdefault(mark, text)
    return list(found.values())


def _numbers(subject: Subject, name: str, type_: FactType, told: _Told) -> list[Any]:
    spans = read_input(name, subject.declared or {}, subject.release.fields, {}).spans
    ends = {end for span in spans for end in span}
    near = {scaled(in_normal_form(one), type_.places) + more for one in told.numbers for more in (-1, 0, 1)}
    inside = sorted({one for one in near | ends if any(low <= one <= high for low, high in spans)}, key=abs)
    if type_.kind == "int":
        return inside
    return [in_normal_form(Decimal(one).scaleb(-type_.places)) for one in inside]


def _dates(told: _Told) -> set[str]:
    near: list[dt.date] = [_FILED, _FILED + _DAY]
    try:
        near += [dt.date.fromisoformat(text) for text in told.texts if text]
        near += [_FILED - dt.timedelta(days=days) for days in told.days]
        near += [_FILED.replace(year=_FILED.year - years - more) for years in told.years for more in (0, 1)]
        return {"", *((day + more).isoformat() for day in near for more in (-_DAY, _DAY * 0, _DAY))}
    except (ValueError, OverflowError):
        raise Unclear from None
