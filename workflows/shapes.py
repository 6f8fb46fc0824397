"""The shapes a workflow file is described with. One description gives the checks, the values and the JSON Schema.

``read(node, path, report)`` returns the value, or ``BAD`` after reporting why not; it never stops at the first problem.
``json_schema()`` says the same for editors. Both accept the same documents; a property test holds them to it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from workflows.problems import Both, Report, Suggest
from workflows.yaml_reader import Group, Items, Node, Scalar, kind_of


class _Bad:
    """The value of what could not be read; its problem is in the report."""

    def __repr__(self) -> str:
        return "BAD"


BAD: Final = _Bad()
Path = tuple[str | int, ...]

# What the core schema of YAML 1.2, which editors use, reads as something other than text.
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_NULL_OR_FLAG = {"", "~", "null", "Null", "NULL", "true", "True", "TRUE", "false", "False", "FALSE"}


class Shape:
    """What a value may be."""

    def read(self, node: Node, path: Path, report: Report) -> Any:
        """The value that ``node`` holds, or BAD."""
        raise NotImplementedError

    def json_schema(self) -> dict[str, Any]:
        """The same as JSON Schema 2020-12."""
        raise NotImplementedError


def place(path: Path) -> Both:
    """A place in the file in words: the last key, and what it belongs to."""
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


def _wrong_type(node: Node, path: Path, report: Report, wanted: Both, hint: Both | str = "") -> _Bad:
    report.add("wrong-type", node.mark, where=place(path), wanted=wanted, got=kind_of(node), hint=hint)
    return BAD


def _text(node: Node, path: Path, report: Report) -> str | _Bad:
    """A scalar that every YAML reader takes for text."""
    if not isinstance(node, Scalar):
        return _wrong_type(node, path, report, Both("chữ", "text"))
    if node.plain and reads_as_other(node.value):
        if node.value == "":
            report.add("empty", node.mark, where=place(path))
            return BAD
        hint = Both(f' Đặt trong ngoặc kép: "{node.value[:40]}"', f' Put it in quotes: "{node.value[:40]}"')
        return _wrong_type(node, path, report, Both("chữ", "text"), hint)
    return node.value


def reads_as_other(word: str) -> bool:
    """Whether an unquoted word is a number, true, false or nothing to YAML 1.2."""
    return word in _NULL_OR_FLAG or bool(_INTEGER.fullmatch(word) or _FLOAT.fullmatch(word))


@dataclass(frozen=True)
class Words(Shape):
    """Free text, not empty, of at most ``most`` characters."""

    most: int = 500

    def read(self, node: Node, path: Path, report: Report) -> str | _Bad:
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
    """Text of a form: ``pattern`` must match all of it. ``rule`` is broken otherwise."""

    pattern: str
    example: str
    rule: str = "bad-format"

    def read(self, node: Node, path: Path, report: Report) -> str | _Bad:
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
    """A procedure code, which must be quoted: unquoted it is a number to YAML."""

    def read(self, node: Node, path: Path, report: Report) -> str | _Bad:
        if isinstance(node, Scalar) and node.plain and node.value and reads_as_other(node.value):
            report.add("quoted-code", node.mark, code=node.value)
            return node.value if matches(self.pattern, node.value) else BAD
        return super().read(node, path, report)


@dataclass(frozen=True)
class OneOf(Shape):
    """One of some words."""

    words: tuple[str, ...]
    rule: str = "bad-value"

    def read(self, node: Node, path: Path, report: Report) -> str | _Bad:
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

    def read(self, node: Node, path: Path, report: Report) -> int | _Bad:
        wanted = Both("số nguyên", "a whole number")
        if not isinstance(node, Scalar) or not node.plain:
            hint = Both(" Bỏ ngoặc kép.", " Remove the quotes.") if isinstance(node, Scalar) else ""
            return _wrong_type(node, path, report, wanted, hint)
        if not re.fullmatch(r"-?(0|[1-9][0-9]{0,14})", node.value):
            hint = Both(" Viết liền các chữ số, ví dụ 50000", " Write digits only, for example 50000")
            return _wrong_type(node, path, report, wanted, hint)
        value = int(node.value)
        if not self.least <= value <= self.most:
            report.add(self.rule, node.mark, where=place(path), least=self.least, most=self.most, value=value)
            return BAD
        return value

    def json_schema(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


@dataclass(frozen=True)
class Flag(Shape):
    """``true`` or ``false``, unquoted."""

    def read(self, node: Node, path: Path, report: Report) -> bool | _Bad:
        if isinstance(node, Scalar) and node.plain and node.value in ("true", "false"):
            return node.value == "true"
        return _wrong_type(node, path, report, Both("true hoặc false", "true or false"))

    def json_schema(self) -> dict[str, Any]:
        return {"type": "boolean"}


@dataclass(frozen=True)
class Day(Shape):
    """A date, year-month-day, from 1945 to 2199."""

    def read(self, node: Node, path: Path, report: Report) -> dt.date | _Bad:
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


@dataclass(frozen=True)
class ListOf(Shape):
    """A list, each entry of one shape; ``unique`` scalars may not repeat."""

    each: Shape
    least: int = 0
    unique: bool = False

    def read(self, node: Node, path: Path, report: Report) -> list[Any] | _Bad:
        if not isinstance(node, Items):
            return _wrong_type(node, path, report, Both("một danh sách", "a list"))
        if len(node.items) < self.least:
            report.add("too-few", node.mark, where=place(path), least=self.least)
            return BAD
        found = [(item, self.each.read(item, (*path, index), report)) for index, item in enumerate(node.items)]
        good: list[Any] = []
        for item, value in found:
            if value is BAD:
                continue
            if self.unique and value in good:
                report.add("duplicate-item", item.mark, value=value, where=place(path))
            else:
                good.append(value)
        return good if len(good) >= self.least else BAD

    def json_schema(self) -> dict[str, Any]:
        schema: dict[str, Any] = {"type": "array", "items": self.each.json_schema()}
        if self.least:
            schema["minItems"] = self.least
        if self.unique:
            schema["uniqueItems"] = True
        return schema


@dataclass(frozen=True)
class ByKind(Shape):
    """Different shapes for a scalar, a list and a group; None where that kind is not allowed."""

    scalar: Shape | None = None
    items: Shape | None = None
    group: Shape | None = None

    def read(self, node: Node, path: Path, report: Report) -> Any:
        shape = self.scalar if isinstance(node, Scalar) else self.items if isinstance(node, Items) else self.group
        if shape is None:
            words = [
                word for word, allowed in (
                    (Both("một giá trị", "one value"), self.scalar),
                    (Both("một danh sách", "a list"), self.items),
                    (Both("một nhóm khóa", "a group of keys"), self.group),
                ) if allowed
            ]  # fmt: skip
            wanted = Both(" hoặc ".join(word.vi for word in words), " or ".join(word.en for word in words))
            return _wrong_type(node, path, report, wanted)
        return shape.read(node, path, report)

    def json_schema(self) -> dict[str, Any]:
        return {"anyOf": [shape.json_schema() for shape in (self.scalar, self.items, self.group) if shape]}


def one_or_more(each: Shape) -> Shape:
    """One value or a list of them; always read as a list."""
    return ByKind(scalar=_Single(each), items=ListOf(each, least=1, unique=True))


@dataclass(frozen=True)
class _Single(Shape):
    each: Shape

    def read(self, node: Node, path: Path, report: Report) -> list[Any] | _Bad:
        value = self.each.read(node, path, report)
        return BAD if value is BAD else [value]

    def json_schema(self) -> dict[str, Any]:
        return self.each.json_schema()


@dataclass(frozen=True)
class Key:
    """One key of a record. ``wanted`` keys are warned about when absent; ``doc`` explains it to the author."""

    shape: Shape
    doc: Both
    required: bool = False
    wanted: str | None = None


@dataclass(frozen=True)
class Record(Shape):
    """A group of known keys. ``apart``: sets of keys of which one at most may stand. ``extra``: shape of further keys
    whose names match ``extra_name``."""

    keys: Mapping[str, Key]
    apart: tuple[tuple[str, ...], ...] = ()
    extra: Shape | None = None
    extra_name: str = ""

    def read(self, node: Node, path: Path, report: Report) -> dict[str, Any] | _Bad:
        if not isinstance(node, Group):
            return _wrong_type(node, path, report, Both("một nhóm khóa: giá trị", "a group of key: value"))
        values: dict[str, Any] = {}
        for name, (key, value_node) in node.entries.items():
            shape = self._shape(name, key, path, report)
            value = shape.read(value_node, (*path, name), report) if shape else BAD
            if value is not BAD:
                values[name] = value
        return values if self._complete(node, path, report) else BAD

    def _shape(self, name: str, key: Scalar, path: Path, report: Report) -> Shape | None:
        if name in self.keys:
            return self.keys[name].shape
        if self.extra is None:
            report.add("unknown-key", key.mark, key=name, where=place(path), hint=Suggest(name, tuple(self.keys)))
        elif not matches(self.extra_name, name):
            report.add("bad-name", key.mark, name=name, where=place(path), example="handler")
        else:
            return self.extra
        return None

    def _complete(self, node: Group, path: Path, report: Report) -> bool:
        complete = True
        for name, key in self.keys.items():
            if name in node.entries:
                continue
            if key.required:
                complete = False
                report.add("missing-key", node.mark, key=name, where=place(path))
            elif key.wanted:
                report.add(key.wanted, node.mark, key=name, where=place(path))
        for names in self.apart:
            present = [name for name in names if name in node.entries]
            if len(present) > 1:
                report.add("one-of", node.entries[present[1]][0].mark, where=place(path), keys=present)
        return complete

    def json_schema(self) -> dict[str, Any]:
        schema: dict[str, Any] = {"type": "object"}
        schema["properties"] = {
            name: {"description": f"{key.doc.vi} / {key.doc.en}", **key.shape.json_schema()}
            for name, key in self.keys.items()
        }
        required = [name for name, key in self.keys.items() if key.required]
        if required:
            schema["required"] = required
        if self.extra is None:
            schema["additionalProperties"] = False
        else:
            names = "|".join(re.escape(name) for name in self.keys)
            schema["additionalProperties"] = self.extra.json_schema()
            schema["propertyNames"] = {"pattern": f"^(?:{names}|{self.extra_name})$"}
        pairs = [[a, b] for names in self.apart for i, a in enumerate(names) for b in names[i + 1 :]]
        if pairs:
            schema["not"] = {"anyOf": [{"required": pair} for pair in pairs]}
        return schema


@dataclass(frozen=True)
class MapOf(Shape):
    """A group whose keys the author names; each name matches ``name``, each value is of one shape."""

    each: Shape
    name: str
    example: str
    least: int = 0
    rule: str = "bad-name"

    def read(self, node: Node, path: Path, report: Report) -> dict[str, Any] | _Bad:
        if not isinstance(node, Group):
            return _wrong_type(node, path, report, Both("một nhóm tên: giá trị", "a group of name: value"))
        if len(node.entries) < self.least:
            report.add("too-few", node.mark, where=place(path), least=self.least)
            return BAD
        values: dict[str, Any] = {}
        for name, (key, value_node) in node.entries.items():
            if not matches(self.name, name):
                report.add(self.rule, key.mark, name=name, where=place(path), example=self.example)
            value = self.each.read(value_node, (*path, name), report)
            if value is not BAD:
                values[name] = value
        return values

    def json_schema(self) -> dict[str, Any]:
        schema: dict[str, Any] = {
            "type": "object",
            "propertyNames": {"pattern": f"^(?:{self.name})$"},
            "additionalProperties": self.each.json_schema(),
        }
        if self.least:
            schema["minProperties"] = self.least
        return schema


@dataclass(frozen=True)
class ByKey(Shape):
    """One shape when the group holds ``key``, another when it does not."""

    key: str
    present: Shape
    absent: Shape

    def read(self, node: Node, path: Path, report: Report) -> Any:
        here = isinstance(node, Group) and self.key in node.entries
        return (self.present if here else self.absent).read(node, path, report)

    def json_schema(self) -> dict[str, Any]:
        return {"anyOf": [self.present.json_schema(), self.absent.json_schema()]}


def matches(pattern: str, text: str) -> bool:
    """Whether all of ``text`` matches. Patterns here are anchored and bounded, so time is linear."""
    return re.fullmatch(pattern, text) is not None
