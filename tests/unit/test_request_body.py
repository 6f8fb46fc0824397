"""A body that ends before its Content-Length is refused, whoever reads it; one that comes in pieces is read whole."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, Request, request

from server.request_body import read_body, register_body
from server.request_limits import BodyTooLarge, MalformedRequest

BODY = b"name=Nguy%E1%BB%85n&note=all+of+it"
READERS: dict[str, Callable[[Request], object]] = {
    "form": lambda asked: dict(asked.form),
    "data": lambda asked: asked.get_data(),
    "whole": lambda asked: read_body(asked, 1000),
    "lines": lambda asked: list(asked.stream),
}


class Dripping(io.BytesIO):
    """Gives one byte for each read."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(1 if size and size > 0 else size)


def _read(reader: Callable[[Request], object], stream: io.BytesIO, **environ: Any) -> object:
    """What a view reads of a stream that ends by itself, as gunicorn's and granian's do."""
    app, found = Flask("bodies", static_folder=None), list[object]()
    register_body(app)
    app.testing = True

    @app.post("/")
    def take() -> str:
        found.append(reader(request))
        return ""

    whole = {"wsgi.input": stream, "wsgi.input_terminated": True, **environ}
    app.test_client().post("/", content_type="application/x-www-form-urlencoded", environ_overrides=whole)
    return found[0]


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
@pytest.mark.parametrize("came", [b"", BODY[:20], BODY])
@pytest.mark.parametrize("stream", [io.BytesIO, Dripping])
def test_a_part_is_never_taken_for_the_whole(
    reader: Callable[[Request], object], came: bytes, stream: type[io.BytesIO]
) -> None:
    with pytest.raises(MalformedRequest):
        _read(reader, stream(came), CONTENT_LENGTH=str(len(BODY) + 1))


@pytest.mark.parametrize("stream", [io.BytesIO, Dripping])
@pytest.mark.parametrize("told", [{"CONTENT_LENGTH": str(len(BODY))}, {"HTTP_TRANSFER_ENCODING": "chunked"}])
def test_all_that_came_is_read(stream: type[io.BytesIO], told: dict[str, str]) -> None:
    assert _read(READERS["form"], stream(BODY), **told) == {"name": "Nguyễn", "note": "all of it"}
    assert _read(READERS["data"], stream(BODY), **told) == BODY
    assert _read(READERS["whole"], stream(BODY), **told) == BODY
    with pytest.raises(BodyTooLarge):
        _read(lambda asked: read_body(asked, len(BODY) - 1), stream(BODY), **told)
