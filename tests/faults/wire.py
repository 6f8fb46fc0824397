"""A wire to PostgreSQL that counts what its clients send, and kills one with SIGKILL at the statement it was told.

It reads the protocol itself, so it sees every statement and every commit whatever part of the program sends them:
``python -m tests.faults.wire LISTEN SERVER`` listens on one socket, forwards to the other, and takes its orders as
lines of JSON. ``Wire`` starts it.
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import socket
import struct
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any

SYNC = b"S\x00\x00\x00\x04"
CANCEL = 80877102
CHANGES_NOTHING = frozenset(
    ("SELECT", "SHOW", "SET", "BEGIN", "START", "ROLLBACK", "SAVEPOINT", "RELEASE", "DISCARD", "DEALLOCATE")
)
"""The first words of statements after which there is nothing to keep, where they stand alone."""


class Wire:
    """The wire's process, as seen by whoever gives it orders."""

    def __init__(self, folder: Path, server_socket: Path) -> None:
        self.folder = folder
        words = [sys.executable, "-m", "tests.faults.wire", str(folder / server_socket.name), str(server_socket)]
        self._process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._hear()

    def __enter__(self) -> Wire:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()

    def arm(self, number: int, *, after: bool) -> None:
        """Whoever next sends the statement of this number (from 1, counted from now) is killed before the server gets
        it, or ``after`` the server has answered it and nobody else knows."""
        self._order({"die": number, "after": after})

    def report(self) -> dict[str, Any]:
        """Since it was armed: ``died``, the statement's text, and ``commits``, whether it ends a transaction that may
        have changed something."""
        return self._order({})

    def _order(self, order: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        self._process.stdin.flush()
        return self._hear()

    def _hear(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        told: dict[str, Any] = json.loads(self._process.stdout.readline())
        return told


class _Exchange:
    """What the wire's process does: one thread, all connections."""

    def __init__(self, listen: str, server: str) -> None:
        self._server, self._seen, self._order = server, 0, {"die": 0, "after": False}
        self._told: dict[str, Any] = {"died": None, "commits": False}
        self._selector = selectors.DefaultSelector()
        self._door = socket.socket(socket.AF_UNIX)
        self._door.bind(listen)
        self._door.listen(64)
        self._selector.register(self._door, selectors.EVENT_READ, self._let_in)
        self._selector.register(sys.stdin.buffer.raw, selectors.EVENT_READ, self._obey)  # type: ignore[attr-defined]
        self._open = True

    def run(self) -> None:
        self._tell({})
        while self._open:
            for key, _ in self._selector.select():
                key.data()

    def strikes(self, text: str, commits: bool) -> tuple[bool, bool]:
        """Counts a statement; whether its sender dies before it, and whether after it."""
        self._seen += 1
        if self._seen != self._order["die"]:
            return False, False
        self._told = {"died": text, "commits": commits}
        return not self._order["after"], bool(self._order["after"])

    def watch(self, end: socket.socket, call: Any) -> None:
        self._selector.register(end, selectors.EVENT_READ, call)

    def forget(self, *ends: socket.socket) -> None:
        for end in ends:
            if end.fileno() >= 0:
                self._selector.unregister(end)
                end.close()

    def _let_in(self) -> None:
        client, _ = self._door.accept()
        server = socket.socket(socket.AF_UNIX)
        server.connect(self._server)
        _Line(self, client, server)

    def _obey(self) -> None:
        line = sys.stdin.buffer.readline()
        if not line:
            self._open = False
            return
        order = json.loads(line)
        if order:
            self._order, self._seen, self._told = order, 0, {"died": None, "commits": False}
        self._tell(self._told)

    def _tell(self, what: dict[str, Any]) -> None:
        sys.stdout.write(json.dumps(what) + "\n")
        sys.stdout.flush()


class _Line:
    """One client's connection to the server."""

    def __init__(self, exchange: _Exchange, client: socket.socket, server: socket.socket) -> None:
        self._exchange, self._client, self._server = exchange, client, server
        self._pid = struct.unpack("3i", client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0]
        self._sent, self._answered = b"", b""
        self._owed = 1  # how often the server has yet to say that it is ready
        self._greeted = self._in_block = self._dies_at_answer = False
        self._statements: dict[bytes, str] = {}
        self._portals: dict[bytes, str] = {}
        exchange.watch(client, self._from_client)
        exchange.watch(server, self._from_server)

    def _from_client(self) -> None:
        got = _received(self._client)
        if not got:
            self._end()
            return
        self._sent += got
        while (message := self._next_sent()) is not None:
            if not self._forward(message):
                return

    def _next_sent(self) -> bytes | None:
        """The next whole message, the first of which has no type."""
        head = 1 if self._greeted else 0
        if len(self._sent) < head + 4:
            return None
        size = head + _size(self._sent[head : head + 4])
        if len(self._sent) < size:
            return None
        message, self._sent = self._sent[:size], self._sent[size:]
        return message

    def _forward(self, message: bytes) -> bool:
        """Sends a message on; False when the connection is over."""
        if not self._greeted:
            self._greeted = True
            self._server.sendall(message)
            return _size(message[4:8]) != CANCEL
        text = self._statement(message)
        self._owed += message[:1] in (b"S", b"Q")
        if text is None:
            self._server.sendall(message)
            return True
        word = text.split(None, 1)[0].upper() if text.strip() else ""
        reads = not self._in_block and word in CHANGES_NOTHING  # by itself: there is nothing to be left half-done
        before, after = (False, False) if reads else self._exchange.strikes(text, _commits(word, self._in_block))
        if before:
            self._kill()
            return False
        self._in_block = (self._in_block or word in ("BEGIN", "START")) and word not in ("COMMIT", "ROLLBACK", "END")
        self._dies_at_answer = self._dies_at_answer or after
        asks = after and message[:1] == b"E"  # the server answers when it is asked to
        self._owed += asks
        self._server.sendall(message + SYNC if asks else message)
        return True

    def _statement(self, message: bytes) -> str | None:
        """The text of what the message has the server carry out; None when it carries out nothing."""
        kind, parts = message[:1], message[5:].split(b"\0", 2)
        if kind == b"P":
            self._statements[parts[0]] = parts[1].decode()
        elif kind == b"B":
            self._portals[parts[0]] = self._statements.get(parts[1], "")
        elif kind == b"E":
            return self._portals.get(parts[0], "")
        elif kind == b"Q":
            return parts[0].decode()
        return None

    def _from_server(self) -> None:
        got = _received(self._server)
        if not got:
            self._end()
            return
        self._answered += got
        while len(self._answered) >= 5 and len(self._answered) >= (size := 1 + _size(self._answered[1:5])):
            self._owed -= self._answered[:1] == b"Z"
            self._answered = self._answered[size:]
        if not self._dies_at_answer:
            self._client.sendall(got)
        elif self._owed == 0:
            self._kill()

    def _kill(self) -> None:
        os.kill(self._pid, signal.SIGKILL)
        self._end()

    def _end(self) -> None:
        self._exchange.forget(self._client, self._server)


def _received(end: socket.socket) -> bytes:
    try:
        return end.recv(65536)
    except OSError:  # broken, or closed a moment ago with the other end
        return b""


def _size(four: bytes) -> int:
    return int.from_bytes(four, "big")


def _commits(word: str, in_block: bool) -> bool:
    return word in ("COMMIT", "END") or (not in_block and word not in CHANGES_NOTHING)


if __name__ == "__main__":
    _Exchange(*sys.argv[1:]).run()
