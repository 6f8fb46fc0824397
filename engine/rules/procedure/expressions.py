"""The parser of conditions: it accepts the part of CEL that a workflow author may use, and nothing else.

The grammar is small so that every condition is total: no division, no index, no regular expression, no macro, no
conversion, no floating point, no null. The remaining language cannot fail on facts of the declared types, always
terminates, and can be type-checked before a release is published. Every node has its position in the source, so that an
error can point there.

    condition := or [ "?" or ":" condition ]
    or        := and ("||" and)*
    and       := relation ("&&" relation)*
    relation  := sum [("==" | "!=" | "<" | "<=" | ">" | ">=" | "in") sum]
    sum       := product (("+" | "-") product)*
    product   := unary ("*" unary)*
    unary     := ("!" | "-") unary | postfix
    postfix   := primary ("." method "(" [condition] ")")*
    primary   := literal | name ("." name)* | function "(" [condition] ")" | "[" … "]" | "(" condition ")"
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import ClassVar

from engine.errors import Refusal

MAX_SOURCE = 1000
"""Characters in one condition. The longest in real files has under 200."""
MAX_DEPTH = 20
MAX_NODES = 200

COMPARISONS = ("==", "!=", "<=", ">=", "<", ">", "in")
_FORBIDDEN = {
    "/": (
        "không được chia: số chia có thể bằng 0. Hãy nhân hai vế",
        "division is not allowed: the divisor may be 0. Multiply the other side instead",
    ),
    "%": ("không được lấy số dư", "remainder is not allowed"),
    "{": ("không dùng được bảng {…}", "maps {…} are not allowed"),
    "=": ('so sánh bằng viết là "=="', 'to compare, write "=="'),
    "&": ('"và" viết là "&&"', '"and" is written "&&"'),
    "|": ('"hoặc" viết là "||"', '"or" is written "||"'),
    "\\": ("không dùng được dấu \\", "backslashes are not allowed"),
}
_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n]+)
    |(?P<number>[0-9]+(?P<fraction>\.[0-9]+|[eExXuU][0-9a-fA-F]*)?)
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<string>"[^"\\\x00-\x1f\x7f-\x9f\ud800-\udfff]*"|'[^'\\\x00-\x1f\x7f-\x9f\ud800-\udfff]*')
    |(?P<operator>\|\||&&|==|!=|<=|>=|[-+*!<>?:.,()\[\]])""",
    re.VERBOSE,
)


class ConditionRefused(Refusal):
    """A condition cannot be compiled. ``column`` counts characters from 1 within the condition."""

    code: ClassVar[str] = "bad-condition"
    vi: ClassVar[str] = "{why_vi}"
    en: ClassVar[str] = "{why_en}"

    def __init__(self, column: int, vi: str, en: str, **facts: object) -> None:
        self.column = column
        super().__init__(column=column, why_vi=vi, why_en=en, **facts)


class BadCondition(ConditionRefused):
    """The condition does not follow the grammar, or breaks a limit of the language of conditions."""


class UnknownName(ConditionRefused):
    """The condition names a fact, function or choice that does not exist. ``available`` lists the existing ones."""

    code = "unknown-name"


class WrongType(ConditionRefused):
    """The condition compares or combines values of the wrong types, or its result is not a boolean."""

    code = "wrong-type"


@dataclass(frozen=True)
class Node:
    """A node of the tree; ``start`` and ``end`` are offsets in the source."""

    start: int
    end: int

    @property
    def column(self) -> int:
        return self.start + 1


@dataclass(frozen=True)
class Literal(Node):
    value: bool | int | str


@dataclass(frozen=True)
class Items(Node):
    items: tuple[Node, ...]


@dataclass(frozen=True)
class Name(Node):
    """A dotted path; ``starts`` are the offsets of its parts."""

    parts: tuple[str, ...]
    starts: tuple[int, ...]

    @property
    def path(self) -> str:
        return ".".join(self.parts)


@dataclass(frozen=True)
class Call(Node):
    """``function(argument)``, or ``target.function(argument)``. ``at`` is the offset of the function's name."""

    function: str
    at: int
    target: Node | None
    argument: Node | None


@dataclass(frozen=True)
class Unary(Node):
    operator: str
    operand: Node


@dataclass(frozen=True)
class Binary(Node):
    """``at`` is the offset of the operator."""

    operator: str
    at: int
    left: Node
    right: Node


@dataclass(frozen=True)
class Choice(Node):
    condition: Node
    yes: Node
    no: Node


def parse(source: str) -> Node:
    """The tree of ``source``. Raises BadCondition with the column of the fault.

    >>> parse("fees.settled").path
    'fees.settled'
    """
    if len(source) > MAX_SOURCE:
        raise BadCondition(
            MAX_SOURCE + 1,
            f"điều kiện dài quá {MAX_SOURCE} ký tự",
            f"the condition is longer than {MAX_SOURCE} characters",
        )
    return _Parser(source).parse()


def conjuncts(node: Node) -> list[Node]:
    """The parts that must all hold, from left to right.

    >>> [part.path for part in conjuncts(parse("a && (b && c)"))]
    ['a', 'b', 'c']
    """
    if isinstance(node, Binary) and node.operator == "&&":
        return conjuncts(node.left) + conjuncts(node.right)
    return [node]


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def _tokens(source: str) -> list[_Token]:
    tokens = []
    at = 0
    while at < len(source):
        match = _TOKEN.match(source, at)
        if match is None:
            raise _unreadable(source, at)
        if match["fraction"]:
            raise BadCondition(
                at + 1, f"chỉ dùng số nguyên, không dùng {match[0]}", f"only whole numbers are allowed, not {match[0]}"
            )
        if match["string"] and not match["string"].isprintable():
            raise BadCondition(
                at + 1, "chuỗi chữ có ký tự không in được", "the text holds a sign that cannot be printed"
            )
        kind = match.lastgroup or ""
        if kind != "space":
            tokens.append(_Token(kind, match[0], at))
        at = match.end()
    tokens.append(_Token("end", "", len(source)))
    return tokens


def _unreadable(source: str, at: int) -> BadCondition:
    sign = source[at]
    if sign in "\"'":
        return BadCondition(
            at + 1,
            "chuỗi chữ không có dấu đóng, hoặc có ký tự điều khiển hay dấu \\",
            "the text has no closing quote, or holds a control character or a backslash",
        )
    vi, en = _FORBIDDEN.get(sign, (f"không đọc được ký tự {sign!a}", f"cannot read the character {sign!a}"))
    return BadCondition(at + 1, vi, en)


class _Parser:
    """A recursive descent parser with one method for each rule of the grammar in the module docstring."""

    def __init__(self, source: str) -> None:
        self._tokens = _tokens(source)
        self._at = 0
        self._depth = 0
        if len(self._tokens) > MAX_NODES:
            raise BadCondition(
                self._tokens[MAX_NODES].start + 1,
                f"điều kiện có quá {MAX_NODES} từ và dấu",
                f"the condition has more than {MAX_NODES} words and signs",
            )

    def parse(self) -> Node:
        if self._next.kind == "end":
            raise BadCondition(1, "điều kiện trống", "the condition is empty")
        node = self._condition()
        if self._next.kind != "end":
            raise self._unexpected()
        return node

    @property
    def _next(self) -> _Token:
        return self._tokens[self._at]

    def _take(self, *texts: str) -> _Token | None:
        token = self._next
        if token.text in texts and token.kind in ("operator", "name"):
            self._at += 1
            return token
        return None

    def _expect(self, text: str) -> _Token:
        token = self._take(text)
        if token is None:
            raise self._unexpected(text)
        return token

    def _unexpected(self, wanted: str | None = None) -> BadCondition:
        token = self._next
        found_vi, found_en = (f'"{token.text}"',) * 2 if token.kind != "end" else ("hết điều kiện", "the end")
        if token.text in COMPARISONS and wanted is None:
            return BadCondition(
                token.start + 1,
                f"không so sánh liên tiếp bằng {found_vi}: hãy nối bằng &&",
                f"comparisons cannot be chained with {found_en}: join them by &&",
            )
        vi = f'cần "{wanted}" nhưng gặp {found_vi}' if wanted else f"không hiểu {found_vi} ở đây"
        en = f'expected "{wanted}" but found {found_en}' if wanted else f"did not expect {found_en} here"
        return BadCondition(token.start + 1, vi, en)

    def _deeper(self, rule: Callable[[], Node]) -> Node:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise BadCondition(
                self._next.start + 1,
                f"điều kiện lồng sâu quá {MAX_DEPTH} tầng",
                f"the condition is nested deeper than {MAX_DEPTH} levels",
            )
        node = rule()
        self._depth -= 1
        return node

    def _condition(self) -> Node:
        node = self._or()
        if self._take("?"):
            yes = self._deeper(self._or)
            self._expect(":")
            no = self._deeper(self._condition)
            return Choice(node.start, no.end, node, yes, no)
        return node

    def _chain(self, rule: Callable[[], Node], *operators: str) -> Node:
        node = rule()
        while token := self._take(*operators):
            right = rule()
            node = Binary(node.start, right.end, token.text, token.start, node, right)
        return node

    def _or(self) -> Node:
        return self._chain(self._and, "||")

    def _and(self) -> Node:
        return self._chain(self._relation, "&&")

    def _relation(self) -> Node:
        left = self._sum()
        if token := self._take(*COMPARISONS):
            right = self._sum()
            return Binary(left.start, right.end, token.text, token.start, left, right)
        return left

    def _sum(self) -> Node:
        return self._chain(self._product, "+", "-")

    def _product(self) -> Node:
        return self._chain(self._unary, "*")

    def _unary(self) -> Node:
        if token := self._take("!", "-"):
            operand = self._deeper(self._unary)
            return Unary(token.start, operand.end, token.text, operand)
        return self._postfix()

    def _postfix(self) -> Node:
        node = self._primary()
        while self._take("."):
            method = self._next
            if method.kind != "name":
                raise self._unexpected()
            self._at += 1
            node = self._call(method, node)
        return node

    def _call(self, function: _Token, target: Node | None) -> Node:
        self._expect("(")
        argument = None if self._next.text == ")" else self._deeper(self._condition)
        close = self._expect(")")
        start = target.start if target else function.start
        return Call(start, close.end, function.text, function.start, target, argument)

    def _primary(self) -> Node:
        token = self._next
        if self._take("("):
            inner = self._deeper(self._condition)
            close = self._expect(")")
            return replace(inner, start=token.start, end=close.end)
        if self._take("["):
            return self._items(token)
        if token.kind in ("number", "string"):
            self._at += 1
            value: bool | int | str = int(token.text) if token.kind == "number" else token.text[1:-1]
            return Literal(token.start, token.end, value)
        if token.kind == "name" and token.text != "in":
            return self._named()
        raise self._unexpected()

    def _items(self, opening: _Token) -> Node:
        items: list[Node] = []
        while self._next.text != "]":
            items.append(self._deeper(self._unary))
            if not self._take(","):
                break
        close = self._expect("]")
        return Items(opening.start, close.end, tuple(items))

    def _named(self) -> Node:
        first = self._next
        self._at += 1
        if first.text in ("true", "false"):
            return Literal(first.start, first.end, first.text == "true")
        if first.text == "null":
            raise BadCondition(
                first.start + 1,
                'không có "null": dữ kiện chưa khai là "", 0 hoặc false',
                'there is no "null": a fact that was not given is "", 0 or false',
            )
        if self._next.text == "(":
            return self._call(first, None)
        tokens = [first]
        while self._next.text == "." and self._tokens[self._at + 1].kind == "name":
            name = self._tokens[self._at + 1]
            if self._tokens[self._at + 2].text == "(" and self._tokens[self._at + 2].kind == "operator":
                break  # a method call, which _postfix parses
            self._at += 2
            tokens.append(name)
        return Name(first.start, tokens[-1].end, tuple(t.text for t in tokens), tuple(t.start for t in tokens))
