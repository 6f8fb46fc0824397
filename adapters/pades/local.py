"""Signs results with a key of the installation: in a PKCS#12 file, or in a PKCS#11 token that never gives it away.

What is no PDF is signed beside the file, by the signer that is given for it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from asn1crypto import x509
from cryptography import x509 as pyca
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12

from adapters.pades.awaited import outcome
from adapters.pades.pdf import Signing
from adapters.pades.trust import Trust, as_pem
from engine.errors import Refusal
from engine.ports import Signature, Signer, SigningFailed
from engine.setting_values import WrongSetting


@dataclass(frozen=True, slots=True)
class Key:
    """A key that signs bytes (their SHA-256), and its certificate with the chain."""

    chain: tuple[x509.Certificate, ...]
    sign: Callable[[bytes], bytes]


class PdfSigner:
    """Signer for PDF files with one key. A file of another kind goes to ``others``."""

    def __init__(self, key: Key, trust: Trust, others: Signer) -> None:
        self._key, self._signing, self._others = key, Signing(key.chain, trust), others

    def sign(self, content: bytes, *, person: str, office: str, at: dt.datetime, check: str = "") -> Signature:
        """Signs in the name of a person of an office. Raises SigningFailed."""
        if not content.startswith(b"%PDF-"):
            return self._others.sign(content, person=person, office=office, at=at, check=check)
        return outcome(self._signed(content, at, check))

    def certificate(self) -> str:
        """The key's certificate as PEM."""
        return as_pem(self._key.chain[0])

    async def _signed(self, content: bytes, at: dt.datetime, check: str) -> Signature:
        try:
            prepared = await self._signing.prepare(content, check=check)
            return await self._signing.finish(prepared, self._key.sign(prepared.attributes), at)
        except SigningFailed:
            raise
        except Refusal as refusal:
            raise SigningFailed(why=f"{refusal.facts.get('why_vi')} / {refusal.facts.get('why_en')}") from refusal


def pkcs12_key(path: Path, passphrase: str) -> Key:
    """The key of a PKCS#12 file. Raises WrongSetting."""
    try:
        if path.stat().st_mode & 0o077:
            raise ValueError("it may be read by others; set its mode to 600")
        key, certificate, above = pkcs12.load_key_and_certificates(path.read_bytes(), passphrase.encode() or None)
    except (OSError, ValueError) as error:
        raise WrongSetting(name="MOTCUA_SIGNING_PKCS12", why=f"{path} cannot be used ({error})") from error
    if certificate is None or not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise WrongSetting(name="MOTCUA_SIGNING_PKCS12", why=f"{path} needs an RSA or EC key with its certificate")
    if isinstance(key, rsa.RSAPrivateKey):
        return Key(_chain(certificate, above), lambda data: key.sign(data, padding.PKCS1v15(), hashes.SHA256()))
    return Key(_chain(certificate, above), lambda data: key.sign(data, ec.ECDSA(hashes.SHA256())))


def _chain(certificate: pyca.Certificate, above: list[pyca.Certificate]) -> tuple[x509.Certificate, ...]:
    return tuple(x509.Certificate.load(one.public_bytes(Encoding.DER)) for one in (certificate, *above))
