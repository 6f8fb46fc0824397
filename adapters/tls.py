"""Whose certificates are believed: the system's authorities, read once in a process, since reading them takes long."""

from __future__ import annotations

import os
import ssl
from functools import cache


def trusted() -> ssl.SSLContext:
    """A context for clients that verifies certificates and names; ``SSL_CERT_FILE`` adds an office's own authority."""
    return _trusted(os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"))


@cache
def _trusted(_file: str | None, _folder: str | None) -> ssl.SSLContext:
    return ssl.create_default_context()  # reads both settings itself
