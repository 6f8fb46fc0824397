"""Sealing what must lie in the database for a while but be of no use to whoever copies it: AES-256-GCM under a secret
that stands outside."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE = 12  # bytes


def seal(secret: str, content: bytes, purpose: bytes) -> bytes:
    """The sealed content; ``purpose`` keeps what was sealed for one use from being opened as another."""
    nonce = secrets.token_bytes(NONCE)
    return nonce + _cipher(secret).encrypt(nonce, content, purpose)


def unseal(secrets_newest_first: Sequence[str], sealed: bytes, purpose: bytes) -> bytes | None:
    """The content, by whichever secret sealed it; None when none of them did (an old one was dropped)."""
    for secret in secrets_newest_first:
        try:
            return _cipher(secret).decrypt(sealed[:NONCE], sealed[NONCE:], purpose)
        except (InvalidTag, ValueError):
            continue
    return None


@lru_cache(maxsize=8)
def _cipher(secret: str) -> AESGCM:
    return AESGCM(hashlib.sha256(b"sealing:" + secret.encode()).digest())
