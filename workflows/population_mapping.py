"""Reads the mapping file of the population data. Every fault is told with its line and column, all at once."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from engine.errors import Refusal
from engine.rules.population import FIELDS, OUTCOMES, Compared, PopulationMapping
from engine.text import Text
from workflows.import_mapping import MappingFault
from workflows.problems import Suggest
from workflows.yaml_reader import Group, Node, Scalar, decode, read

SHIPPED = Path(__file__).parent / "connections" / "population.yaml"
_TEXTS = ("path", "purpose", "reference")
_TABLES = ("asks", "answers", "words")
_KEYS = ("verified", *_TEXTS, *_TABLES)


class PopulationMappingRefused(Refusal):
    """The mapping file of the population data has faults."""

    code = "population-mapping-refused"
    status = 500
    vi = "Tệp ánh xạ {file} có {count} lỗi. {first_vi}"
    en = "The mapping file {file} has {count} fault(s). {first_en}"

    def __init__(self, file: str, faults: list[MappingFault]) -> None:
        self.faults = tuple(faults)
        first = faults[0]
        where = f"{first.line}:{first.column}: "
        vi, en = where + first.words.vi, where + first.words.en
        super().__init__(file=file, count=len(faults), first_vi=vi, first_en=en)


def load_population_mapping(path: Path = SHIPPED) -> PopulationMapping:
    """The mapping in a file, by default the shipped one. Raises PopulationMappingRefused with every fault."""
    return read_population_mapping(path.read_bytes(), path.name)


def read_population_mapping(content: bytes | str, name: str = "population.yaml") -> PopulationMapping:
    """The mapping in a text. Raises PopulationMappingRefused with every fault."""
    text, report = decode(content, name)
    root = read(text, report) if not report.has_errors() else None
    if root is None or report.has_errors():
        faults = [MappingFault(one.line, one.column, Text(one.vi, one.en)) for one in report.problems()]
        raise PopulationMappingRefused(name, faults)
    reader = _Reader(root)
    texts = {key: reader.text(key) for key in _TEXTS}
    tables = {key: reader.table(key) for key in _TABLES}
    verified = reader.flag("verified")
    reader.check()
    if reader.faults:
        raise PopulationMappingRefused(name, sorted(reader.faults, key=lambda one: (one.line, one.column)))
    return PopulationMapping(
        **texts,
        verified=verified,
        asks=tables["asks"],
        answers=tables["answers"],
        words={word: cast(Compared, ours) for word, ours in tables["words"].items()},
    )


class _Reader:
    def __init__(self, root: Group) -> None:
        self.faults: list[MappingFault] = []
        self._root = root

    def wrong(self, node: Node, vi: str, en: str) -> None:
        self.faults.append(MappingFault(node.mark.line, node.mark.column, Text(vi, en)))

    def text(self, key: str) -> str:
        node = self._node(key)
        if not isinstance(node, Scalar) or not node.value.strip() or not node.value.isascii():
            self.wrong(node or self._root, f"{key}: phải là một tên ASCII", f"{key}: must be a name in ASCII")
            return ""
        return node.value.strip()

    def flag(self, key: str) -> bool:
        node = self._node(key)
        if not isinstance(node, Scalar) or node.value not in ("true", "false"):
            self.wrong(node or self._root, f"{key}: phải là true hoặc false", f"{key}: must be true or false")
            return False
        return node.value == "true"

    def table(self, key: str) -> dict[str, str]:
        node = self._node(key)
        if not isinstance(node, Group):
            self.wrong(node or self._root, f"{key}: phải là một bảng", f"{key}: must be a table")
            return {}
        found: dict[str, str] = {}
        for name, (at, value) in node.entries.items():
            if not isinstance(value, Scalar) or not value.value.strip():
                self.wrong(value, f"{key}.{name}: phải là một giá trị", f"{key}.{name}: must be one value")
            elif key == "words" and value.value not in OUTCOMES:
                known = ", ".join(OUTCOMES)
                self.wrong(value, f"{key}.{name}: phải là {known}", f"{key}.{name}: must be one of {known}")
            elif key != "words" and name not in FIELDS:
                hint = Suggest(name, FIELDS).hint()
                self.wrong(at, f"{key}: không có “{name}”.{hint.vi}", f"{key}: there is no “{name}”.{hint.en}")
            else:
                found[name] = value.value.strip()
        return found

    def check(self) -> None:
        for key, (node, _) in self._root.entries.items():
            if key not in _KEYS:
                hint = Suggest(key, _KEYS).hint()
                self.wrong(node, f"không có khóa “{key}”.{hint.vi}", f"there is no key “{key}”.{hint.en}")
        for key in ("asks", "answers"):
            table = self._node(key)
            if isinstance(table, Group) and "number" not in table.entries:
                self.wrong(table, f"{key}: thiếu number", f"{key}: number is missing")

    def _node(self, key: str) -> Node | None:
        entry = self._root.entries.get(key)
        return entry[1] if entry is not None else None
