"""Stores uploaded files in a folder of this machine, or of a file system that several machines mount.

A file is ``ab/cd/abcd…`` (32 hexadecimal digits, two levels so that no folder grows past what tools can list), mode
600. The name says nothing about the content and cannot be guessed. The database knows the dossier of each file.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from pathlib import Path

from engine.errors import NotFound, Refusal

_KEY = re.compile(r"[0-9a-f]{32}|[0-9a-f]{64}")
"""Random ones, and the hashes of contents that were moved here from an S3 store."""
_UNFINISHED = ".part"
_NAME = "installation"
"""The file with the name of the store (server/own_files.py)."""


class NoSuchFile(NotFound):
    """No content is stored under this key, or the text is not a key at all."""

    code = "no-such-file"
    vi = "Không tìm thấy tệp."
    en = "The file was not found."


class NotKept(Refusal):
    """The content could not be written, for example because the disk is full; nothing is stored."""

    code = "file-not-kept"
    status = 507
    vi = "Không lưu được tệp: {why}."
    en = "The file could not be kept: {why}."


class LocalFiles:
    """The files in one folder. Safe for many processes: keys are random and contents never change."""

    def __init__(self, root: Path, *, durable: bool = True) -> None:
        """Without ``durable`` the disk is not waited for: for content that can be made again."""
        self._root = root
        self._durable = durable

    def put(self, content: bytes) -> str:
        """Stores the content; returns its key once content and name are on the disk. Raises NotKept."""
        key = secrets.token_hex(16)
        self.store(key, content)
        return key

    def store(self, key: str, content: bytes) -> None:
        """Stores a content under a key that it has already, as when it is moved here. Raises NotKept, NoSuchFile."""
        path = self._path(key)
        unfinished = path.with_name(path.name + _UNFINISHED)
        try:
            self._make_folders(path.parent)
            try:
                _write(unfinished, content, sync=self._durable)
                unfinished.rename(path)
            except BaseException:
                unfinished.unlink(missing_ok=True)
                raise
            if self._durable:
                _sync_folder(path.parent)
        except OSError as error:
            raise NotKept(why=error.strerror or str(error)) from error

    def read(self, key: str) -> bytes:
        """The content under a key. Raises NoSuchFile."""
        try:
            return self._path(key).read_bytes()
        except FileNotFoundError as error:
            raise NoSuchFile() from error

    def hash_of(self, key: str) -> str | None:
        """The SHA-256 of a content; None where there is none."""
        try:
            return hashlib.sha256(self.read(key)).hexdigest()
        except NoSuchFile:
            return None

    def every_key(self) -> Iterator[str]:
        """Every key, in no order."""
        for path in self._root.glob("??/??/*"):
            if _KEY.fullmatch(path.name):
                yield path.name

    def remove(self, key: str) -> None:
        """Removes the content; once more does nothing. Raises NoSuchFile for a text that is no key."""
        self._path(key).unlink(missing_ok=True)

    @property
    def place(self) -> str:
        return str(self._root)

    def name(self) -> str | None:
        try:
            return (self._root / _NAME).read_text(encoding="ascii").strip() or None
        except FileNotFoundError:
            return None

    def give_name(self, name: str) -> str:
        self._make_folders(self._root)
        fresh = self._root / f"{_NAME}.{secrets.token_hex(4)}"
        _write(fresh, name.encode("ascii") + b"\n")
        with contextlib.suppress(FileExistsError):  # of two processes that start at once, the first one's name counts
            (self._root / _NAME).hardlink_to(fresh)
        fresh.unlink()
        _sync_folder(self._root)
        return self.name() or name

    def _path(self, key: str) -> Path:
        """The path of a key's content. Raises NoSuchFile: a text of another form never becomes a path."""
        if not _KEY.fullmatch(key):
            raise NoSuchFile()
        return self._root / key[:2] / key[2:4] / key

    def _make_folders(self, folder: Path) -> None:
        missing = [parent for parent in (folder, *folder.parents) if not parent.exists()]
        for parent in reversed(missing):
            parent.mkdir(mode=0o700, exist_ok=True)
            if self._durable:
                _sync_folder(parent.parent)


def _write(path: Path, content: bytes, *, sync: bool = True) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        if sync:
            file.flush()
            os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Flushes a folder to the disk: a rename in it is durable only then."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
