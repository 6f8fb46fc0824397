"""A real server for the pages: many threads, a free port of the loopback interface."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from web.cookies import SESSION

DOOR = "/_as/"
"""``/_as/<token>`` gives the browser the cookie of a session of pages, which no script and no driver can set."""


class _Silent(WSGIRequestHandler):
    """Logs no line for each request; keeps a connection open, as the production server does."""

    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: object) -> None:
        logging.getLogger(__name__).debug(message, *args)


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The address of the app, such as ``http://127.0.0.1:40123``, until the block ends.

    The browser takes a loopback address for a secure origin, so that ``__Host-`` cookies work without TLS.
    """
    server = make_server("127.0.0.1", 0, _Door(app), threaded=True, request_handler=_Silent)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        _end(server, thread)


class _Door:
    """The application, and ``DOOR`` before it."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if not path.startswith(DOOR):
            return self.app(environ, start_response)
        cookie = f"{SESSION}={path.removeprefix(DOOR)}; Path=/; Secure; HttpOnly; SameSite=Lax"
        start_response("200 OK", [("Set-Cookie", cookie), ("Content-Length", "0"), ("Content-Type", "text/plain")])
        return []


def _end(server: BaseWSGIServer, thread: threading.Thread) -> None:
    server.shutdown()
    server.server_close()
    thread.join(10)
