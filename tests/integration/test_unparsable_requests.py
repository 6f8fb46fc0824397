"""What the web server cannot read as a request is refused like everything else: by a problem, and nothing is lost."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import orjson
import pytest

from benchmarks.served import Served, ours
from engine.store import migrate


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    environment = {
        "DATABASE_URL": f"sqlite:///{folder}/motcua.sqlite",
        "MOTCUA_DATA": str(folder),
        "MOTCUA_SECRET_KEYS": "k" * 40,
        "REDIS_URL": f"unix://{folder}/no-redis.sock",
    }
    migrate.upgrade(environment["DATABASE_URL"])
    with ours(environment, folder) as one:
        yield one


def _said(served: Served, request: bytes) -> tuple[int, bytes, dict[str, object]]:
    """Status, head and document of the one answer after which the connection is closed."""
    with socket.create_connection(("127.0.0.1", served.port), 20) as line:
        line.sendall(request)
        read = b""
        while more := line.recv(65536):
            read += more
    head, _, body = read.partition(b"\r\n\r\n")
    return int(head.split(b" ", 2)[1]), head.lower(), orjson.loads(body)


CHUNKED = b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
END = b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"


@pytest.mark.parametrize(
    ("request_sent", "status", "code"),
    [
        (b"GET /api/v1/offices?province=" + b"A" * 9000 + END + b"\r\n", 414, "url-too-long"),
        (b"GET /api/v1/units/resolve?q=" + b"%E1%BB%87" * 600 + END + b"\r\n", 414, "url-too-long"),
        (b"GET /api/v1/offices" + END + b"X-Much: " + b"a" * 9000 + b"\r\n\r\n", 431, "header-too-long"),
        (b"GET /api/v1/offices" + END + b"Bad Header: 1\r\n\r\n", 400, "malformed-request"),
        (b"GET /api/v1/offices HTTP/7.1\r\nHost: localhost\r\n\r\n", 400, "malformed-request"),
        (b"POST /api/v1/sessions" + END + b"Transfer-Encoding: knotted\r\n\r\n", 501, "malformed-request"),
        *(
            (b"POST /api/v1/sessions" + END + CHUNKED + chunks, 400, "malformed-request")
            for chunks in (b"zz\r\n{}\r\n0\r\n\r\n", b"-1\r\n", b"2\r\n{}xx0\r\n\r\n", b"2;\x01=\r\n{}\r\n0\r\n\r\n")
        ),
    ],
    ids=["line", "query", "header", "header-name", "version", "coding", "size", "minus", "end", "extension"],
)
def test_what_cannot_be_read_is_answered_with_a_problem(
    served: Served, request_sent: bytes, status: int, code: str
) -> None:
    answered, head, problem = _said(served, request_sent)
    assert (answered, problem["status"], problem["code"]) == (status, status, code)
    assert b"content-type: application/problem+json" in head
    assert problem["detail_vi"]
    assert problem["detail_en"]


def test_after_a_malformed_chunk_nothing_more_is_read_from_the_connection(served: Served) -> None:
    smuggled = b"zz\r\nGET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
    kept = b"POST /api/v1/sessions HTTP/1.1\r\nHost: localhost\r\n"
    answered, _, problem = _said(served, kept + CHUNKED + smuggled)
    assert (answered, problem["code"]) == (400, "malformed-request")
