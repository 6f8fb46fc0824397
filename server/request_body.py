"""The body of a request as the web server reads it: what goes wrong there is the client's fault, not the program's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from flask import Flask

from engine.errors import Refusal
from server.context import this_request
from server.request_limits import MalformedRequest, TooSlow


def register_body(app: Flask) -> None:
    """Makes every body that cannot be read a refusal: malformed chunks (400), or a client that is too slow (408)."""

    @app.before_request
    def watch() -> None:
        environ = this_request().environ
        environ["wsgi.input"] = _Body(environ["wsgi.input"])


class _Body:
    """The server's stream of the body. A connection that broke stays an OSError, as frameworks expect."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def read(self, size: int = -1) -> bytes:
        return self._read(self._stream.read, size)

    def readline(self, size: int = -1) -> bytes:
        return self._read(self._stream.readline, size)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.readline, b"")

    def _read(self, read: Callable[[int], bytes], size: int) -> bytes:
        try:
            return read(size)
        except TimeoutError as error:
            raise TooSlow() from error
        except (OSError, Refusal):
            raise
        except Exception as error:
            why_vi, why_en = "nội dung không đọc được", "the body cannot be read"
            raise MalformedRequest(why_vi=why_vi, why_en=why_en) from error
