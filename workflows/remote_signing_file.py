"""The strict parser of ``connections/remote-signing.yaml``: the first mistake is one sentence with file, line, column.

An administrator changes this file when the provider's document says something else. It is read at the start; a mistake
stops the start and not a signature.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal, cast

from engine.errors import Refusal
from engine.remote_signing import State
from engine.remote_wire import RemoteWire
from workflows.problems import Mark
from workflows.yaml_reader import Group, Node, Scalar, decode, read

SHIPPED: Final = Path(__file__).parent / "connections" / "remote-signing.yaml"

_NUMBERS: Final = {
    "confirm_minutes": (1, 1440),
    "poll_seconds": (1, 3600),
    "most_documents": (1, 500),
    "wait_seconds": (1, 120),
    "callback.tolerance_seconds": (1, 3600),
}
_FIELD: Final = r"[A-Za-z_][\w-]{0,59}(\.[A-Za-z_][\w-]{0,59}){0,4}"
_HEADER: Final = r"[A-Za-z][A-Za-z0-9-]{0,59}"
_PATH: Final = r"/[!-z|~]{0,200}"  # printable, without braces
_WORDS: Final[Mapping[str, str]] = {
    "authorisation.header": _HEADER,
    "authorisation.value": r"[^\r\n]{0,100}\{secret\}[^\r\n]{0,100}",
    "certificate.path": rf"{_PATH}\{{credential\}}({_PATH})?",
    "certificate.own": _FIELD,
    "certificate.above": _FIELD,
    "sign.path": _PATH,
    **{f"sign.{name}": _FIELD for name in ("key", "credential", "algorithm", "callback", "documents", "transaction")},
    **{f"sign.{name}": _FIELD for name in ("id", "name", "hash")},
    "sign.algorithm_value": r"[\w./:-]{1,60}",
    "sign.hash_as": "base64|hex",
    "status.path": rf"{_PATH}\{{transaction\}}({_PATH})?",
    **{f"status.{name}": _FIELD for name in ("key", "transaction", "documents", "id", "state", "value", "reason")},
    "callback.signature": _HEADER,
    "callback.timestamp": _HEADER,
}
_STATES: Final = ("pending", "signed", "refused", "expired", "failed")
_GROUPS: Final = ("authorisation", "certificate", "sign", "status", "callback")


class BadConnectionFile(Refusal):
    """A mapping file of a connection that cannot be used; ``at`` is ``file:line:column``."""

    code = "bad-connection-file"
    status = 500
    vi = "{at}: {what_vi}"
    en = "{at}: {what_en}"


def load_remote_wire(path: Path | None = None) -> RemoteWire:
    """The mapping in a file, or the shipped one. Raises BadConnectionFile."""
    path = path or SHIPPED
    try:
        return read_remote_wire(path.read_bytes(), path.name)
    except OSError as error:
        raise _wrong(path.name, None, "không đọc được tệp", f"the file cannot be read ({error.strerror})") from error


def read_remote_wire(data: bytes, name: str) -> RemoteWire:
    """The mapping in the text of a file called ``name``. Raises BadConnectionFile."""
    text, report = decode(data, name)
    root = read(text, report) if not report.has_errors() else None
    for problem in report.problems():
        raise _wrong(name, Mark(problem.line, problem.column), problem.vi, problem.en)
    if root is None:
        raise _wrong(name, None, "tệp trống", "the file is empty")
    return _File(name).wire(root)


class _File:
    """A file that is being read: its name stands in what is said of it."""

    def __init__(self, name: str) -> None:
        self._name = name

    def wire(self, root: Group) -> RemoteWire:
        top = {"verified", "states", *_GROUPS, *(key for key in _NUMBERS if "." not in key)}
        self._known(root, top)
        groups = {key: self._group(root, key) for key in (*_GROUPS, "states")}
        for key in _GROUPS:
            inside = {one.partition(".")[2] for one in (*_WORDS, *_NUMBERS) if one.startswith(f"{key}.")}
            self._known(groups[key], inside)
        words = {key: self._word(self._at(root, groups, key), key, shape) for key, shape in _WORDS.items()}
        return RemoteWire(
            verified=self._one_of(self._at(root, groups, "verified"), "verified", ("true", "false")) == "true",
            numbers={key: self._number(self._at(root, groups, key), key, *of) for key, of in _NUMBERS.items()},
            words={key: word for key, word in words.items() if key != "sign.hash_as"},
            states=self._states(groups["states"]),
            hash_as=cast(Literal["base64", "hex"], words["sign.hash_as"]),
        )

    def _states(self, group: Group) -> dict[str, State]:
        found = {
            word: cast(State, self._one_of(node, f"states.{word}", _STATES))
            for word, (_, node) in group.entries.items()
        }
        for needed in ("pending", "signed", "refused"):
            if needed not in found.values():
                raise self._wrong(
                    group,
                    f'không từ nào của nhà cung cấp có nghĩa "{needed}"',
                    f'no word of the provider means "{needed}"',
                )
        return found

    def _known(self, group: Group, known: set[str]) -> None:
        for key, (at, _) in group.entries.items():
            if key not in known:
                listed = ", ".join(sorted(known))
                raise self._wrong(at, f'không có khóa "{key}"; được dùng: {listed}', f'no key "{key}"; known: {listed}')

    def _group(self, root: Group, key: str) -> Group:
        found = root.entries.get(key)
        if found is None:
            raise self._wrong(root, f'thiếu nhóm "{key}"', f'the group "{key}" is missing')
        if not isinstance(found[1], Group):
            raise self._wrong(found[0], f'"{key}" phải là một nhóm khóa', f'"{key}" must be a group of keys')
        return found[1]

    def _at(self, root: Group, groups: Mapping[str, Group], key: str) -> Node:
        group, _, inside = key.rpartition(".")
        where = groups[group] if group else root
        found = where.entries.get(inside)
        if found is None:
            raise self._wrong(where, f'thiếu khóa "{key}"', f'the key "{key}" is missing')
        return found[1]

    def _word(self, node: Node, key: str, shape: str) -> str:
        value = node.value if isinstance(node, Scalar) else ""
        if not re.fullmatch(shape, value):
            raise self._wrong(node, f'"{key}" không đúng dạng', f'"{key}" does not have the right form')
        return value

    def _one_of(self, node: Node, key: str, choices: tuple[str, ...]) -> str:
        value = node.value if isinstance(node, Scalar) else ""
        if value not in choices:
            listed = ", ".join(choices)
            raise self._wrong(node, f'"{key}" phải là một trong: {listed}', f'"{key}" must be one of {listed}')
        return value

    def _number(self, node: Node, key: str, least: int, most: int) -> int:
        value = node.value if isinstance(node, Scalar) else ""
        if not re.fullmatch(r"[0-9]{1,6}", value) or not least <= int(value) <= most:
            raise self._wrong(
                node,
                f'"{key}" phải là số nguyên từ {least} đến {most}',
                f'"{key}" must be a number from {least} to {most}',
            )
        return int(value)

    def _wrong(self, node: Node, vi: str, en: str) -> BadConnectionFile:
        return _wrong(self._name, node.mark, vi, en)


def _wrong(name: str, mark: Mark | None, vi: str, en: str) -> BadConnectionFile:
    at = f"{name}:{mark.line}:{mark.column}" if mark else name
    return BadConnectionFile(at=at, what_vi=vi, what_en=en)
