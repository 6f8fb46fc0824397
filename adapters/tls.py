"""The TLS context of outgoing connections: it trusts the system's authorities, and is cached, since reading is slow."""

from __future__ import annotations

import os
import ssl
from functools import cache


def trusted() -> ssl.SSLContext:
    """A client context that verifies certificates and host names; ``SSL_CERT_FILE`` adds an office's own authority."""
    return _trusted(os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"))


@cache
def _trusted(_file: str | None, _folder: str | None) -> ssl.SSLContext:
    return ssl.create_default_context()  # reads both settings itself
