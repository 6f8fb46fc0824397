"""What each rule of a workflow file means and why it exists, with an example and the same mended, in both languages.

The sentences are those of the rule book; reasons and examples are in ``rule_book/explanations.yaml``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter

from engine.errors import NotFound
from engine.text import Text
from workflows.problems import Both, Suggest
from workflows.rule_book import SECTIONS, Severity
from workflows.yaml_reader import Group, Node, Scalar, decode, read

_FILE = Path(__file__).parent / "rule_book" / "explanations.yaml"
_SECTIONS_VI = {
    "Reading the file": "Đọc tệp",
    "Keys and values": "Khóa và giá trị",
    "States": "Trạng thái",
    "Roles, actions and notices": "Vai trò, thao tác và thông báo",
    "Conditions and branches": "Điều kiện và nhánh",
    "Decision tables and areas": "Bảng quyết định và địa bàn",
    "Fields, documents and fees": "Trường thông tin, giấy tờ và phí",
    "Dates and time limits": "Ngày và thời hạn",
    "Against other files and the register": "So với tệp khác và danh mục",
}
_MEANINGS = {
    "unknown-name": Text(
        "điều kiện dùng một tên, một hàm hoặc một lựa chọn chưa khai báo.",
        "a condition uses a name, a function or a choice that is not declared.",
    )
}
"""What a rule says whose sentence is made of facts alone."""


class UnknownRule(NotFound):
    """There is no such rule of the workflow file."""

    code = "unknown-rule"
    vi = 'Không có quy tắc "{rule}".{hint_vi} Xem tất cả: motcua workflows explain'
    en = 'There is no rule "{rule}".{hint_en} See all of them: motcua workflows explain'


@dataclass(frozen=True, slots=True)
class Explanation:
    """A rule in words. ``says`` is its sentence, with "…" for what differs from file to file.

    ``wrong`` are lines of a file that break the rule, ``mended`` the same lines right; a line "…" stands for lines
    between. Both are empty where no lines of text show the breach.
    """

    rule: str
    severity: Severity
    section: Text
    says: Text
    why: Text
    wrong: str
    mended: str


def explain(rule: str) -> Explanation:
    """The explanation of one rule. Raises UnknownRule, which names the nearest one."""
    found = explanations().get(rule)
    if found is None:
        hint = Suggest(rule, tuple(explanations())).hint()
        raise UnknownRule(rule=rule[:80], hint_vi=hint.vi, hint_en=hint.en)
    return found


@cache
def explanations() -> dict[str, Explanation]:
    """The explanations of all rules by id, in the order of the rule book."""
    text, report = decode(_FILE.read_bytes(), _FILE.name)
    written = read(text, report)
    if written is None:
        raise ValueError(report.problems())
    found = {}
    for title, rules in SECTIONS.items():
        section = Text(_SECTIONS_VI[title], title)
        for name, rule in rules.items():
            parts = _texts(written.entries[name][1])
            says = _MEANINGS.get(name) or Text(_plain(rule.vi), _plain(rule.en))
            why = Text(parts["vi"], parts["en"])
            wrong, mended = parts.get("wrong", ""), parts.get("mended", "")
            found[name] = Explanation(name, rule.severity, section, says, why, wrong, mended)
    return found


def reasons(language: str) -> dict[str, str]:
    """Why each rule exists, by id, in one language."""
    return {name: one.why.en if language == "en" else one.why.vi for name, one in explanations().items()}


def severity_in_words(severity: Severity) -> Both:
    """The name of a severity for people."""
    vi, en = {
        "error": ("lỗi", "error"),
        "warning": ("cảnh báo", "warning"),
        "information": ("ghi chú", "information"),
    }[severity]
    return Both(vi, en)


def _texts(node: Node) -> dict[str, str]:
    entries = node.entries.items() if isinstance(node, Group) else ()
    return {key: value.value for key, (_, value) in entries if isinstance(value, Scalar)}


def _plain(template: str) -> str:
    """A sentence without its facts.

    >>> _plain('state "{state}" has no way out.{hint} Add {{else: …}}')
    'state "…" has no way out. Add {else: …}'
    """
    parts = []
    for literal, name, _, _ in Formatter().parse(template):
        parts.append(literal)
        if name is not None and name not in ("hint", "successor"):
            parts.append("…")
    return "".join(parts)
