"""Shapes of single values, with which ``schema`` describes a workflow file. ``shape_groups`` has lists and groups.

A shape gives the checks, the value and the JSON Schema. ``read(node, path, report)`` returns the value, or ``BAD``
after reporting why; it does not stop at the first problem. ``json_schema()`` is the equivalent for editors. A property
test checks that both accept the same documents.
"""

from __future__ import annotations

import datetime as dt
import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, Final

from workflows.problems import Both, Report, Suggest
from workflows.yaml_reader import Node, Scalar, kind_of


class Bad:
    """The type of ``BAD``, which stands for a value that could not be read; the reason is in the report."""

    def __repr__(self) -> str:
        return "BAD"


BAD: Final = Bad()
Path = tuple[str | int, ...]
ALL: Final = "all"

# Unquoted words that the core schema of YAML 1.2, which editors use, reads as something other than text.
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
NULLS = frozenset({"", "~", "null", "Null", "NULL"})
"""What stands for no value, where it is not quoted."""
_NULL_OR_FLAG = NULLS | {"true", "True", "TRUE", "false", "False", "FALSE"}


class Shape(ABC):
    """A set of allowed values."""

    @abstractmethod
    def read(self, node: Node, path: Path, report: Report) -> Any:
        """The value that ``node`` holds, or BAD."""

    @abstractmethod
    def json_schema(self) -> dict[str, Any]:
        """The shape as JSON Schema 2020-12."""


def place(path: Path) -> Both:
    """A place in the file in words: the last key, and the part that it belongs to.

    >>> place(("states", "new", "portal")).en
    '"portal" of state "new"'
    """
    keys = [str(part) for part in path if isinstance(part, str)]
    if not keys:
        return Both("tệp", "the file")
    if len(keys) == 1:
        return Both(f'"{keys[0]}"', f'"{keys[0]}"')
    if len(keys) == 2:
        return Both(_noun(keys, "vi"), _noun(keys, "en"))
    tail = ".".join(keys[2:])
    return Both(f'"{tail}" của {_noun(keys, "vi")}', f'"{tail}" of {_noun(keys, "en")}')


_NOUNS = {
    "roles": ("vai trò", "role"), "routing": ("phân công", "routing"), "fields": ("trường", "field"),
    "documents": ("giấy tờ", "document"), "fees": ("phí", "fee"), "states": ("trạng thái", "state"),
    "actions": ("thao tác", "action"), "children": ("hồ sơ con", "child"),
}  # fmt: skip


def _noun(keys: list[str], language: str) -> str:
    nouns = _NOUNS.get(keys[0])
    if nouns:
        return f'{nouns[0 if language == "vi" else 1]} "{keys[1]}"'
    return f'"{keys[0]}.{keys[1]}"'


def wrong_type(node: Node, path: Path, report: Report, wanted: Both, hint: Both | str = "") -> Bad:
    report.add("wrong-type", node.mark, where=place(path), wanted=wanted, got=kind_of(node), hint=hint)
    return BAD


def _text(node: Node, path: Path, report: Report) -> str | Bad:
    """A scalar that every YAML reader takes for text."""
    if not isinstance(node, Scalar):
        return wrong_type(node, path, report, Both("chữ", "text"))
    if node.plain and reads_as_other(node.value):
        if node.value == "":
            report.add("empty", node.mark, where=place(path))
            return BAD
        hint = Both(f' Đặt trong ngoặc kép: "{node.value[:40]}"', f' Put it in quotes: "{node.value[:40]}"')
        return wrong_type(node, path, report, Both("chữ", "text"), hint)
    return node.value


def reads_as_other(word: str) -> bool:
    """Whether an unquoted word is a number, true, false or null in YAML 1.2.

    >>> reads_as_other("1.012790"), reads_as_other("new")
    (True, False)
    """
    return word in _NULL_OR_FLAG or bool(_INTEGER.fullmatch(word) or _FLOAT.fullmatch(word))


@dataclass(frozen=True)
class Words(Shape):
    """Free text, not empty, of at most ``most`` characters."""

    most: int = 500

    def read(self, node: Node, path: Path, report: Report) -> str | Bad:
        text = _text(node, path, report)
        if not isinstance(text, str):
            return BAD
        if text == "":
            report.add("empty", node.mark, where=place(path))
            return BAD
        if len(text) > self.most:
            report.add("too-long", node.mark, where=place(path), most=self.most)
            return BAD
        return text

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "minLength": 1, "maxLength": self.most}


@dataclass(frozen=True)
class Form(Shape):
    """Text that ``pattern`` matches as a whole; other text is reported under ``rule``."""

    pattern: str
    example: str
    rule: str = "bad-format"

    def read(self, node: Node, path: Path, report: Report) -> str | Bad:
        text = _text(node, path, report)
        if not isinstance(text, str):
            return BAD
        if not matches(self.pattern, text):
            report.add(self.rule, node.mark, value=text, name=text, where=place(path), example=self.example)
            return BAD
        return text

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^(?:{self.pattern})$"}


@dataclass(frozen=True)
class Code(Form):
    """A procedure code. It must be quoted, because YAML reads an unquoted one as a number."""

    def read(self, node: Node, path: Path, report: Report) -> str | Bad:
        if isinstance(node, Scalar) and node.plain and node.value and reads_as_other(node.value):
            report.add("quoted-code", node.mark, code=node.value)
            return node.value if matches(self.pattern, node.value) else BAD
        return super().read(node, path, report)


@dataclass(frozen=True)
class OneOf(Shape):
    """One of ``words``."""

    words: tuple[str, ...]
    rule: str = "bad-value"

    def read(self, node: Node, path: Path, report: Report) -> str | Bad:
        text = _text(node, path, report)
        if not isinstance(text, str):
            return BAD
        if text not in self.words:
            report.add(self.rule, node.mark, value=text, where=place(path), hint=Suggest(text, self.words))
            return BAD
        return text

    def json_schema(self) -> dict[str, Any]:
        return {"enum": list(self.words)}


@dataclass(frozen=True)
class Whole(Shape):
    """A whole number from ``least`` to ``most``, unquoted, without separators."""

    least: int = 0
    most: int = 1_000_000_000
    rule: str = "out-of-range"

    def read(self, node: Node, path: Path, report: Report) -> int | Bad:
        wanted = Both("số nguyên", "a whole number")
        if not isinstance(node, Scalar) or not node.plain:
            hint = Both(" Bỏ ngoặc kép.", " Remove the quotes.") if isinstance(node, Scalar) else ""
            return wrong_type(node, path, report, wanted, hint)
        if not re.fullmatch(r"-?(0|[1-9][0-9]{0,14})", node.value):
            hint = Both(" Viết liền các chữ số, ví dụ 50000", " Write digits only, for example 50000")
            return wrong_type(node, path, report, wanted, hint)
        value = int(node.value)
        if not self.least <= value <= self.most:
            report.add(self.rule, node.mark, where=place(path), least=self.least, most=self.most, value=value)
            return BAD
        return value

    def json_schema(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


@dataclass(frozen=True)
class Quarters(Shape):
    """A number from 0 to ``most``, whole or with a quarter, a half or three quarters behind a point; unquoted."""

    most: int

    def read(self, node: Node, path: Path, report: Report) -> int | float | Bad:
        wanted = Both("số nguyên hoặc có 0.25, 0.5, 0.75", "a whole number, or one with 0.25, 0.5 or 0.75")
        if not isinstance(node, Scalar) or not node.plain:
            hint = Both(" Bỏ ngoặc kép.", " Remove the quotes.") if isinstance(node, Scalar) else ""
            return wrong_type(node, path, report, wanted, hint)
        value = quarters(node.value)
        if value is None:
            return wrong_type(node, path, report, wanted, Both(" Ví dụ: 2.5", " For example: 2.5"))
        if not 0 <= value <= self.most:
            report.add("out-of-range", node.mark, where=place(path), least=0, most=self.most, value=node.value)
            return BAD
        return value

    def json_schema(self) -> dict[str, Any]:
        return {"type": "number", "minimum": 0, "maximum": self.most, "multipleOf": 0.25}


@dataclass(frozen=True)
class AllOr(Shape):
    """The word ``all``, or a whole number from ``least`` to ``most``."""

    least: int
    most: int

    def read(self, node: Node, path: Path, report: Report) -> str | int | Bad:
        if isinstance(node, Scalar) and node.value == ALL:
            return ALL
        return Whole(self.least, self.most).read(node, path, report)

    def json_schema(self) -> dict[str, Any]:
        return {"anyOf": [{"const": ALL}, Whole(self.least, self.most).json_schema()]}


def quarters(text: str) -> int | float | None:
    """The number in a text, exact in quarters; an int where it is whole; None where the text is no such number.

    >>> quarters("2.50"), quarters("3.0"), quarters("0.3")
    (2.5, 3, None)
    """
    if not re.fullmatch(r"(?:0|[1-9][0-9]{0,9})(?:\.[0-9]{1,6})?", text):
        return None
    number = float(text)
    return None if number % 0.25 else int(number) if number.is_integer() else number


@dataclass(frozen=True)
class Flag(Shape):
    """``true`` or ``false``, unquoted."""

    def read(self, node: Node, path: Path, report: Report) -> bool | Bad:
        if isinstance(node, Scalar) and node.plain and node.value in ("true", "false"):
            return node.value == "true"
        return wrong_type(node, path, report, Both("true hoặc false", "true or false"))

    def json_schema(self) -> dict[str, Any]:
        return {"type": "boolean"}


@dataclass(frozen=True)
class Day(Shape):
    """A date, year-month-day, from 1945 to 2199."""

    def read(self, node: Node, path: Path, report: Report) -> dt.date | Bad:
        text = _text(node, path, report)
        if not isinstance(text, str):
            return BAD
        try:
            if matches(_DAY, text):
                return dt.date.fromisoformat(text)
        except ValueError:
            pass
        report.add("bad-date", node.mark, value=text)
        return BAD

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "date", "pattern": f"^(?:{_DAY})$"}


_DAY = r"(?:19(?:4[5-9]|[5-9][0-9])|2[01][0-9][0-9])-[0-9]{2}-[0-9]{2}"


def matches(pattern: str, text: str) -> bool:
    """Whether ``pattern`` matches the whole text. The patterns of the format are bounded, so time is linear."""
    return re.fullmatch(pattern, text) is not None
