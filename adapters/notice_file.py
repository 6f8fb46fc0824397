"""Writes notices into a file instead of sending them, for the demonstration and while a channel is not set up.

One JSON object a line (``key, channel, address, subject, body, language, data``), UTF-8, readable by its owner only.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import orjson

from engine.ports import DeliveryFailed, Message


class FileNotifier:
    """Notifier that appends to a file and returns once the line is on the disk.

    A key is written once, however many processes share the file. A line that a crash cut short is closed, and its
    notice is written again.
    """

    def __init__(self, path: Path, *, echo: Callable[[str], None] | None = None, durable: bool = True) -> None:
        """``echo`` is called with one readable line for each notice written (the demonstration prints it). Without
        ``durable`` the disk is not waited for."""
        self._path = path
        self._durable = durable
        self._echo = echo
        self._read_until = 0
        self._keys: set[str] = set()

    def send(self, message: Message) -> str:
        """Appends the notice unless its key is there already; returns ''. Raises DeliveryFailed."""
        line = orjson.dumps(
            {
                "key": message.key,
                "channel": message.channel,
                "address": message.address,
                "subject": message.subject,
                "body": message.body,
                "language": message.language,
                "data": message.data,
            },
            option=orjson.OPT_APPEND_NEWLINE,
        )
        try:
            written = self._append_once(message.key, line)
        except OSError as error:
            raise DeliveryFailed(channel=message.channel, why=f"{self._path} cannot be written: {error}") from error
        if written and self._echo is not None:
            self._echo(f"[{message.channel}] {message.address}: {message.subject or message.body}")
        return ""

    def _append_once(self, key: str, line: bytes) -> bool:
        fresh = not self._path.exists()
        if fresh:
            self._path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            unfinished = self._learn(file)
            if key in self._keys:
                return False
            _write_all(file, b"\n" + line if unfinished else line)
            if self._durable:
                os.fsync(file)
        finally:
            os.close(file)
        if fresh:
            _sync_folder(self._path.parent)
        return True

    def _learn(self, file: int) -> bool:
        """Reads the keys appended since the last call; returns whether the file ends in the middle of a line."""
        size = os.fstat(file).st_size
        if size < self._read_until:  # emptied or replaced by a person
            self._read_until = 0
            self._keys.clear()
        new = b""
        while self._read_until + len(new) < size:
            new += os.pread(file, size - self._read_until - len(new), self._read_until + len(new))
        *lines, rest = new.split(b"\n")
        self._read_until += len(new) - len(rest)
        self._keys.update(key for line in lines if (key := _key_of(line)))
        return bool(rest)


def _key_of(line: bytes) -> str | None:
    try:
        return str(orjson.loads(line)["key"])
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return None  # a line cut short by a crash


def _write_all(file: int, content: bytes) -> None:
    while content:
        content = content[os.write(file, content) :]


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
