"""Reads and writes the file of a version plan: the document that is approved, and then applied exactly.

It is JSON with one dossier a line, so it is streamed and never held in memory. Its digest covers the version, the
orders, what the plan saw, and every dossier, so a file that was changed by hand is refused.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
import orjson

from engine.errors import Refusal
from engine.rules.journal.entries import canonical
from engine.rules.procedure.definition import MalformedRelease, Release, release_from_bytes
from engine.rules.versions.fates import Orders

FORMAT = "motcua-version-plan-1"
_BEGIN = b'{"format": "' + FORMAT.encode() + b'",\n'
_ITEMS = b'"items": [\n'
_END = b"],\n"


class BadVersionPlan(Refusal):
    """The file is not a plan, or was changed after it was made."""

    code = "bad-version-plan"
    vi = "{file} không phải kế hoạch phiên bản dùng được: {why_vi}."
    en = "{file} is not a version plan that can be used: {why_en}."


class SeenWorld(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a plan saw: the published versions of the procedure as (digest, first day, last day), and the (version,
    state) pairs in which dossiers ran."""

    releases: tuple[tuple[str, str, str | None], ...]
    states: tuple[tuple[str, str], ...]


class Head(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A plan without its dossiers. ``release`` is the stored form of the version that takes effect."""

    release: str
    orders: Orders
    seen: SeenWorld


@dataclass(frozen=True, slots=True)
class VersionPlan:
    """A plan file, whose dossiers ``items`` reads one by one."""

    path: Path
    head: Head
    release: Release
    summary: dict[str, Any]
    digest: str

    def items(self) -> Iterator[dict[str, Any]]:
        """The dossiers, in order of their ids."""
        with self.path.open("rb") as file:
            _head_line(file, self.path)
            for line in _item_lines(file, self.path):
                yield orjson.loads(line)


class PlanDigest:
    """The digest of a plan, line by line."""

    def __init__(self, head: Head) -> None:
        self._hash = hashlib.sha256(canonical(msgspec.to_builtins(head)))

    def line(self, line: bytes) -> None:
        """Adds the line of one dossier."""
        self._hash.update(b"\n" + line)

    def hexadecimal(self) -> str:
        return self._hash.hexdigest()


def item_line(item: dict[str, Any]) -> bytes:
    """The canonical line of one dossier."""
    return orjson.dumps(item, option=orjson.OPT_SORT_KEYS)


def write_plan(path: Path, head: Head, lines: Iterable[bytes], summary: dict[str, Any]) -> str:
    """Writes a plan to ``path`` and returns its digest; an existing file is replaced at the end, as a whole.

    ``lines`` may be a generator that fills ``summary`` while it is written.
    """
    growing, digest, first = path.with_name(path.name + ".part"), PlanDigest(head), True
    with growing.open("wb") as file:
        file.write(_BEGIN + b'"plan": ' + orjson.dumps(msgspec.to_builtins(head), option=orjson.OPT_SORT_KEYS))
        file.write(b",\n" + _ITEMS)
        for line in lines:
            digest.line(line)
            file.write(line if first else b",\n" + line)
            first = False
        file.write((b"" if first else b"\n") + _END)
        tail = {"summary": summary, "digest": digest.hexadecimal()}
        file.write(orjson.dumps(tail, option=orjson.OPT_SORT_KEYS)[1:] + b"\n")
    growing.replace(path)
    return digest.hexadecimal()


def read_plan(path: Path) -> VersionPlan:
    """The plan in a file, its digest checked. Raises BadVersionPlan."""
    try:
        with path.open("rb") as file:
            head = msgspec.convert(_head_line(file, path), Head)
            digest = PlanDigest(head)
            for line in _item_lines(file, path):
                digest.line(line)
            tail = orjson.loads(b"{" + file.read())
        release = release_from_bytes(head.release)
        found = VersionPlan(path, head, release, tail["summary"], tail["digest"])
    except OSError as error:
        raise _bad(path, error.strerror or "không đọc được", error.strerror or "it cannot be read") from error
    except (orjson.JSONDecodeError, msgspec.ValidationError, MalformedRelease, KeyError, TypeError) as error:
        raise _bad(path, "nội dung không đọc được", "its content cannot be read") from error
    if found.digest != digest.hexadecimal():
        raise _bad(path, "nội dung khác với mã băm của kế hoạch", "its content does not fit its digest")
    return found


def _head_line(file: BinaryIO, path: Path) -> object:
    """The head; afterwards the file is positioned before the dossiers. Raises BadVersionPlan."""
    if file.readline() != _BEGIN:
        raise _bad(path, f"không bắt đầu như {FORMAT}", f"it does not begin as {FORMAT}")
    head: object = orjson.loads(b"{" + file.readline().rstrip(b",\n") + b"}")["plan"]
    if file.readline() != _ITEMS:
        raise _bad(path, "nội dung không đọc được", "its content cannot be read")
    return head


def _item_lines(file: BinaryIO, path: Path) -> Iterator[bytes]:
    """The lines of the dossiers; afterwards the file is positioned behind them. Raises BadVersionPlan."""
    for line in iter(file.readline, _END):
        if not line:
            raise _bad(path, "tệp bị cắt cụt", "it is cut off")
        yield line.removesuffix(b"\n").removesuffix(b",")


def _bad(path: Path, vi: str, en: str) -> BadVersionPlan:
    return BadVersionPlan(file=path.name, why_vi=vi, why_en=en)
