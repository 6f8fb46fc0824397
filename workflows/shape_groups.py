"""Shapes of lists and groups, with which ``schema`` describes a workflow file. ``shapes`` has the single values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workflows.problems import Both, Report, Suggest
from workflows.shapes import BAD, Bad, Path, Shape, matches, place, wrong_type
from workflows.yaml_reader import Group, Items, Node, Scalar


@dataclass(frozen=True)
class ListOf(Shape):
    """A list, each entry of one shape; ``unique`` scalars may not repeat."""

    each: Shape
    least: int = 0
    unique: bool = False

    def read(self, node: Node, path: Path, report: Report) -> list[Any] | Bad:
        if not isinstance(node, Items):
            return wrong_type(node, path, report, Both("một danh sách", "a list"))
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
            return wrong_type(node, path, report, wanted)
        return shape.read(node, path, report)

    def json_schema(self) -> dict[str, Any]:
        return {"anyOf": [shape.json_schema() for shape in (self.scalar, self.items, self.group) if shape]}


def one_or_more(each: Shape) -> Shape:
    """The shape of one value or a list of values; ``read`` always returns a list."""
    return ByKind(scalar=Single(each), items=ListOf(each, least=1, unique=True))


@dataclass(frozen=True)
class Single(Shape):
    """One value read as a list of one."""

    each: Shape

    def read(self, node: Node, path: Path, report: Report) -> list[Any] | Bad:
        value = self.each.read(node, path, report)
        return BAD if value is BAD else [value]

    def json_schema(self) -> dict[str, Any]:
        return self.each.json_schema()


@dataclass(frozen=True)
class Key:
    """One key of a record. ``wanted`` is the rule that is reported when the key is absent. ``doc`` explains the key."""

    shape: Shape
    doc: Both
    required: bool = False
    wanted: str | None = None


@dataclass(frozen=True)
class Record(Shape):
    """A group of known keys. ``apart``: sets of keys that exclude each other. ``extra``: the shape of further keys,
    whose names match ``extra_name``."""

    keys: Mapping[str, Key]
    apart: tuple[tuple[str, ...], ...] = ()
    extra: Shape | None = None
    extra_name: str = ""

    def read(self, node: Node, path: Path, report: Report) -> dict[str, Any] | Bad:
        if not isinstance(node, Group):
            return wrong_type(node, path, report, Both("một nhóm khóa: giá trị", "a group of key: value"))
        values: dict[str, Any] = {}
        for name, (key, value_node) in node.entries.items():
            shape = self._shape(name, key, path, report)
            value = shape.read(value_node, (*path, name), report) if shape else BAD
            if value is not BAD:
                values[name] = value
        self._check_translated(node, path, values, report)
        return values if self._complete(node, path, report) else BAD

    def _check_translated(self, node: Group, path: Path, values: Mapping[str, Any], report: Report) -> None:
        """The English name is no copy of the Vietnamese one, which its letters give away."""
        text = values.get("en")
        if isinstance(text, str) and text == values.get("vi") and not text.isascii():
            report.add("untranslated", node.entries["en"][1].mark, where=place(path), text=text)

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
    """A group whose keys the author chooses. Each key matches the pattern ``name``, each value is of one shape."""

    each: Shape
    name: str
    example: str
    least: int = 0
    rule: str = "bad-name"

    def read(self, node: Node, path: Path, report: Report) -> dict[str, Any] | Bad:
        if not isinstance(node, Group):
            return wrong_type(node, path, report, Both("một nhóm tên: giá trị", "a group of name: value"))
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
    """One shape for a group with ``key``, another for a group without it."""

    key: str
    present: Shape
    absent: Shape

    def read(self, node: Node, path: Path, report: Report) -> Any:
        here = isinstance(node, Group) and self.key in node.entries
        return (self.present if here else self.absent).read(node, path, report)

    def json_schema(self) -> dict[str, Any]:
        return {"anyOf": [self.present.json_schema(), self.absent.json_schema()]}
