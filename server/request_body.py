"""The body of a request as the web server reads it: what goes wrong there is the client's fault, not the program's.

Web servers say of their stream that it ends by itself, so Werkzeug does not count its bytes, and some give what came
before a connection broke as if it were all. A body that is shorter than its Content-Length is refused here, whoever
reads it (RFC 9112, section 8).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from flask import Flask, Request
from werkzeug.sansio.utils import get_content_length

from engine.errors import Refusal
from server.context import this_request
from server.request_limits import BodyTooLarge, MalformedRequest, TooSlow


def register_body(app: Flask) -> None:
    """Makes every body that cannot be read a refusal: malformed chunks or a part that is missing (400), or a client
    that is too slow (408)."""

    @app.before_request
    def watch() -> None:
        environ = this_request().environ
        told = environ.get("CONTENT_LENGTH"), environ.get("HTTP_TRANSFER_ENCODING")
        environ["wsgi.input"] = _Body(environ["wsgi.input"], *told)


def read_body(request: Request, most: int) -> bytes:
    """All bytes of the body, in as many reads as the stream needs. Raises BodyTooLarge, MalformedRequest, TooSlow."""
    length = request.content_length
    if length is not None and length > most:
        raise BodyTooLarge(most=most)
    wanted = most + 1 if length is None else length
    read = request.stream.read
    raw = read(wanted)
    if 0 < len(raw) < wanted:
        gathered = bytearray(raw)
        while len(gathered) < wanted and (more := read(wanted - len(gathered))):
            gathered += more
        raw = bytes(gathered)
    if len(raw) > most:
        raise BodyTooLarge(most=most)
    return raw


class _Body:
    """The server's stream of the body. A connection that broke stays an OSError, as frameworks expect."""

    def __init__(self, stream: Any, length: str | None, transfer_encoding: str | None) -> None:
        self._stream = stream
        self._told = length, transfer_encoding
        self._came = 0

    def read(self, size: int = -1) -> bytes:
        came = self._read(self._stream.read, size)
        if size < 0:
            self._must_be_whole()
        return came

    def readline(self, size: int = -1) -> bytes:
        return self._read(self._stream.readline, size)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.readline, b"")

    def _read(self, read: Callable[[int], bytes], size: int) -> bytes:
        try:
            came = read(size)
        except TimeoutError as error:
            raise TooSlow() from error
        except (OSError, Refusal):
            raise
        except Exception as error:
            why_vi, why_en = "nội dung không đọc được", "the body cannot be read"
            raise MalformedRequest(why_vi=why_vi, why_en=why_en) from error
        self._came += len(came)
        if not came and size:
            self._must_be_whole()
        return came

    def _must_be_whole(self) -> None:
        """At the end of the stream."""
        if self._came < (get_content_length(*self._told) or 0):
            why_vi, why_en = "nội dung bị ngắt trước khi đủ", "the body ended before its Content-Length"
            raise MalformedRequest(why_vi=why_vi, why_en=why_en)
