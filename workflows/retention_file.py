"""Reads the file of retention terms. Every fault is told with its line and column, all at once.

terms:
  - procedures: ["1.012783"]
    years: 20
    legal: "the decision that says so"
  - procedures: ["*"]
    permanent: true
    legal: "…"
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from engine.errors import Refusal
from engine.rules.retention import ANY, MOST_YEARS, RetentionSchedule, RetentionTerm
from engine.text import Text
from workflows.import_mapping import MappingFault
from workflows.problems import Suggest
from workflows.yaml_reader import Group, Items, Node, Scalar, decode, read

_KEYS = ("procedures", "years", "permanent", "legal")


class RetentionRefused(Refusal):
    """The file of retention terms has faults; nothing was read or destroyed."""

    code = "retention-file-refused"
    vi = "Tệp thời hạn bảo quản {file} có {count} lỗi. {first_vi}"
    en = "The file of retention terms {file} has {count} fault(s). {first_en}"

    def __init__(self, file: str, faults: list[MappingFault]) -> None:
        self.faults = tuple(faults)
        first = faults[0]
        where = f"{first.line}:{first.column}: "
        super().__init__(file=file, count=len(faults), first_vi=where + first.words.vi, first_en=where + first.words.en)


def load_retention(path: Path) -> RetentionSchedule:
    """The terms in a file. Raises RetentionRefused with every fault."""
    return read_retention(path.read_bytes(), path.name)


def read_retention(content: bytes, name: str = "retention.yaml") -> RetentionSchedule:
    """The terms in a text. Raises RetentionRefused with every fault."""
    text, report = decode(content, name)
    root = read(text, report) if not report.has_errors() else None
    if root is None or report.has_errors():
        raise RetentionRefused(
            name, [MappingFault(one.line, one.column, Text(one.vi, one.en)) for one in report.problems()]
        )
    reader = _Reader()
    terms = reader.terms(root)
    if reader.faults:
        raise RetentionRefused(name, sorted(reader.faults, key=lambda one: (one.line, one.column)))
    return RetentionSchedule(terms=tuple(terms), digest=hashlib.sha256(content).hexdigest())


class _Reader:
    def __init__(self) -> None:
        self.faults: list[MappingFault] = []
        self._seen: set[str] = set()

    def wrong(self, node: Node, vi: str, en: str) -> None:
        self.faults.append(MappingFault(node.mark.line, node.mark.column, Text(vi, en)))

    def terms(self, root: Group) -> list[RetentionTerm]:
        node = root.entries.get("terms", (None, None))[1]
        if not isinstance(node, Items) or not node.items:
            self.wrong(node or root, "terms: phải là danh sách thời hạn", "terms: must be a list of terms")
            return []
        return [self._term(one) for one in node.items if self._is_group(one)]  # type: ignore[arg-type]  # _is_group

    def _is_group(self, node: Node) -> bool:
        if not isinstance(node, Group):
            self.wrong(node, "phải có procedures, years và legal", "needs procedures, years and legal")
        return isinstance(node, Group)

    def _term(self, node: Group) -> RetentionTerm:
        for key, (at, _) in node.entries.items():
            if key not in _KEYS:
                hint = Suggest(key, _KEYS).hint()
                self.wrong(at, f"không có khóa “{key}”.{hint.vi}", f"there is no key “{key}”.{hint.en}")
        legal = node.entries.get("legal", (None, None))[1]
        words = legal.value.strip() if isinstance(legal, Scalar) else ""
        if not words:
            self.wrong(legal or node, "legal: phải ghi căn cứ pháp lý", "legal: the legal reference is missing")
        return RetentionTerm(procedures=self._procedures(node), years=self._years(node), legal=words)

    def _procedures(self, node: Group) -> tuple[str, ...]:
        given = node.entries.get("procedures", (None, None))[1]
        codes = [one.value for one in given.items if isinstance(one, Scalar)] if isinstance(given, Items) else []
        if not codes:
            self.wrong(
                given or node, "procedures: danh sách mã thủ tục, hoặc “*”", "procedures: a list of codes, or “*”"
            )
        for code in codes:
            if code in self._seen:
                words = "*" if code == ANY else code
                self.wrong(given or node, f"{words} đã có thời hạn ở trên", f"{words} has a term above")
            self._seen.add(code)
        return tuple(codes)

    def _years(self, node: Group) -> int | None:
        years, ever = (node.entries.get(key, (None, None))[1] for key in ("years", "permanent"))
        if isinstance(ever, Scalar) and ever.value == "true" and years is None:
            return None
        told = years.value if isinstance(years, Scalar) and ever is None else ""
        if told.isascii() and told.isdigit() and 1 <= int(told) <= MOST_YEARS:
            return int(told)
        self.wrong(
            years or ever or node,
            f"ghi years: 1 đến {MOST_YEARS}, hoặc permanent: true",
            f"say years: 1 to {MOST_YEARS}, or permanent: true",
        )
        return None
