"""Sealing (AES-256-GCM) of values that the database holds for a while and that a copy of it must not reveal.

The key is derived from a secret outside the database.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE = 12  # bytes


def seal(secret: str, content: bytes, purpose: bytes) -> bytes:
    """The nonce and the encrypted content. ``purpose`` is authenticated: unsealing needs the same one."""
    nonce = secrets.token_bytes(NONCE)
    return nonce + _cipher(secret).encrypt(nonce, content, purpose)


def unseal(secrets_newest_first: Sequence[str], sealed: bytes, purpose: bytes) -> bytes | None:
    """The content, decrypted with the secret that sealed it; None when no given secret did (an old one was dropped).

    >>> unseal(["new", "old"], seal("old", b"text", b"purpose"), b"purpose")
    b'text'
    """
    for secret in secrets_newest_first:
        try:
            return _cipher(secret).decrypt(sealed[:NONCE], sealed[NONCE:], purpose)
        except (InvalidTag, ValueError):
            continue
    return None


@lru_cache(maxsize=8)
def _cipher(secret: str) -> AESGCM:
    return AESGCM(hashlib.sha256(b"sealing:" + secret.encode()).digest())
