"""The stylesheet, scripts and pictures of pages: read once, compressed once, cached by browsers for a year.

The address of a file carries the beginning of its hash, so that a changed file has another address.
"""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import Flask, Response, request

from server.refusals import NoSuchAddress
from server.security_headers import NOTHING
from web.headers import protect

PREFIX = "/tinh/"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webp": "image/webp",
}
_FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class File:
    """A file as it is sent, plain and compressed."""

    content: bytes
    compressed: bytes
    media_type: str
    mark: str


def address(name: str) -> str:
    """The address of a file, for templates: ``/tinh/look.css?v=1f3a…``."""
    return f"{PREFIX}{name}?v={_files()[name].mark}"


def register_static(app: Flask) -> None:
    app.add_url_rule(f"{PREFIX}<path:name>", "web_static", _send)
    app.add_url_rule("/favicon.ico", "web_icon", lambda: _send("mark.svg"))


def _send(name: str) -> Response:
    found = _files().get(name)
    if found is None:
        raise NoSuchAddress()
    packed = request.accept_encodings["gzip"] > 0
    response = Response(found.compressed if packed else found.content, content_type=found.media_type)
    response.headers["Cache-Control"] = _FOREVER
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Content-Security-Policy"] = NOTHING  # a picture that is opened by itself loads nothing
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    return protect(response)


@cache
def _files() -> dict[str, File]:
    folder = Path(__file__).parent / "static"
    return {path.relative_to(folder).as_posix(): _read(path) for path in folder.rglob("*") if path.suffix in _TYPES}


def _read(path: Path) -> File:
    content = path.read_bytes()
    return File(content, gzip.compress(content, mtime=0), _TYPES[path.suffix], hashlib.sha256(content).hexdigest()[:12])
