"""A connection that breaks in the middle of an upload: nothing is stored, nothing fails, the retry works once."""

from __future__ import annotations

import gc
import socket
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.installation.filings import PDF
from tests.web.browser.serving import served
from tests.web.citizen.test_supplement import asked, papers, path, state
from tests.web.site import Site
from tests.web.visitor import Page, Visitor

# Werkzeug leaves the temporary file of a part that broke off to the garbage collector, which closes it with a warning.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")
BOUNDARY = "cut-here"
ASKS = {"documents": ["card"]}


def _body(page: Page, action: str, **fields: str) -> bytes:
    """The form on the page with one file, as a browser sends it."""
    hidden = {str(one["name"]): str(one["value"]) for one in page.form(action).find_all("input", type="hidden")}
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in {**hidden, **fields}.items()
    ]
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file.card"; filename="a.pdf"\r\n'
    return (
        b"".join(parts) + f"{head}Content-Type: application/pdf\r\n\r\n".encode() + PDF + f"\r\n--{BOUNDARY}--".encode()
    )


def _sent(base: str, visitor: Visitor, action: str, body: bytes, upto: int, *, chunked: bool = False) -> bytes:
    """Sends a request of which only ``upto`` bytes of the body come, then ends the connection; returns the answer."""
    address = urlsplit(base)
    cookies = "; ".join(f"{one.key}={one.value}" for one in visitor.client._cookies.values())
    length = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {len(body)}"
    head = (
        f"POST {action} HTTP/1.1\r\nHost: {address.netloc}\r\nCookie: {cookies}\r\nConnection: close\r\n"
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n{length}\r\n\r\n"
    )
    part = body[:upto]
    with socket.create_connection((str(address.hostname), int(address.port or 0)), timeout=10) as line:
        line.sendall(head.encode() + (f"{len(body):x}\r\n".encode() if chunked else b"") + part)
        line.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: line.recv(65536), b""))


@pytest.mark.parametrize("kept", [0.3, 0.9, 0.999])
@pytest.mark.parametrize("chunked", [False, True])
def test_nothing_is_stored_and_the_retry_works_once(site: Site, kept: float, chunked: bool) -> None:
    filed: dict[str, Any] = asked(site, ASKS)
    visitor, action = site.applicant(filed), path(filed)
    body = _body(visitor.get(action), action, do="send")
    before = papers(site, filed)
    with served(site.installation.app) as base:
        answer = _sent(base, visitor, action, body, int(len(body) * kept), chunked=chunked)
        assert b" 500 " not in answer.split(b"\r\n")[0]
        assert (papers(site, filed), state(site, filed)) == (before, "supplement")
        for _ in range(2):
            assert b" 303 " in _sent(base, visitor, action, body, len(body)).split(b"\r\n")[0]
    gc.collect()
    assert papers(site, filed) == [*before, "a.pdf"] and state(site, filed) == "checking"
