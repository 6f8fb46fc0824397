"""The signing secrets of webhooks, sealed in the database: a copy of it signs nothing.

A sealed secret belongs to its URL: a row whose URL was changed past the program signs nothing either.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence

from engine.security.sealing import seal, unseal

_SEALED = "sealed:"


def sealed_secret(key: str, url: str, secret: str) -> str:
    """The text that the database keeps."""
    return _SEALED + base64.b64encode(seal(key, secret.encode(), _purpose(url))).decode()


def opened_secret(keys_newest_first: Sequence[str], url: str, stored: str) -> str | None:
    """The secret; None when no given key sealed it for this URL. One stored in clear by an earlier version is itself.

    >>> opened_secret(["k"], "https://a.vn/", sealed_secret("k", "https://a.vn/", "whsec_AA"))
    'whsec_AA'
    """
    if not stored.startswith(_SEALED):
        return stored
    try:
        content = unseal(
            keys_newest_first, base64.b64decode(stored.removeprefix(_SEALED), validate=True), _purpose(url)
        )
    except binascii.Error:
        return None
    return content.decode() if content is not None else None


def _purpose(url: str) -> bytes:
    return b"webhook:" + url.encode()
