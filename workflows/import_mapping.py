"""Reads the mapping file of an import: how the columns and values of a predecessor system become ours.

Every fault is told with its line and column, all at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.errors import Refusal
from engine.rules.imports.mapping import COLUMNS, NEEDED, ImportMapping
from engine.text import Text
from workflows.problems import Suggest
from workflows.yaml_reader import Group, Node, Scalar, decode, read

LONGEST_SOURCE = 40
_TABLES = ("procedures", "channels", "kinds", "offices", "documents", "fees")
_BY_PROCEDURE = ("states", "fields")
_KEYS = ("source", "columns", *_TABLES, *_BY_PROCEDURE)


@dataclass(frozen=True, slots=True)
class MappingFault:
    """What is wrong at a place of the file."""

    line: int
    column: int
    words: Text


class MappingRefused(Refusal):
    """The mapping file has faults; nothing was read or written."""

    code = "import-mapping-refused"
    vi = "Tệp ánh xạ {file} có {count} lỗi. {first_vi}"
    en = "The mapping file {file} has {count} fault(s). {first_en}"

    def __init__(self, file: str, faults: list[MappingFault]) -> None:
        self.faults = tuple(faults)
        first = faults[0]
        where = f"{first.line}:{first.column}: "
        super().__init__(file=file, count=len(faults), first_vi=where + first.words.vi, first_en=where + first.words.en)


def load_mapping(path: Path) -> ImportMapping:
    """The mapping in a file. Raises MappingRefused with every fault."""
    return read_mapping(path.read_bytes(), path.name)


def read_mapping(content: bytes | str, name: str = "mapping.yaml") -> ImportMapping:
    """The mapping in a text. Raises MappingRefused with every fault."""
    text, report = decode(content, name)
    root = read(text, report) if not report.has_errors() else None
    if root is None or report.has_errors():
        raise MappingRefused(
            name, [MappingFault(one.line, one.column, Text(one.vi, one.en)) for one in report.problems()]
        )
    reader = _Reader()
    columns, tables = reader.table(root, "columns"), {key: reader.table(root, key) for key in _TABLES}
    states, fields = (reader.tables(root, key) for key in _BY_PROCEDURE)
    source = reader.source(root)
    reader.unknown(root, _KEYS)
    reader.columns(root)
    if reader.faults:
        raise MappingRefused(name, sorted(reader.faults, key=lambda one: (one.line, one.column)))
    return ImportMapping(
        source=source,
        columns=columns,
        states=states,
        fields=fields,
        procedures=tables["procedures"],
        channels=tables["channels"],
        kinds=tables["kinds"],
        offices=tables["offices"],
        documents=tables["documents"],
        fees=tables["fees"],
    )


class _Reader:
    def __init__(self) -> None:
        self.faults: list[MappingFault] = []

    def wrong(self, node: Node, vi: str, en: str) -> None:
        self.faults.append(MappingFault(node.mark.line, node.mark.column, Text(vi, en)))

    def source(self, root: Group) -> str:
        node = root.entries.get("source", (None, None))[1]
        if not isinstance(node, Scalar) or not 1 <= len(node.value.strip()) <= LONGEST_SOURCE:
            self.wrong(
                node or root,
                f"source: tên hệ thống cũ, 1 đến {LONGEST_SOURCE} ký tự",
                f"source: the name of the predecessor system, 1 to {LONGEST_SOURCE} characters",
            )
            return ""
        return node.value.strip()

    def table(self, root: Group, key: str) -> dict[str, str]:
        entry = root.entries.get(key)
        return self._texts(entry[1], key) if entry is not None else {}

    def tables(self, root: Group, key: str) -> Mapping[str, Mapping[str, str]]:
        entry = root.entries.get(key)
        if entry is None:
            return {}
        if not isinstance(entry[1], Group):
            self.wrong(entry[1], f"{key}: phải là bảng theo mã thủ tục", f"{key}: must be tables by procedure")
            return {}
        return {name: self._texts(node, f"{key}.{name}") for name, (_, node) in entry[1].entries.items()}

    def unknown(self, root: Group, known: tuple[str, ...]) -> None:
        for key, (node, _) in root.entries.items():
            if key not in known:
                hint = Suggest(key, known).hint()
                self.wrong(node, f"không có khóa “{key}”.{hint.vi}", f"there is no key “{key}”.{hint.en}")

    def columns(self, root: Group) -> None:
        node = root.entries.get("columns", (None, None))[1]
        given = node.entries if isinstance(node, Group) else {}
        for key, (at, _) in given.items():
            if key not in COLUMNS:
                hint = Suggest(key, COLUMNS).hint()
                self.wrong(at, f"columns: không có “{key}”.{hint.vi}", f"columns: there is no “{key}”.{hint.en}")
        if missing := [key for key in NEEDED if key not in given]:
            names = ", ".join(missing)
            self.wrong(node or root, f"columns: thiếu {names}", f"columns: {names} missing")

    def _texts(self, node: Node, key: str) -> dict[str, str]:
        if not isinstance(node, Group):
            self.wrong(node, f"{key}: phải là bảng “của họ: của ta”", f"{key}: must be a table “theirs: ours”")
            return {}
        found: dict[str, str] = {}
        for name, (_, value) in node.entries.items():
            if isinstance(value, Scalar):
                found[name] = value.value.strip()
            else:
                self.wrong(value, f"{key}.{name}: phải là một giá trị", f"{key}.{name}: must be one value")
        return found
