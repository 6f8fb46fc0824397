"""Every place of a source file where one small change is possible, and the changes.

The changes are made by this module rather than by a library, for these reasons. mutmut 3 leaves out every decorated
function, so each property and cached property, and all code outside functions; it rewrites the whole module around
its switch, and it changes sentences that people read. cosmic-ray changes each arithmetic operator into eleven others,
so a random sample consists mostly of changes that any test notices; it also changes ``|`` in types, and both bring
along a database or a terminal interface. What is needed is small: the standard library's ``ast`` gives the span of
each node, and a change replaces the text of one span.

Never changed: docstrings, annotations, imports, decorators, ``__all__``, blocks under ``if TYPE_CHECKING``, f-strings
(Python 3.11 does not give the positions of their parts), sentences, and the texts of a refusal.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

_COMPARE = {
    "==": ("!=",),
    "!=": ("==",),
    "<": ("<=", ">="),
    "<=": ("<", ">"),
    ">": (">=", "<="),
    ">=": (">", "<"),
    "is": ("is not",),
    "is not": ("is",),
    "in": ("not in",),
    "not in": ("in",),
}
_COMPARE_WORD = re.compile(r"==|!=|<=|>=|<|>|\bis\s+not\b|\bis\b|\bnot\s+in\b|\bin\b")
_ARITHMETIC: dict[type[ast.operator], tuple[str, str]] = {
    ast.Add: ("+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: ("*", "+"),
    ast.Div: ("/", "*"),
    ast.FloorDiv: ("//", "*"),
    ast.Mod: ("%", "//"),
    ast.BitOr: ("|", "&"),
    ast.BitAnd: ("&", "|"),
    ast.BitXor: ("^", "&"),
    ast.LShift: ("<<", ">>"),
    ast.RShift: (">>", "<<"),
}
_OTHER_CALL = {"min": "max", "max": "min", "any": "all", "all": "any", "sorted": "list", "reversed": "list"}
_DROPPED_METHODS = frozenset({"lower", "upper", "casefold", "strip", "lstrip", "rstrip", "copy"})
_TYPE_CALLS = frozenset({"TypeVar", "NewType", "cast", "NamedTuple", "TypedDict", "Text"})
_TYPE_NAMES = frozenset({"str", "int", "bool", "float", "bytes", "list", "dict", "tuple", "set", "frozenset"})
_ORDERLESS = frozenset({"min", "max", "and_", "or_", "where", "isinstance", "issubclass", "getattr", "hasattr"})
_REFUSAL_TEXTS = frozenset({"vi", "en", "code", "status", "__all__", "__slots__"})
_SILENT_KEYWORDS = frozenset({"strict", "maxsize", "slots", "frozen", "kw_only"})


@dataclass(frozen=True, slots=True)
class Place:
    """The bytes ``start`` to ``end`` of ``file``, written ``before``, can become each of ``alternatives``.

    ``lines`` are the lines that run when the place does: its own, then those of its statement; for a default value the
    body of its function; none for what runs on import only.
    """

    file: str
    line: int
    start: int
    end: int
    kind: str
    before: str
    alternatives: tuple[str, ...]
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Mutation:
    """One place with the one text that it becomes."""

    place: Place
    after: str

    def apply(self, source: str) -> str:
        """The source of the file with this change."""
        text = source.encode()
        return (text[: self.place.start] + self.after.encode() + text[self.place.end :]).decode()

    def __str__(self) -> str:
        before, after = (re.sub(r"\s+", " ", text) for text in (self.place.before, self.after))
        return f"{self.place.file}:{self.place.line} [{self.place.kind}] {_short(before)} → {_short(after)}"


def places_in(file: str, source: str) -> list[Place]:
    """All places of one file, in the order of the text."""
    return sorted(_Finder(file, source).found, key=lambda place: (place.start, place.end, place.kind))


def compiles(source: str) -> bool:
    """Whether Python takes this text; a few changes give one that it does not."""
    try:
        compile(source, "changed", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    return True


def _short(text: str) -> str:
    return f"`{text if len(text) <= 90 else text[:87] + '...'}`"


class _Finder:
    """Walks a tree and remembers the statement that it is in."""

    def __init__(self, file: str, source: str) -> None:
        self.file, self.source, self.found = file, source.encode(), list[Place]()
        self._lines: tuple[int, ...] = ()
        self._on_import = True
        self._in_raise = False
        self._statements(ast.parse(source).body)

    @cached_property
    def _starts(self) -> list[int]:
        starts = [0]
        for line in self.source.splitlines(keepends=True):
            starts.append(starts[-1] + len(line))
        return starts

    def _span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        assert node.end_lineno is not None and node.end_col_offset is not None
        begin = self._starts[node.lineno - 1] + node.col_offset
        return begin, self._starts[node.end_lineno - 1] + node.end_col_offset

    def _text(self, node: ast.expr | ast.stmt) -> str:
        start, end = self._span(node)
        return self.source[start:end].decode()

    def _add(self, node: ast.expr | ast.stmt, kind: str, *alternatives: str) -> None:
        self._add_span(*self._span(node), node.lineno, kind, *alternatives)

    def _add_span(self, start: int, end: int, line: int, kind: str, *alternatives: str) -> None:
        before = self.source[start:end].decode()
        lines = () if self._on_import else tuple(dict.fromkeys((line, *self._lines)))
        self.found.append(Place(self.file, line, start, end, kind, before, alternatives, lines))

    def _add_gap(self, left: ast.expr, right: ast.expr, word: re.Pattern[str]) -> Iterator[tuple[int, int, str]]:
        """Where ``word`` stands between two expressions; comments there would confuse, so they end it."""
        start, end = self._span(left)[1], self._span(right)[0]
        between = self.source[start:end]
        if b"#" not in between and (match := word.search(between.decode())):
            yield start + match.start(), start + match.end(), re.sub(r"\s+", " ", match[0])

    # Statements

    def _statements(self, body: Sequence[ast.stmt]) -> None:
        for statement in body:
            self._statement(statement)

    def _statement(self, node: ast.stmt) -> None:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self._function(node)
            case ast.ClassDef():
                self._statements(node.body)
            case ast.If() if _is_type_checking(node.test):
                self._statements(node.orelse)
            case _:
                self._other_statement(node)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        before = self._lines, self._on_import
        body = [one for one in node.body if not _is_text(one)]
        if body:
            last = max(one.end_lineno or one.lineno for one in body)
            self._lines, self._on_import = tuple(range(body[0].lineno, last + 1)), False
            for default in (*node.args.defaults, *node.args.kw_defaults):
                if default is not None:
                    self._expression(default)
        self._on_import = False
        self._statements(node.body)
        self._lines, self._on_import = before

    def _other_statement(self, node: ast.stmt) -> None:
        if isinstance(node, (ast.Import, ast.ImportFrom, ast.Global, ast.Nonlocal, ast.Pass)) or _is_text(node):
            return
        if self._on_import and isinstance(node, (ast.Assign, ast.AnnAssign)) and _names_of(node) & _REFUSAL_TEXTS:
            return
        self._lines = _header_lines(node)
        self._whole_statement(node)
        self._in_raise = isinstance(node, ast.Raise)
        for name, value in ast.iter_fields(node):
            if name not in ("annotation", "body", "orelse", "finalbody", "handlers", "cases"):
                self._expressions(value)
        self._in_raise = False
        for name in ("body", "handlers", "cases", "orelse", "finalbody"):
            for inner in getattr(node, name, ()):
                if isinstance(inner, ast.stmt):
                    self._statement(inner)
                else:
                    self._block(inner)

    def _block(self, node: ast.ExceptHandler | ast.match_case) -> None:
        if isinstance(node, ast.match_case) and node.guard is not None:
            self._lines = (node.guard.lineno,)
            self._condition(node.guard)
            self._expression(node.guard)
        self._statements(node.body)

    def _whole_statement(self, node: ast.stmt) -> None:
        match node:
            case ast.If(test=test) | ast.While(test=test):
                self._condition(test)
            case ast.Return(value=value) if value is not None and not _is_bare(value):
                self._add(value, "return value", "None")
            case ast.Expr(value=ast.Call()) | ast.Raise() | ast.AugAssign() | ast.Delete():
                self._add(node, "statement removed", "pass")
            case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]) if not self._on_import:
                self._add(node, "statement removed", "pass")
            case ast.Continue():
                self._add(node, "loop", "break", "pass")
            case ast.Break():
                self._add(node, "loop", "continue", "pass")
            case ast.For(iter=iterated) if not isinstance(iterated, ast.Constant):
                self._add(iterated, "loop", "()")
            case _:
                pass
        if isinstance(node, ast.AugAssign) and type(node.op) in _ARITHMETIC:
            word, other = _ARITHMETIC[type(node.op)]
            for start, end, _ in self._add_gap(node.target, node.value, re.compile(re.escape(word) + "=")):  # type: ignore[arg-type]  # a target is an expression
                self._add_span(start, end, node.lineno, "arithmetic", other + "=")

    def _condition(self, test: ast.expr) -> None:
        self._add(test, "condition", "True", "False", f"not ({self._text(test)})")

    # Expressions

    def _expressions(self, value: object) -> None:
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, ast.expr):
                self._expression(one)
            elif isinstance(one, ast.withitem):
                self._expression(one.context_expr)
            elif isinstance(one, ast.comprehension):
                self._expressions([one.iter, *one.ifs])
                for test in one.ifs:
                    self._condition(test)
            elif isinstance(one, ast.keyword) and one.arg not in _SILENT_KEYWORDS:
                self._expression(one.value)

    def _expression(self, node: ast.expr) -> None:
        match node:
            case ast.JoinedStr():
                return
            case ast.Constant():
                self._constant(node)
            case ast.Compare():
                self._comparison(node)
            case ast.BoolOp():
                self._all_or_any(node)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                self._add(node, "not", f"({self._text(operand)})")
            case ast.BinOp():
                self._arithmetic(node)
            case ast.IfExp(test=test):
                self._condition(test)
            case ast.Call():
                if not self._call(node):
                    return
            case ast.Subscript(slice=ast.Slice() as cut):
                self._boundaries([cut.lower, cut.upper])
            case ast.Subscript(value=ast.Name(id="Literal" | "Annotated")):
                return
            case ast.Subscript(slice=ast.Constant(value=str())):  # another key than one that is there: any test fails
                self._expression(node.value)
                return
            case ast.Lambda():
                self._expressions([*node.args.defaults, node.body])
                return
            case _:
                pass
        for _, value in ast.iter_fields(node):
            self._expressions(value)

    def _constant(self, node: ast.Constant) -> None:
        match node.value:
            case bool():
                self._add(node, "constant", str(not node.value))
            case int() | float():
                self._add(node, "constant", str(node.value + 1), f"({node.value - 1})")
            case str() as text if not self._in_raise and not re.search(r"\s", text):
                self._add(node, "constant", *((repr(""), repr(text + "z")) if text else (repr("z"),)))
            case bytes() as text if not self._in_raise:
                self._add(node, "constant", *((repr(b""), repr(text + b"z")) if text else (repr(b"z"),)))
            case _:
                pass

    def _comparison(self, node: ast.Compare) -> None:
        for left, right in zip([node.left, *node.comparators], node.comparators, strict=False):
            for start, end, word in self._add_gap(left, right, _COMPARE_WORD):
                self._add_span(start, end, left.lineno, "comparison", *_COMPARE[word])

    def _all_or_any(self, node: ast.BoolOp) -> None:
        word, other = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
        for left, right in zip(node.values, node.values[1:], strict=False):
            for start, end, _ in self._add_gap(left, right, re.compile(rf"\b{word}\b")):
                self._add_span(start, end, right.lineno, "and/or", other)

    def _arithmetic(self, node: ast.BinOp) -> None:
        if type(node.op) not in _ARITHMETIC or (isinstance(node.op, ast.BitOr) and _is_type(node)):
            return
        word, other = _ARITHMETIC[type(node.op)]
        for start, end, _ in self._add_gap(node.left, node.right, re.compile(re.escape(word))):
            self._add_span(start, end, node.lineno, "arithmetic", other)

    def _call(self, node: ast.Call) -> bool:
        """Whether the parts of the call are looked at too."""
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name in _TYPE_CALLS:
            return False
        if name in _OTHER_CALL and node.args:
            other = f"list({self._text(node.args[0])})" if name in ("sorted", "reversed") else ""
            self._add(node, "order", other or _OTHER_CALL[name] + self._text(node)[len(name) :])
        if isinstance(node.func, ast.Attribute) and node.func.attr in _DROPPED_METHODS:
            self._add(node, "call left out", self._text(node.func.value))
        if name == "range":
            self._boundaries(node.args)
        first, second, *_ = [*node.args, None, None]
        plain = first and second and not isinstance(first, ast.Starred) and not isinstance(second, ast.Starred)
        called = node.func.attr if isinstance(node.func, ast.Attribute) else name
        if plain and called not in _ORDERLESS and not (_is_sentence(first) and _is_sentence(second)):
            assert first is not None and second is not None
            self._swap(first, second)
        return True

    def _swap(self, first: ast.expr, second: ast.expr) -> None:
        one, other = self._text(first), self._text(second)
        if one != other:
            (start, until), (begin, end) = self._span(first), self._span(second)
            between = self.source[until:begin].decode()
            self._add_span(start, end, first.lineno, "arguments swapped", other + between + one)

    def _boundaries(self, bounds: Sequence[ast.expr | None]) -> None:
        for bound in bounds:
            if bound is not None and not isinstance(bound, (ast.Constant, ast.Starred)):
                self._add(bound, "boundary", f"({self._text(bound)}) + 1", f"({self._text(bound)}) - 1")


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_bare(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and (value.value is None or isinstance(value.value, bool))


def _is_sentence(node: ast.expr | None) -> bool:
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and re.search(r"\s", node.value) is not None
    return isinstance(node, ast.JoinedStr)


def _is_type_checking(test: ast.expr) -> bool:
    return ast.unparse(test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING")


def _is_type(node: ast.BinOp) -> bool:
    """``str | None``, ``Hit | Claim``: an alias or the second argument of isinstance."""
    for part in (node.left, node.right):
        named = part.value if isinstance(part, ast.Subscript) else part
        if (
            isinstance(named, ast.Name)
            and (named.id in _TYPE_NAMES or named.id[0].isupper())
            and not named.id.isupper()
        ):
            return True
        if isinstance(part, ast.Constant) and part.value is None:
            return True
    return False


def _names_of(node: ast.Assign | ast.AnnAssign) -> set[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return {target.id for target in targets if isinstance(target, ast.Name)}


def _header_lines(node: ast.stmt) -> tuple[int, ...]:
    """The lines of a simple statement; of one with a body those before the body."""
    body = getattr(node, "body", None) or getattr(node, "cases", None)
    first = body[0] if body else None
    inside = first.pattern.lineno if isinstance(first, ast.match_case) else getattr(first, "lineno", None)
    last = max(inside - 1, node.lineno) if inside else node.end_lineno or node.lineno
    return tuple(range(node.lineno, last + 1))
