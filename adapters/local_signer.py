"""Signs results with the installation's own key.

The signature shows that this installation issued these bytes in the name of this person and office, and that they have
not changed since. It is **not** a person's qualified digital signature (PAdES with a certificate from a licensed
authority, Law 20/2023 on electronic transactions): no person's card or token takes part, and one key serves the whole
installation. A result that the law wants signed by a person's certificate needs a signer of that kind behind the same
port.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from engine.ports import Signature, SigningFailed
from engine.security.signed_statement import statement_of

ALGORITHM = "Ed25519"


class LocalSigner:
    """Signer with one Ed25519 key for the installation, in ``<folder>/signing-key.pem`` (mode 600), made at first use.

    The signed bytes are ``motcua-signature-v1``, a newline, and the canonical JSON of the content's SHA-256, the person
    and the office; ``verify`` checks them. ``certificate`` is the public key as PEM: publish it where others find it.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "signing-key.pem"

    def sign(
        self, content: bytes, *, person: str, office: str, at: dt.datetime | None = None, check: str = ""
    ) -> Signature:
        """Signs in the name of a person of an office. Raises SigningFailed when the key cannot be used."""
        key, statement = self._key(), _statement(content, person, office)
        value = base64.b64encode(key.sign(statement.encode())).decode()
        return Signature(algorithm=ALGORITHM, value=value, certificate=_public(key), statement=statement)

    def certificate(self) -> str:
        """The public key as PEM. Raises SigningFailed when the key cannot be used."""
        return _public(self._key())

    def _key(self) -> Ed25519PrivateKey:
        try:
            if not self._path.exists():
                _make_key(self._path)
            if self._path.stat().st_mode & 0o077:
                raise SigningFailed(why=f"{self._path.name} may be read by others; set its mode to 600")
            key = load_pem_private_key(self._path.read_bytes(), password=None)
        except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise SigningFailed(why=f"{self._path.name} cannot be used ({type(error).__name__})") from error
        if not isinstance(key, Ed25519PrivateKey):
            raise SigningFailed(why=f"{self._path.name} is not an Ed25519 key")
        return key


def verify(content: bytes, signature: Signature, *, person: str, office: str) -> bool:
    """Whether the signature was made by the holder of ``signature.certificate`` over this content, person and office.

    The caller has to check that the certificate is the installation's.
    """
    try:
        key = load_pem_public_key(signature.certificate.encode())
        if signature.algorithm != ALGORITHM or not isinstance(key, Ed25519PublicKey):
            return False
        key.verify(base64.b64decode(signature.value, validate=True), _statement(content, person, office).encode())
    except (InvalidSignature, ValueError, UnsupportedAlgorithm):
        return False
    return True


def _statement(content: bytes, person: str, office: str) -> str:
    return statement_of(hashlib.sha256(content).hexdigest(), person, office)


def _public(key: Ed25519PrivateKey) -> str:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def _make_key(path: Path) -> None:
    """Makes the key file. Of two processes that start at once the first one wins: a hard link never replaces a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    try:
        path.hardlink_to(fresh)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
