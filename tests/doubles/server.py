"""The HTTP server of the doubles: a thread for each connection, and connections are kept, as real servers keep them.

werkzeug's own ends each connection after an answer, and waits ten milliseconds before it does.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import chain
from typing import Any
from urllib.parse import unquote

Program = Callable[..., Iterable[bytes]]


class Server(ThreadingHTTPServer):
    """Answers with a WSGI program on the loopback interface."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, program: Program) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.program = program

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that has gone is no news."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body leave together
    server: Server

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing: a double under load would fill the screen."""

    def _answer(self) -> None:
        head: list[Any] = []
        try:
            told = self.server.program(self._environ(), lambda *given: head.extend(given[:2]))
            self._send(head, told)
        except ConnectionError:
            self.close_connection = True

    def _send(self, head: list[Any], told: Iterable[bytes]) -> None:
        """Whatever has no length of its own leaves in chunks."""
        parts = iter(told)
        first = next(parts, b"")  # a program that is a generator gives its head with its first part
        code, _, words = head[0].partition(" ")
        self.send_response(int(code), words)
        names = {name.lower(): value for name, value in head[1]}
        for name, value in head[1]:
            self.send_header(name, value)
        bare = int(code) in (204, 304)
        chunked = not bare and "content-length" not in names
        if chunked:
            self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        sent = 0
        for part in chain((first,), parts):
            if part and not bare and self.command != "HEAD":
                self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part) if chunked else part)
                sent += len(part)
        if chunked and self.command != "HEAD":
            self.wfile.write(b"0\r\n\r\n")
        self.wfile.flush()
        close = getattr(told, "close", None)
        if close is not None:
            close()
        if not bare and not chunked and sent < int(names["content-length"]):
            self.close_connection = True  # an answer that was cut

    def _environ(self) -> dict[str, Any]:
        path, _, question = self.path.partition("?")
        host, port = self.server.server_address[:2]
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        environ: dict[str, Any] = {
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote(path, "latin-1"),
            "QUERY_STRING": question,
            "SERVER_NAME": str(host),
            "SERVER_PORT": str(port),
            "SERVER_PROTOCOL": self.request_version,
            "REMOTE_ADDR": self.client_address[0],
            "REMOTE_PORT": str(self.client_address[1]),
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            "double.connection": self.connection,
        }
        return environ | {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in self.headers.items()}

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = _answer
