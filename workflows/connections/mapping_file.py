"""The strict parser of ``connections/payments.yaml``: what the gateway's messages and the bank's files mean."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NoReturn

from engine.errors import Refusal
from engine.rules.payments.wire import Call, StatementForm, TransactionForm, Wire
from workflows.problems import Mark
from workflows.yaml_reader import Group, Items, Node, Scalar, decode, read

SHIPPED = Path(__file__).with_name("payments.yaml")
_TRANSACTION = ("key", "reference", "vnd", "at", "status")
_COLUMNS = ("day", "key", "text", "amount", "credit", "debit", "account")
_PATH = re.compile(r"[A-Za-z0-9_\-]+(\.[A-Za-z0-9_\-]+){0,7}")


class BadMapping(Refusal):
    """The mapping of the payment messages cannot be used."""

    code = "bad-mapping"
    vi = "{file}, dòng {line}: {why_vi}"
    en = "{file}, line {line}: {why_en}"


def read_mapping(path: Path = SHIPPED) -> Wire:
    """The mapping in a file. Raises BadMapping, which names the first line that is wrong."""
    try:
        text, report = decode(path.read_bytes(), path.name)
    except OSError as error:
        raise BadMapping(file=path.name, line=1, why_vi="không đọc được tệp", why_en="cannot be read") from error
    root = read(text, report)
    problems = report.problems()
    if root is None or problems:
        first = problems[0]
        raise BadMapping(file=path.name, line=first.line, why_vi=first.vi, why_en=first.en)
    return _Reader(path.name).wire(root)


class _Reader:
    """Reads one tree; whatever is missing, unknown or of a wrong form raises BadMapping at its line."""

    def __init__(self, file: str) -> None:
        self._file = file

    def wire(self, root: Group) -> Wire:
        top = self._group(root, ("verified", "gateway", "statement"))
        gate = self._group(top["gateway"], ("create", "status", "refund", "transaction", "callback", "headers"))
        create = self._group(gate["create"], ("path", "send", "receive"))
        status = self._group(gate["status"], ("path", "items"))
        refund = self._group(gate["refund"], ("path", "send", "receive", "done", "refused"))
        transaction = self._group(gate["transaction"], ("fields", "paid", "other"))
        statement = self._group(top["statement"], ("columns", "days"))
        return Wire(
            create=Call(
                self._address(create["path"]),
                self._names(create["send"], ("reference", "vnd"), ("currency", "about")),
                self._names(create["receive"], ("key",), ("pay_at",)),
            ),
            status=Call(self._address(status["path"], "key"), {}, {}),
            items=self._path(status["items"]),
            refund=Call(
                self._address(refund["path"], "transaction"),
                self._names(refund["send"], ("vnd",), ("key",)),
                self._names(refund["receive"], ("key", "status"), ("why",)),
            ),
            refund_done=frozenset(self._words(refund["done"])),
            refund_refused=frozenset(self._words(refund["refused"])),
            transaction=self._transaction(transaction),
            callback=self._path(gate["callback"], empty=True),
            headers=self._names(gate["headers"], ("id", "timestamp", "signature")),
            statement=StatementForm(self._columns(statement["columns"]), self._days(statement["days"])),
            verified=self._flag(top["verified"]),
        )

    def _transaction(self, entries: dict[str, Node]) -> TransactionForm:
        paid, other = (frozenset(self._words(entries[name])) for name in ("paid", "other"))
        if both := sorted(paid & other):
            self._wrong(entries["other"].mark, f"{both[0]} đã có ở paid", f"{both[0]} stands in paid already")
        return TransactionForm(self._names(entries["fields"], _TRANSACTION, ("currency",)), paid, other)

    def _columns(self, node: Node) -> dict[str, tuple[str, ...]]:
        found = {key: tuple(self._words(value)) for key, value in self._entries(node, _COLUMNS).items()}
        for key in ("day", "key", "text"):
            if key not in found:
                self._wrong(node.mark, f"thiếu cột {key}", f"the column {key} is missing")
        if "amount" not in found and "credit" not in found:
            self._wrong(node.mark, "cần cột amount hoặc credit", "one of the columns amount and credit is needed")
        return found

    def _days(self, node: Node) -> tuple[str, ...]:
        forms = tuple(self._words(node))
        for form in forms:
            if not all(part in form for part in ("%d", "%m", "%Y")):
                self._wrong(node.mark, f"“{form}” cần %d, %m và %Y", f'"{form}" needs %d, %m and %Y')
        return forms

    def _group(self, node: Node, names: tuple[str, ...]) -> dict[str, Node]:
        found = self._entries(node, names)
        for name in names:
            if name not in found:
                self._wrong(node.mark, f"thiếu {name}", f"{name} is missing")
        return found

    def _entries(self, node: Node, known: tuple[str, ...]) -> dict[str, Node]:
        if not isinstance(node, Group):
            self._wrong(node.mark, "phải là nhóm khóa: giá trị", "must be keys with values")
        for name, (key, _) in node.entries.items():
            if name not in known:
                listed = ", ".join(known)
                self._wrong(key.mark, f"không có khóa {name}; có: {listed}", f"no key {name}; there are {listed}")
        return {name: value for name, (_, value) in node.entries.items()}

    def _names(self, node: Node, needed: tuple[str, ...], more: tuple[str, ...] = ()) -> dict[str, str]:
        found = {key: self._path(value) for key, value in self._entries(node, (*needed, *more)).items()}
        for name in needed:
            if name not in found:
                self._wrong(node.mark, f"thiếu {name}", f"{name} is missing")
        return found

    def _path(self, node: Node, *, empty: bool = False) -> str:
        text = self._text(node, empty=empty)
        if text and not _PATH.fullmatch(text):
            self._wrong(node.mark, f"“{text}” không phải tên trường", f'"{text}" is no name of a field')
        return text

    def _address(self, node: Node, name: str | None = None) -> str:
        text = self._text(node)
        if not re.fullmatch(r"/[A-Za-z0-9_\-./{}]*", text) or (name and f"{{{name}}}" not in text):
            needs = f" và {{{name}}}" if name else ""
            wants = f" and holds {{{name}}}" if name else ""
            self._wrong(node.mark, f"đường dẫn bắt đầu bằng /{needs}", f"a path begins with /{wants}")
        return text

    def _words(self, node: Node) -> list[str]:
        if not isinstance(node, Items) or not node.items:
            self._wrong(node.mark, "phải là danh sách có ít nhất một mục", "must be a list of one or more")
        return [self._text(one) for one in node.items]

    def _flag(self, node: Node) -> bool:
        text = self._text(node)
        if text not in ("true", "false"):
            self._wrong(node.mark, "phải là true hoặc false", "must be true or false")
        return text == "true"

    def _text(self, node: Node, *, empty: bool = False) -> str:
        if not isinstance(node, Scalar) or len(node.value) > 100 or not (node.value or empty):
            self._wrong(node.mark, "phải là chữ, 1 đến 100 ký tự", "must be a text of 1 to 100 characters")
        return node.value

    def _wrong(self, at: Mark, vi: str, en: str) -> NoReturn:
        raise BadMapping(file=self._file, line=at.line, why_vi=vi, why_en=en)
