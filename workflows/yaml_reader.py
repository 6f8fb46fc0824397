"""A strict YAML parser: every scalar stays the text that the author wrote, every node knows its line and column.

PyYAML's own constructors are not used: they read ``on`` as True, ``1.012790`` as 1.01279, ``012`` as 10 and ``22:30``
as 1350. The event stream comes from the pure-Python parser, because the C parser crashes the process at great depth.
Aliases, which can expand 450 bytes to a billion nodes, are refused. Sizes are capped so that no input takes a second.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

from workflows.problems import Both, Mark, Report

MOST_BYTES = 256 * 1024
MOST_LEVELS = 20
MOST_NODES = 10_000  # the longest shipped procedure has a quarter of it; the parser reads 50,000 a second

# Invisible, or line ends that editors do not count: C0, DEL, C1, zero width, direction marks and overrides, LS, PS.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff0-\uffff]"
)
_UNSEEN_IN_VALUE = re.compile(_UNSEEN.pattern[:-1] + "\r]")


@dataclass(slots=True)
class Node:
    """A node of the tree, at ``mark``."""

    mark: Mark


@dataclass(slots=True)
class Scalar(Node):
    """A text. ``plain``: written without quotes. ``offset``: columns from ``mark`` to its first character; None for text
    that spans lines or holds escapes, where columns inside it mean nothing."""

    value: str
    plain: bool
    offset: int | None = None


@dataclass(slots=True)
class Items(Node):
    """A list."""

    items: list[Node] = field(default_factory=list)


@dataclass(slots=True)
class Group(Node):
    """A mapping: for each key the node of the key and the node of the value."""

    entries: dict[str, tuple[Scalar, Node]] = field(default_factory=dict)


class _Stop(Exception):
    """Parsing cannot go on; the report has the reason."""


def decode(data: bytes | str, report_name: str) -> tuple[str, Report]:
    """The text of a file and a report for it. For too many bytes or bad UTF-8 the text is empty and the report says so."""
    raw = data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass")
    report = Report(report_name)
    if len(raw) > MOST_BYTES:
        report.add("too-big", Mark(1, 1), most=Both("256 KB", "256 KB"))
        return "", report
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        good = raw[: error.start].decode("utf-8")
        mark = Mark(good.count("\n") + 1, len(good) - (good.rfind("\n") + 1) + 1)
        report.add("not-utf8", mark, byte=error.start + 1)
        return "", report
    text = text.removeprefix("\ufeff")  # Windows editors write one at the start
    return text, Report(report_name, text)


def read(text: str, report: Report) -> Group | None:
    """The tree of the one document in ``text``; None when it cannot be parsed, with the reasons in ``report``."""
    unseen = _UNSEEN.search(text)
    if unseen:
        report.add("control-character", _mark_at(text, unseen.start()), char=f"U+{ord(unseen.group()):04X}")
        return None
    try:
        root = _Builder(report).build(text)
    except _Stop:
        return None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        report.add("syntax", Mark(mark.line + 1, mark.column + 1) if mark else Mark(1, 1), why=_explained(error))
        return None
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError):
        # Escapes beyond Unicode ("\\UFFFFFFFF") and absurd directive numbers escape PyYAML as bare ValueErrors.
        report.add("syntax", Mark(1, 1), why=Both("có ký tự thoát không hợp lệ.", "it holds an invalid escape."))
        return None
    if isinstance(root, Group):
        return root
    if root is not None:
        whole = Both("tệp", "the file")
        report.add("wrong-type", root.mark, where=whole, wanted=Both("nhóm khóa: giá trị", "keys with values"),
                   got=kind_of(root), hint="")  # fmt: skip
    return None


def kind_of(node: Node) -> Both:
    """The kind of a node in words, for messages."""
    if isinstance(node, Group):
        return Both("một nhóm khóa", "a group of keys")
    if isinstance(node, Items):
        return Both("một danh sách", "a list")
    word = node.value[:40] if isinstance(node, Scalar) else ""
    return Both(f'"{word}"', f'"{word}"') if word else Both("giá trị trống", "an empty value")


class _Builder:
    """Turns parser events into nodes with an explicit stack, so that depth cannot overflow the stack of Python."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._nodes = 0

    def build(self, text: str) -> Node | None:
        stack: list[tuple[Items | Group, Scalar | None]] = []
        root: Node | None = None
        documents = 0
        for event in _events(text):
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._stop("one-document", event)
                if event.tags:
                    self._stop("tag", event, tag="%TAG")
            elif isinstance(event, yaml.CollectionEndEvent):
                done, _ = stack.pop()
                root = self._placed(stack, done, root)
            elif isinstance(event, yaml.NodeEvent):
                node = self._node(event, text)
                if isinstance(node, Scalar):
                    root = self._placed(stack, node, root)
                else:
                    if len(stack) >= MOST_LEVELS:
                        self._stop("too-deep", event, most=MOST_LEVELS)
                    stack.append((node, None))
        if documents == 0 or (isinstance(root, Scalar) and root.value == "" and root.plain):
            self._report.add("empty-file", Mark(1, 1))
            raise _Stop
        if self._report.has("alias", "tag", "merge-key", "bad-key", "control-character"):
            raise _Stop  # further findings would only be consequences of these
        return root

    def _node(self, event: yaml.NodeEvent, text: str) -> Scalar | Items | Group:
        mark = _mark(event)
        self._nodes += 1
        if self._nodes > MOST_NODES:
            self._stop("too-big", event, most=Both(f"{MOST_NODES} mục", f"{MOST_NODES} entries"))
        if event.anchor is not None:
            self._report.add("alias", mark)
        if isinstance(event, yaml.AliasEvent):
            return Scalar(mark, "", False)
        if isinstance(event, (yaml.ScalarEvent, yaml.CollectionStartEvent)) and event.tag is not None:
            self._report.add("tag", mark, tag=event.tag)
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, mark, text)
        return Items(mark) if isinstance(event, yaml.SequenceStartEvent) else Group(mark)

    def _scalar(self, event: yaml.ScalarEvent, mark: Mark, text: str) -> Scalar:
        unseen = _UNSEEN_IN_VALUE.search(event.value)
        if unseen:
            self._report.add("control-character", mark, char=f"U+{ord(unseen.group()):04X}")
        plain = event.style is None
        start, end = (at.index if at else 0 for at in (event.start_mark, event.end_mark))
        quote = 0 if plain else 1
        as_written = text[start + quote : end - quote] == event.value
        return Scalar(mark, unicodedata.normalize("NFC", event.value), plain, quote if as_written else None)

    def _placed(self, stack: list[tuple[Items | Group, Scalar | None]], node: Node, root: Node | None) -> Node | None:
        """Puts a finished node into its parent, and returns the root; a node without parent is the root."""
        if not stack:
            return node
        parent, key = stack[-1]
        if isinstance(parent, Items):
            parent.items.append(node)
        elif key is None:
            stack[-1] = (parent, self._key(node))
        else:
            self._entry(parent, key, node)
            stack[-1] = (parent, None)
        return root

    def _key(self, node: Node) -> Scalar:
        if not isinstance(node, Scalar):
            self._report.add("bad-key", node.mark)
            return Scalar(node.mark, "", False)
        if node.plain and node.value == "<<":
            self._report.add("merge-key", node.mark)
        return node

    def _entry(self, parent: Group, key: Scalar, value: Node) -> None:
        earlier = parent.entries.get(key.value)
        if earlier:
            self._report.add("duplicate-key", key.mark, key=key.value, line=earlier[0].mark.line)
        else:
            parent.entries[key.value] = (key, value)

    def _stop(self, rule: str, event: yaml.Event, **facts: object) -> None:
        self._report.add(rule, _mark(event), **facts)
        raise _Stop


def _events(text: str) -> Iterator[yaml.Event]:
    yield from yaml.parse(text, Loader=yaml.SafeLoader)


def _mark(event: yaml.Event) -> Mark:
    mark = event.start_mark
    return Mark(mark.line + 1, mark.column + 1) if mark else Mark(1, 1)


def _mark_at(text: str, index: int) -> Mark:
    before = text[:index]
    return Mark(before.count("\n") + 1, index - (before.rfind("\n") + 1) + 1)


# ruff: noqa: E501
_EXPLANATIONS = (
    ("mapping values are not allowed", "có dấu hai chấm trong giá trị; đặt giá trị trong ngoặc kép, hoặc sửa thụt dòng.",
     "a colon stands inside a value; put the value in quotes, or correct the indentation."),
    ("character '\\t'", "có dấu tab ở đầu; thụt dòng bằng dấu cách.", "a tab stands where spaces must; indent with spaces."),
    ("unexpected end of stream", "ngoặc kép mở mà không đóng.", "a quotation mark is opened and never closed."),
    ("expected ',' or '}'", "ngoặc { mở mà không đóng, hoặc thiếu dấu phẩy.", "a { is not closed, or a comma is missing."),
    ("expected ',' or ']'", "ngoặc [ mở mà không đóng, hoặc thiếu dấu phẩy.", "a [ is not closed, or a comma is missing."),
    ("could not find expected ':'", "thiếu dấu hai chấm sau khóa.", "a colon is missing after a key."),
    ("expected <block end>", "thụt dòng không thẳng hàng với các khóa phía trên.", "the indentation does not line up with the keys above."),
    ("cannot start any token", "ký tự này không thể đứng đầu giá trị; đặt giá trị trong ngoặc kép.",
     "this character cannot begin a value; put the value in quotes."),
)  # fmt: skip


def _explained(error: yaml.MarkedYAMLError) -> Both:
    said = f"{error.context or ''} {error.problem or ''}"
    for part, vi, en in _EXPLANATIONS:
        if part in said:
            return Both(vi, en)
    return Both(f"{error.problem}.", f"{error.problem}.")
