"""The pages behind a real HTTP server on a free port of the loopback interface, in a thread of this process."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server


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
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Silent)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        _end(server, thread)


def _end(server: BaseWSGIServer, thread: threading.Thread) -> None:
    server.shutdown()
    server.server_close()
    thread.join(10)
