"""A certificate authority that answers: a root, an authority below it, OCSP, CRLs, and RFC 3161 timestamps.

It keeps its keys, its certificates and what was revoked in its folder, so it is the same authority after a restart.

- ``GET /anchor.pem``, ``/anchor.crl``, ``/issuing.crl``, ``POST /ocsp``, ``POST /tsa``: what a real one publishes.
- ``POST /_double/certificates`` with ``{"name": …, "usage": "sign", "kind": "p256"}`` issues to a person: PEM of the
  key (``rsa``, ``p256``, ``p384``), of the certificate and of the chain. ``POST /_double/revoked`` with
  ``{"serial": …}`` revokes one.
- ``PUT /_double/clock`` with ``{"now": ISO 8601}`` sets its clock, ``{}`` lets it run again.
"""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from asn1crypto import keys as asn1_keys
from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509 import ocsp
from flask import Flask, Response, request
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from tests.doubles.faults import give_faults
from tests.doubles.process import serve

_BEGIN, _END = dt.datetime(2024, 1, 1, tzinfo=dt.UTC), dt.datetime(2044, 1, 1, tzinfo=dt.UTC)
_FRESH = dt.timedelta(days=7)
_USAGES = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement")
_USAGES_OF_AUTHORITIES = ("key_cert_sign", "crl_sign", "encipher_only", "decipher_only")


Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
KEYS: dict[str, Callable[[], Key]] = {
    "rsa": lambda: rsa.generate_private_key(65537, 2048),
    "p256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "p384": lambda: ec.generate_private_key(ec.SECP384R1()),
}


class Authority:
    """Root, issuing authority and timestamp authority of a folder; ``address`` is where the revocations are asked."""

    def __init__(self, folder: Path, address: str) -> None:
        self._folder, self._address, self._lock = folder, address, threading.Lock()
        self.told: dt.datetime | None = None
        self.revoked: dict[str, str] = self._kept("revoked.json", {})
        self.root_key, self.root = self._authority("root", "Test Root Authority", None)
        self.issuing_key, self.issuing = self._authority(
            "issuing", "Test Issuing Authority", (self.root_key, self.root)
        )
        self._tsa_key, self._tsa = self._stamper()

    def now(self) -> dt.datetime:
        """The authority's clock."""
        return self.told or dt.datetime.now(dt.UTC)

    def issue(
        self,
        name: str,
        usage: str = "sign",
        first: dt.datetime = _BEGIN,
        last: dt.datetime = _END,
        kind: str = "rsa",
    ) -> bytes:
        """Key, certificate and chain as PEM. ``usage`` is ``sign``, or ``encipher`` for one that may not sign;
        ``kind`` of the key is one of ``KEYS``."""
        key = KEYS[kind]()
        made = self._from_issuing(name, key, first, last)
        wanted = {"digital_signature", "content_commitment"} if usage == "sign" else {"key_encipherment"}
        signed = made.add_extension(_usage(wanted), critical=True).sign(self.issuing_key, hashes.SHA256())
        return _pem(key) + b"".join(one.public_bytes(Encoding.PEM) for one in (signed, self.issuing))

    def revoke(self, serial: int) -> None:
        """Revokes a certificate from now on."""
        with self._lock:
            self.revoked[str(serial)] = self.now().isoformat()
            (self._folder / "revoked.json").write_text(json.dumps(self.revoked))

    def ocsp(self, asked: bytes) -> bytes:
        """The answer to an OCSP request about a certificate of the issuing authority."""
        wanted = ocsp.load_der_ocsp_request(asked)
        since = self.revoked.get(str(wanted.serial_number))
        made = ocsp.OCSPResponseBuilder().add_response_by_hash(
            issuer_name_hash=wanted.issuer_name_hash,
            issuer_key_hash=wanted.issuer_key_hash,
            serial_number=wanted.serial_number,
            algorithm=wanted.hash_algorithm,
            cert_status=ocsp.OCSPCertStatus.REVOKED if since else ocsp.OCSPCertStatus.GOOD,
            this_update=self.now() - dt.timedelta(minutes=1),
            next_update=self.now() + _FRESH,
            revocation_time=dt.datetime.fromisoformat(since) if since else None,
            revocation_reason=x509.ReasonFlags.key_compromise if since else None,
        )
        for extension in wanted.extensions:  # the nonce comes back
            made = made.add_extension(extension.value, critical=False)
        answer = made.responder_id(ocsp.OCSPResponderEncoding.HASH, self.issuing)
        return answer.sign(self.issuing_key, hashes.SHA256()).public_bytes(Encoding.DER)

    def crl(self, which: str) -> bytes:
        """The revocation list of ``anchor`` (which revokes nothing) or ``issuing``."""
        key, certificate = (self.root_key, self.root) if which == "anchor" else (self.issuing_key, self.issuing)
        made = x509.CertificateRevocationListBuilder().issuer_name(certificate.subject)
        made = made.last_update(self.now() - dt.timedelta(minutes=1)).next_update(self.now() + _FRESH)
        made = made.add_extension(x509.CRLNumber(len(self.revoked) + 1), critical=False)
        made = made.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
        for serial, since in self.revoked.items() if which == "issuing" else ():
            one = x509.RevokedCertificateBuilder().serial_number(int(serial))
            made = made.add_revoked_certificate(one.revocation_date(dt.datetime.fromisoformat(since)).build())
        return made.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)

    def stamp(self, asked: bytes) -> bytes:
        """The answer to a timestamp request."""
        key = asn1_keys.PrivateKeyInfo.load(
            self._tsa_key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        )
        chain = SimpleCertificateStore()
        chain.register(_asn1(self.issuing))
        stamper = DummyTimeStamper(_asn1(self._tsa), key, chain, fixed_dt=self.now().replace(microsecond=0))
        return bytes(stamper.request_tsa_response(tsp.TimeStampReq.load(asked)).dump())

    def _authority(
        self, file: str, name: str, above: tuple[rsa.RSAPrivateKey, x509.Certificate] | None
    ) -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
        kept = self._folder / f"{file}.pem"
        if not kept.exists():
            key = rsa.generate_private_key(65537, 2048)
            signer, issuer = above if above else (key, None)
            made = _builder(_name(name), issuer.subject if issuer else _name(name), key, _BEGIN, _END)
            made = made.add_extension(x509.BasicConstraints(ca=True, path_length=0 if above else 1), critical=True)
            made = made.add_extension(_usage({"key_cert_sign", "crl_sign", "digital_signature"}), critical=True)
            made = made.add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
            )
            if issuer is not None:
                made = made.add_extension(_list_at(f"{self._address}/anchor.crl"), critical=False)
            kept.write_bytes(_pem(key) + made.sign(signer, hashes.SHA256()).public_bytes(Encoding.PEM))
        return _read(kept)

    def _stamper(self) -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
        kept = self._folder / "tsa.pem"
        if not kept.exists():
            key = rsa.generate_private_key(65537, 2048)
            made = self._from_issuing("Test Timestamp Authority", key, _BEGIN, _END)
            made = made.add_extension(_usage({"digital_signature"}), critical=True)
            purpose = x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.TIME_STAMPING])
            made = made.add_extension(purpose, critical=True)
            kept.write_bytes(_pem(key) + made.sign(self.issuing_key, hashes.SHA256()).public_bytes(Encoding.PEM))
        return _read(kept)

    def _from_issuing(self, name: str, key: Key, first: dt.datetime, last: dt.datetime) -> x509.CertificateBuilder:
        made = _builder(_name(name), self.issuing.subject, key, first, last)
        made = made.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.issuing_key.public_key())
        made = made.add_extension(issuer, critical=False)
        made = made.add_extension(_list_at(f"{self._address}/issuing.crl"), critical=False)
        where = x509.UniformResourceIdentifier(f"{self._address}/ocsp")
        about = x509.AccessDescription(x509.AuthorityInformationAccessOID.OCSP, where)
        return made.add_extension(x509.AuthorityInformationAccess([about]), critical=False)

    def _kept(self, name: str, otherwise: Any) -> Any:
        path = self._folder / name
        return json.loads(path.read_text()) if path.exists() else otherwise


def make(folder: Path) -> Flask:
    """The authority of a folder as a program. Its certificates name the address at which it was first asked."""
    app, made, first = Flask("authority"), list[Authority](), threading.Lock()
    give_faults(app)

    def own() -> Authority:
        with first:
            if not made:
                made.append(Authority(folder, request.host_url.rstrip("/")))
        return made[0]

    app.add_url_rule("/anchor.pem", "root", lambda: Response(own().root.public_bytes(Encoding.PEM)))
    app.add_url_rule("/<which>.crl", "crl", lambda which: Response(own().crl(which), mimetype="application/pkix-crl"))

    @app.post("/ocsp")
    def ask() -> Response:
        return Response(own().ocsp(request.get_data()), mimetype="application/ocsp-response")

    @app.post("/tsa")
    def stamp() -> Response:
        return Response(own().stamp(request.get_data()), mimetype="application/timestamp-reply")

    @app.post("/_double/certificates")
    def issue() -> Response:
        given = request.get_json()
        days = {name: dt.datetime.fromisoformat(given[name]) for name in ("first", "last") if name in given}
        return Response(own().issue(given["name"], given.get("usage", "sign"), kind=given.get("kind", "rsa"), **days))

    @app.post("/_double/revoked")
    def revoke() -> Response:
        own().revoke(int(request.get_json()["serial"]))
        return Response("", 204)

    @app.put("/_double/clock")
    def tell() -> Response:
        now = request.get_json().get("now")
        own().told = dt.datetime.fromisoformat(now) if now else None
        return Response("", 204)

    return app


def _builder(
    subject: x509.Name, issuer: x509.Name, key: Key, first: dt.datetime, last: dt.datetime
) -> x509.CertificateBuilder:
    made = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number()).not_valid_before(first).not_valid_after(last)
    return made.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)


def _usage(wanted: set[str]) -> x509.KeyUsage:
    return x509.KeyUsage(**{name: name in wanted for name in (*_USAGES, *_USAGES_OF_AUTHORITIES)})


def _list_at(address: str) -> x509.CRLDistributionPoints:
    where = x509.UniformResourceIdentifier(address)
    return x509.CRLDistributionPoints([x509.DistributionPoint([where], None, None, None)])


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])


def _pem(key: Key) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _read(path: Path) -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
    key = load_pem_private_key(path.read_bytes(), password=None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key, x509.load_pem_x509_certificate(path.read_bytes())


def _asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))


if __name__ == "__main__":
    serve(make)
