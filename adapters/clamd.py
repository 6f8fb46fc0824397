"""Looks for malicious programs with ClamAV's daemon ``clamd``, over a unix or TCP socket.

The command is ``zINSTREAM``: pieces of the file, each after its length in four bytes, and an empty one at the end. The
answer is ``stream: OK`` or ``stream: <name> FOUND``; anything else counts as no answer. Each wait and the whole
exchange have a time limit. clamd closes the connection when a file is longer than its ``StreamMaxLength``, so that
setting must not be smaller than the largest upload.
"""

from __future__ import annotations

import socket
import time
from contextlib import closing
from urllib.parse import urlsplit

import structlog

from engine.ports import FileInfected, ScannerSilent
from engine.setting_values import WrongSetting

log = structlog.get_logger("motcua.scanner")

PIECE = 64 * 1024
LONGEST_ANSWER = 4_096
PING_SECONDS = 2.0
_PORT = 3310


class ClamdScanner:
    """Scanner for clamd at ``unix:///path`` or ``tcp://host:port``.

    With ``pass_unscanned`` files are taken while clamd does not answer.
    """

    def __init__(self, address: str, *, seconds: float = 20.0, pass_unscanned: bool = False) -> None:
        """Raises WrongSetting."""
        self._where = _place(address)
        self._seconds = seconds
        self._pass_unscanned = pass_unscanned

    def check(self, content: bytes) -> None:
        """Raises FileInfected, and ScannerSilent unless files may pass unscanned."""
        try:
            answer = self._ask(b"zINSTREAM\0", content, self._seconds)
        except (OSError, ValueError) as error:
            answer = f"{type(error).__name__}: {error}"
        if answer == "stream: OK":
            return
        if answer.startswith("stream: ") and answer.endswith(" FOUND"):
            log.warning("file-infected", found=answer.removeprefix("stream: ").removesuffix(" FOUND"))
            raise FileInfected()
        log.error("scanner-silent", why=answer[:200], taken=self._pass_unscanned)
        if not self._pass_unscanned:
            raise ScannerSilent()

    def answers(self) -> bool:
        """Whether clamd answers a ping."""
        try:
            return self._ask(b"zPING\0", None, min(PING_SECONDS, self._seconds)) == "PONG"
        except (OSError, ValueError):
            return False

    def _ask(self, command: bytes, content: bytes | None, seconds: float) -> str:
        """One exchange. Raises OSError, ValueError."""
        until = time.monotonic() + seconds
        with closing(self._connected(seconds)) as connection:
            try:
                connection.sendall(command)
                if content is not None:
                    _send(connection, content, until)
            except (BrokenPipeError, ConnectionResetError):
                pass  # clamd says why before it closes
            return _answer(connection, until)

    def _connected(self, seconds: float) -> socket.socket:
        if isinstance(self._where, tuple):
            return socket.create_connection(self._where, timeout=seconds)
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.settimeout(seconds)
            connection.connect(self._where)
        except BaseException:
            connection.close()
            raise
        return connection


def _send(connection: socket.socket, content: bytes, until: float) -> None:
    view = memoryview(content)
    for at in range(0, len(view), PIECE):
        piece = view[at : at + PIECE]
        connection.settimeout(_left(until))
        connection.sendall(len(piece).to_bytes(4, "big"))
        connection.sendall(piece)
    connection.sendall(b"\0\0\0\0")


def _answer(connection: socket.socket, until: float) -> str:
    """The answer up to its zero byte. Raises OSError, ValueError."""
    found = b""
    while not found.endswith(b"\0"):
        connection.settimeout(_left(until))
        piece = connection.recv(1_024)
        if not piece or len(found) > LONGEST_ANSWER:
            raise ValueError(f"no whole answer: {found[:80]!r}")
        found += piece
    return found[:-1].decode(errors="replace").strip()


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError("clamd did not answer in time")
    return left


def _place(address: str) -> str | tuple[str, int]:
    try:
        parts = urlsplit(address)
        if parts.scheme == "unix" and parts.path.startswith("/") and not parts.netloc:
            return parts.path
        if parts.scheme == "tcp" and parts.hostname and parts.path in ("", "/"):
            return parts.hostname, parts.port or _PORT
    except ValueError:
        pass
    raise WrongSetting(name="MOTCUA_CLAMD", why="it must be unix:///path/of/the/socket or tcp://host:port")
