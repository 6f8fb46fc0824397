"""The type checker of conditions: finds the type of every node, the facts that it reads, and its translation into CEL.

It refuses unknown names, values that cannot be compared, choices that do not exist, and sums that could exceed 64 bits.
The CEL is generated from the checked tree, so nothing unchecked reaches the CEL engine. There the facts are named f0,
f1, …, so that no fact can collide with a keyword of CEL.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

from engine.errors import Refusal
from engine.rules.procedure.condition_numbers import (
    INT64,
    Typed,
    aligned,
    decimal_literal,
    number_told,
    too_large,
    wrapped,
)
from engine.rules.procedure.expressions import (
    BadCondition,
    Binary,
    Call,
    Choice,
    ConditionRefused,
    Items,
    Literal,
    Name,
    Node,
    Unary,
    UnknownName,
    WrongType,
    whole_only,
)
from engine.rules.procedure.facts import DATE, DAYS_LIMIT, FILED_ON, INT_LIMIT, YEARS_LIMIT, FactType

Function = Callable[[str], Iterable[str]]
"""A function over a literal, such as ``former_district("long-khanh")``. It is called once, when the condition is
compiled, and returns texts. For an unknown literal it raises a Refusal (whose sentence is shown) or LookupError."""

_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DATE_FUNCTIONS = {"days_since": DAYS_LIMIT, "age": YEARS_LIMIT}
"""The functions of a date field and the day of filing, with the greatest number that each gives."""
_TEXT_METHODS = ("startsWith", "endsWith", "contains")
_PRECEDENCE = {"||": 1, "&&": 2, "+": 4, "-": 4, "*": 5}
_KIND_WORDS = {
    "bool": ("đúng/sai", "yes or no"),
    "int": ("số", "a number"),
    "string": ("chữ", "text"),
    "date": ("ngày", "a date"),
    "list": ("danh sách", "a list"),
    "list of numbers": ("danh sách số", "a list of numbers"),
}


def kind_in_words(kind: str) -> tuple[str, str]:
    """The name of a type in Vietnamese and in English."""
    return _KIND_WORDS[kind]


class Checker:
    """Checks trees against the facts ``declared``. ``read`` are the facts found so far, in the order of f0, f1, …

    ``dates`` are the functions of dates (``days_since``, ``age``) with their fields, in the order of d0, d1, …
    ``sizes`` are the texts whose size is asked, in the order of s0, s1, …
    """

    def __init__(self, declared: Mapping[str, FactType], functions: Mapping[str, Function]) -> None:
        self._declared = declared
        self._functions = functions
        self.read: dict[str, FactType] = {}
        self.dates: list[tuple[str, str]] = []
        self.sizes: list[str] = []
        self._checked: dict[int, Typed] = {}

    def check(self, node: Node) -> Typed:
        """The result for ``node``, cached by node. Raises BadCondition, UnknownName, WrongType."""
        if id(node) not in self._checked:
            self._checked[id(node)] = self._check(node)
        return self._checked[id(node)]

    def _check(self, node: Node) -> Typed:
        if isinstance(node, Literal):
            return _literal(node)
        if isinstance(node, Name):
            return self._name(node)
        if isinstance(node, Items):
            return self._items(node)
        if isinstance(node, Unary):
            return self._unary(node)
        if isinstance(node, Binary):
            return self._binary(node)
        if isinstance(node, Choice):
            return self._choice(node)
        if isinstance(node, Call):
            return self._call(node)
        raise TypeError(node)

    def _name(self, node: Name) -> Typed:
        type_ = self._declared.get(node.path)
        if type_ is None:
            raise _unknown_fact(node, self._declared)
        self.read.setdefault(node.path, type_)
        code = f"f{list(self.read).index(node.path)}"
        kind = "int" if type_.kind == "decimal" else type_.kind
        return Typed(kind, code, -INT_LIMIT, INT_LIMIT, type_.choices, places=type_.places)

    def _items(self, node: Items) -> Typed:
        if not node.items:
            raise BadCondition(node.column, "danh sách trống không chứa gì cả", "an empty list holds nothing")
        checked = [self.check(item) for item in node.items]
        for item, typed in zip(node.items, checked, strict=True):
            if typed.places:
                raise whole_only(item.column, number_told(item))
            if not isinstance(item, (Literal, Unary)) or typed.kind not in ("string", "int"):
                raise BadCondition(
                    item.column,
                    "danh sách chỉ chứa chữ trong ngoặc kép hoặc số",
                    "a list may hold quoted texts or numbers only",
                )
            if typed.kind != checked[0].kind:
                raise WrongType(item.column, "danh sách trộn chữ với số", "the list mixes texts and numbers")
        kind = "list" if checked[0].kind == "string" else "list of numbers"
        return Typed(kind, "[" + ", ".join(typed.code for typed in checked) + "]")

    def _unary(self, node: Unary) -> Typed:
        operand = self.check(node.operand)
        wanted = "bool" if node.operator == "!" else "int"
        self._want(node.operand, operand, wanted)
        code = node.operator + wrapped(operand, 8)
        return Typed(wanted, code, -operand.high, -operand.low, precedence=7, places=operand.places)

    def _binary(self, node: Binary) -> Typed:
        left, right = self.check(node.left), self.check(node.right)
        if node.operator in ("&&", "||"):
            self._want(node.left, left, "bool")
            self._want(node.right, right, "bool")
            return _joined("bool", node, left, right)
        if node.operator in ("+", "-", "*"):
            return self._sum(node, left, right)
        if node.operator == "in":
            self._check_in(node, left, right)
        else:
            self._check_comparison(node, left, right)
            left, right = aligned(node, left, right)
        return Typed("bool", f"{wrapped(left, 4)} {node.operator} {wrapped(right, 4)}", precedence=3)

    def _sum(self, node: Binary, left: Typed, right: Typed) -> Typed:
        self._want(node.left, left, "int")
        self._want(node.right, right, "int")
        if node.operator != "*":
            left, right = aligned(node, left, right)
        if node.operator == "*":
            ends = [a * b for a in (left.low, left.high) for b in (right.low, right.high)]
        elif node.operator == "+":
            ends = [left.low + right.low, left.high + right.high]
        else:
            ends = [left.low - right.high, left.high - right.low]
        if max(map(abs, ends)) > INT64:
            raise too_large(node)
        joined = _joined("int", node, left, right, min(ends), max(ends))
        return replace(joined, places=left.places + right.places if node.operator == "*" else left.places)

    def _check_in(self, node: Binary, left: Typed, right: Typed) -> None:
        if right.kind not in ("list", "list of numbers"):
            raise WrongType(
                node.right.column,
                'bên phải "in" phải là danh sách, như ["a", "b"]',
                'the right side of "in" must be a list, such as ["a", "b"]',
            )
        self._want(node.left, left, "string" if right.kind == "list" else "int")
        if left.places:
            raise WrongType(
                node.left.column,
                "số có phần lẻ không dùng được với in; hãy so sánh từng số bằng ==",
                'a number with decimal places does not work with "in"; compare each one with ==',
            )
        if isinstance(node.right, Items):
            for item in node.right.items:
                _check_choice(left, item)

    def _check_comparison(self, node: Binary, left: Typed, right: Typed) -> None:
        kinds = {left.kind, right.kind}
        if kinds == {"date", "string"}:
            for side, typed in ((node.left, left), (node.right, right)):
                if typed.kind == "string":
                    _check_date(side, typed)
            return
        if len(kinds) > 1:
            (left_vi, left_en), (right_vi, right_en) = kind_in_words(left.kind), kind_in_words(right.kind)
            raise WrongType(
                node.at + 1, f"không so sánh được {left_vi} với {right_vi}", f"cannot compare {left_en} with {right_en}"
            )
        wanted = ("bool", "int", "string", "date") if node.operator in ("==", "!=") else ("int", "date")
        if left.kind not in wanted:
            vi, en = kind_in_words(left.kind)
            sign = f'"{node.operator}"'
            raise WrongType(node.at + 1, f"không dùng {sign} với {vi}", f"{sign} does not work on {en}")
        _check_choice(left, node.right)
        _check_choice(right, node.left)

    def _choice(self, node: Choice) -> Typed:
        condition, yes, no = self.check(node.condition), self.check(node.yes), self.check(node.no)
        self._want(node.condition, condition, "bool")
        self._want(node.no, no, yes.kind)
        yes, no = aligned(node, yes, no)
        code = f"{wrapped(condition, 1)} ? {wrapped(yes, 1)} : {wrapped(no, 1)}"
        return Typed(yes.kind, code, min(yes.low, no.low), max(yes.high, no.high), precedence=0, places=yes.places)

    def _call(self, node: Call) -> Typed:
        measured = node.target or node.argument
        if node.function == "size" and measured and not (node.target and node.argument):
            return self._size(measured)
        if node.target is not None:
            return self._text_method(node, node.target)
        return self._function(node)

    def _size(self, node: Node) -> Typed:
        operand = self.check(node)
        if operand.kind not in ("string", "list"):
            vi, en = kind_in_words(operand.kind)
            raise WrongType(node.column, f"không đo được độ dài của {vi}", f"cannot take the size of {en}")
        code = f"size({operand.code})" if operand.kind == "list" else self._size_of_text(node)
        return Typed("int", code, 0, INT_LIMIT, precedence=0 if isinstance(node, Choice) else 9)

    def _size_of_text(self, node: Node) -> str:
        """The size in characters, as CEL defines it: the engine counts the bytes of a text, so it is not asked."""
        if isinstance(node, Choice):
            condition = wrapped(self.check(node.condition), 1)
            yes, no = (self._size_of_text(one) for one in (node.yes, node.no))
            return f"{condition} ? ({yes}) : ({no})"
        if isinstance(node, Literal):
            return str(len(str(node.value)))
        if not isinstance(node, Name):
            raise TypeError(node)
        if node.path not in self.sizes:
            self.sizes.append(node.path)
        return f"s{self.sizes.index(node.path)}"

    def _text_method(self, node: Call, target: Node) -> Typed:
        if node.function not in _TEXT_METHODS:
            raise _unknown(node.at + 1, node.function, (*_TEXT_METHODS, "size"), "hàm", "function")
        text = self.check(target)
        self._want(target, text, "string")
        if node.argument is None:
            raise BadCondition(node.at + 1, f"{node.function}(…) cần một chữ", f"{node.function}(…) needs a text")
        argument = self.check(node.argument)
        self._want(node.argument, argument, "string")
        return Typed("bool", f"{wrapped(text, 8)}.{node.function}({argument.code})")

    def _since_a_date(self, node: Call) -> Typed:
        name = node.argument
        if not isinstance(name, Name) or self.check(name).kind != "date":
            raise WrongType(
                (name or node).column,
                f"{node.function}(…) cần một trường kiểu ngày",
                f"{node.function}(…) needs a field of type date",
            )
        self.read.setdefault(FILED_ON, DATE)
        if (node.function, name.path) not in self.dates:
            self.dates.append((node.function, name.path))
        most = _DATE_FUNCTIONS[node.function]
        return Typed("int", f"d{self.dates.index((node.function, name.path))}", -most, most)

    def _function(self, node: Call) -> Typed:
        if node.function in _DATE_FUNCTIONS:
            return self._since_a_date(node)
        function = self._functions.get(node.function)
        if function is None:
            raise _unknown(node.at + 1, node.function, (*self._functions, *_DATE_FUNCTIONS, "size"), "hàm", "function")
        argument = node.argument
        if not isinstance(argument, Literal) or not isinstance(argument.value, str):
            raise BadCondition(
                node.at + 1,
                f"{node.function}(…) cần đúng một chữ trong ngoặc kép",
                f"{node.function}(…) needs exactly one quoted text",
            )
        try:
            items = list(function(argument.value))
        except Refusal as refusal:
            vi, en = refusal.sentence("vi"), refusal.sentence("en")
            raise UnknownName(argument.column, vi, en, available=()) from refusal
        except LookupError as error:
            name = f'"{argument.value}"'
            vi, en = f"{node.function} không biết {name}", f"{node.function} does not know {name}"
            raise UnknownName(argument.column, vi, en, available=()) from error
        return Typed("list", "[" + ", ".join(_quoted(item) for item in items) + "]")

    def _want(self, node: Node, typed: Typed, wanted: str) -> None:
        if typed.kind != wanted:
            (vi, en), (found_vi, found_en) = kind_in_words(wanted), kind_in_words(typed.kind)
            raise WrongType(
                node.column, f"ở đây cần {vi}, không phải {found_vi}", f"expected {en} here, not {found_en}"
            )


def _literal(node: Literal) -> Typed:
    if isinstance(node.value, bool):
        return Typed("bool", "true" if node.value else "false")
    if isinstance(node.value, int):
        if node.value > INT_LIMIT:
            raise BadCondition(node.column, f"số lớn quá {INT_LIMIT}", f"the number is larger than {INT_LIMIT}")
        return Typed("int", str(node.value), node.value, node.value)
    if isinstance(node.value, Decimal):
        return decimal_literal(node.column, node.value)
    return Typed("string", _quoted(node.value), literal=node.value)


def _joined(kind: str, node: Binary, left: Typed, right: Typed, low: int = 0, high: int = 0) -> Typed:
    precedence = _PRECEDENCE[node.operator]
    code = f"{wrapped(left, precedence)} {node.operator} {wrapped(right, precedence + 1)}"
    return Typed(kind, code, low, high, precedence=precedence)


def _quoted(value: str) -> str:
    quote = "'" if '"' in value else '"'
    if quote in value or "\\" in value or not value.isprintable():
        raise ValueError(f"a function gave a text that cannot be written in a condition: {value!r}")
    return quote + value + quote


def _check_choice(typed: Typed, literal: Node) -> None:
    """Refuses a literal that is not among the choices of ``typed``."""
    if typed.choices and isinstance(literal, Literal) and literal.value not in ("", *typed.choices):
        raise _unknown(literal.column, str(literal.value), typed.choices, "lựa chọn", "choice")


def _check_date(node: Node, typed: Typed) -> None:
    try:
        if typed.literal is None or (typed.literal and not _ISO_DATE.fullmatch(typed.literal)):
            raise ValueError
        if typed.literal:
            dt.date.fromisoformat(typed.literal)
    except ValueError:
        raise WrongType(
            node.column,
            'ngày phải viết như "2025-07-01", hoặc "" khi chưa khai',
            'a date is written "2025-07-01", or "" for one not given',
        ) from None


def _unknown_fact(node: Name, declared: Mapping[str, FactType]) -> ConditionRefused:
    """The refusal that names the unknown part of the path, or says that the path is too short or too long."""
    for length in range(len(node.parts), 0, -1):
        prefix = ".".join(node.parts[:length])
        below = sorted({name[len(prefix) + 1 :].split(".")[0] for name in declared if name.startswith(prefix + ".")})
        if below and length == len(node.parts):
            words = ", ".join(f"{prefix}.{name}" for name in below)
            return BadCondition(
                node.column,
                f'"{prefix}" gồm nhiều dữ kiện; hãy ghi rõ một trong: {words}',
                f'"{prefix}" holds several facts; name one of: {words}',
            )
        if below or prefix in declared:
            column = node.starts[length] + 1
            return _unknown(column, node.parts[length], below, "thuộc tính", "property", owner=prefix)
    return _unknown(node.starts[0] + 1, node.parts[0], sorted({name.split(".")[0] for name in declared}), "tên", "name")


def _unknown(
    column: int, name: str, available: Iterable[str], what_vi: str, what_en: str, owner: str | None = None
) -> UnknownName:
    known = tuple(available)
    close = difflib.get_close_matches(name, known, 1)
    vi = f'"{owner}" không có {what_vi} "{name}".' if owner else f'Không có {what_vi} "{name}".'
    en = f'"{owner}" has no {what_en} "{name}".' if owner else f'There is no {what_en} "{name}".'
    if close:
        vi, en = f'{vi} Ý bạn là "{close[0]}"?', f'{en} Did you mean "{close[0]}"?'
    if known:
        words = ", ".join(known)
        vi, en = f"{vi} Có thể dùng: {words}", f"{en} Available: {words}"
    return UnknownName(column, vi, en, name=name, available=known, suggestion=close[0] if close else None)
