"""The keys that sign checkpoints: ``<data>/checkpoint-keys/<key id>.pem``, Ed25519, mode 600.

The last checkpoint names the key that signs the next one, not the folder: a change of keys is therefore public.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from engine.errors import Refusal
from engine.rules.journal.checkpoints import key_id


class CheckpointKeyUnusable(Refusal):
    """The key that must sign the next checkpoint is missing or cannot be used."""

    code = "checkpoint-key-unusable"
    status = 500
    vi = "Không dùng được khóa ký điểm kiểm tra {key}: {why}."
    en = "The checkpoint key {key} cannot be used: {why}."


class CheckpointKeys:
    """The keys in one folder. A public key is written in hexadecimal (32 bytes, 64 digits)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def any_key(self) -> str:
        """The public key of the first key in the folder, or of a new one. For the first checkpoint.

        Raises CheckpointKeyUnusable.
        """
        for path in sorted(self._folder.glob("*.pem")):
            return _public(self._read(path))
        return self.new_key()

    def new_key(self) -> str:
        """Makes a key and returns its public key; the private key is durable by then."""
        key = Ed25519PrivateKey.generate()
        public = _public(key)
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = self._folder / f"{key_id(public)}.{secrets.token_hex(4)}"
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(self._folder / f"{key_id(public)}.pem")
        _sync_folder(self._folder)
        return public

    def sign(self, public: str, content: bytes) -> bytes:
        """The signature of ``content`` (64 bytes) by the key ``public``. Raises CheckpointKeyUnusable."""
        key = self._read(self._folder / f"{key_id(public)}.pem")
        if _public(key) != public:
            raise CheckpointKeyUnusable(key=key_id(public), why="the file holds another key")
        return key.sign(content)

    def _read(self, path: Path) -> Ed25519PrivateKey:
        try:
            if path.stat().st_mode & 0o077:
                raise CheckpointKeyUnusable(key=path.stem, why="it may be read by others; set its mode to 600")
            key = load_pem_private_key(path.read_bytes(), password=None)
        except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise CheckpointKeyUnusable(key=path.stem, why=type(error).__name__) from error
        if not isinstance(key, Ed25519PrivateKey):
            raise CheckpointKeyUnusable(key=path.stem, why="it is not an Ed25519 key")
        return key


def signature_holds(public: str, content: bytes, signature: bytes) -> bool:
    """Whether ``signature`` is valid for ``content`` and the key ``public``."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(signature, content)
    except (InvalidSignature, ValueError):
        return False
    return True


def _public(key: Ed25519PrivateKey) -> str:
    return key.public_key().public_bytes_raw().hex()


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
