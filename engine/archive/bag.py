"""A BagIt package (RFC 8493, version 1.0, SHA-256), written beside its place and renamed into it when it is whole.

A folder with the package's name is therefore always a whole package. What a killed process left begins with a dot, and
the next one clears it away.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from engine.errors import Refusal

_DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
MANIFEST, TAG_MANIFEST, INFO = "manifest-sha256.txt", "tagmanifest-sha256.txt", "bag-info.txt"


class BagNotWritten(Refusal):
    """The package could not be written, for example because the disk is full; what was begun is cleared away."""

    code = "bag-not-written"
    status = 507
    vi = "Không ghi được gói lưu trữ vào {folder}: {why}. Hãy kiểm tra đĩa rồi chạy lại lệnh."
    en = "The package could not be written to {folder}: {why}. Look at the disk, then run the command again."


@dataclass(frozen=True, slots=True)
class Payload:
    """A file of the package: its path below ``data/`` (plain ASCII without blanks) and its content."""

    path: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Written:
    """A written package. ``sha256`` is that of its tagmanifest, which covers every other file."""

    folder: Path
    sha256: str
    files: int
    bytes: int


def write_bag(folder: Path, name: str, payload: Iterable[Payload], info: Iterable[tuple[str, str]]) -> Written:
    """Writes the package ``name`` into ``folder``; one that is there already is replaced. Raises BagNotWritten."""
    unfinished = folder / f".{name}.part"
    try:
        _clear(unfinished)
        made = _fill(unfinished, payload, info)
        place = folder / name
        _clear(place)
        unfinished.rename(place)
        _sync(folder)
    except OSError as error:
        _clear(unfinished)
        raise BagNotWritten(folder=folder, why=error.strerror or str(error)) from error
    return Written(place, made.sha256, made.files, made.bytes)


def bag_hash(folder: Path) -> str | None:
    """The SHA-256 of a package's tagmanifest; None where there is none."""
    try:
        return hashlib.sha256((folder / TAG_MANIFEST).read_bytes()).hexdigest()
    except (FileNotFoundError, NotADirectoryError):
        return None


def _fill(folder: Path, payload: Iterable[Payload], info: Iterable[tuple[str, str]]) -> Written:
    folder.mkdir(mode=0o700)
    manifest, size = dict[str, str](), 0
    for one in payload:
        path = f"data/{one.path}"
        if path in manifest:
            raise ValueError(f"two files are called {path}")
        manifest[path] = _put(folder / path, one.content)
        size += len(one.content)
    told = [*info, ("Payload-Oxum", f"{size}.{len(manifest)}")]
    tags = {
        "bagit.txt": _put(folder / "bagit.txt", _DECLARATION),
        INFO: _put(folder / INFO, "".join(f"{key}: {_line(value)}\n" for key, value in told).encode()),
        MANIFEST: _put(folder / MANIFEST, _manifest(manifest)),
    }
    sealed = _put(folder / TAG_MANIFEST, _manifest(tags))
    for inner in (path for path in folder.rglob("*") if path.is_dir()):
        _sync(inner)
    _sync(folder)
    return Written(folder, sealed, len(manifest), size)


def _manifest(hashes: dict[str, str]) -> bytes:
    return "".join(f"{digest}  {path}\n" for path, digest in sorted(hashes.items())).encode()


def _line(value: str) -> str:
    """A value on one line: a line break in a name could otherwise begin a field of its own."""
    composed = unicodedata.normalize("NFC", value)
    return " ".join("".join(" " if unicodedata.category(one) in ("Cc", "Cs") else one for one in composed).split())


def _put(path: Path, content: bytes) -> str:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return hashlib.sha256(content).hexdigest()


def _clear(folder: Path) -> None:
    if folder.is_dir():
        shutil.rmtree(folder)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
