"""The other side of signing for a test: an authority and a provider as processes, and a person known to both."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import requests
from cryptography import x509

from adapters.pades.trust import Trust, certificates_in, trust_of
from adapters.remote_signing import RemoteSigner
from engine.signing_settings import RemoteSettings, SigningSettings
from engine.transaction import Runtime
from tests.doubles.process import Running, free_port, running
from workflows.remote_signing_file import load_remote_wire

SECRET = "the secret that the tests share with their provider"


@dataclass(slots=True)
class Signing:
    """The two doubles. ``signers`` is the file that says what the provider knows each person by."""

    folder: Path
    authority: Running
    provider: Running
    signers: Path

    def certificate(self, name: str, **asked: Any) -> str:
        """Key, certificate and chain of a person as PEM."""
        answer = requests.post(
            f"{self.authority.address}/_double/certificates", json={"name": name, **asked}, timeout=20
        )
        return answer.text

    def enter(self, username: str, name: str, **asked: Any) -> str:
        """Makes a person known to the authority and the provider; returns their PEM."""
        made = self.certificate(name, **asked)
        self.at_provider("POST", "signatories", {"credential": f"id{username}", "pem": made})
        known = self.signers.read_text() if self.signers.exists() else "username,credential\n"
        self.signers.write_text(f"{known}{username},id{username}\n")
        return made

    def revoke(self, made: str) -> None:
        """Revokes the certificate of a person."""
        serial = x509.load_pem_x509_certificate(made.encode()).serial_number
        self.at_authority("POST", "revoked", {"serial": str(serial)})

    def at_authority(self, method: str, control: str, body: Any) -> None:
        """Uses a control of the authority."""
        _control(method, f"{self.authority.address}/_double/{control}", body)

    def at_provider(self, method: str, control: str, body: Any) -> None:
        """Uses a control of the provider."""
        _control(method, f"{self.provider.address}/_double/{control}", body)

    def requests(self) -> list[dict[str, Any]]:
        """Every request that the provider has."""
        found: list[dict[str, Any]] = requests.get(f"{self.provider.address}/_double/requests", timeout=20).json()
        return found

    def told(self, now: dt.datetime) -> None:
        """Sets both clocks."""
        self.at_authority("PUT", "clock", {"now": now.isoformat()})
        self.at_provider("PUT", "options", {"now": now.timestamp()})

    def settings(self) -> SigningSettings:
        """The settings of an installation that trusts the authority and signs at the provider."""
        roots = self.folder / "roots.pem"
        if not roots.exists():
            roots.write_bytes(requests.get(f"{self.authority.address}/anchor.pem", timeout=20).content)
        remote = RemoteSettings(url=self.provider.address, secret=SECRET, signers=self.signers, mapping=None)
        tsa = f"{self.authority.address}/tsa"
        return SigningSettings(kind="LOCAL", pkcs12=None, pkcs11=None, pin="", roots=roots, tsa_url=tsa, remote=remote)

    def trust(self) -> Trust:
        """Trust in the authority."""
        return trust_of(self.settings())

    def remote(self, back: str = "http://127.0.0.1:9/no") -> RemoteSigner:
        """The adapter for the provider."""
        remote = self.settings().remote
        assert remote is not None
        return RemoteSigner(remote, load_remote_wire(), self.trust(), back)

    def over(self, runtime: Runtime, **more: Any) -> Runtime:
        """A runtime that signs at the provider."""
        return replace(runtime, remote=self.remote(**more))


@contextmanager
def signing_doubles(folder: Path) -> Iterator[Signing]:
    """Both doubles, until the block ends."""
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        authority = stack.enter_context(running("tests.doubles.authority", folder / "authority"))
        provider = stack.enter_context(running("tests.doubles.remote_signer", folder / "provider", free_port()))
        made = Signing(folder, authority, provider, folder / "signers.csv")
        made.at_provider("PUT", "options", {"secret": SECRET})
        yield made


def chain_of(made: str) -> tuple[Any, ...]:
    """The certificates of a person's PEM."""
    return certificates_in(made.encode())


def _control(method: str, address: str, body: Any) -> None:
    answer = requests.request(method, address, json=body, timeout=20)
    assert answer.status_code in (200, 204), answer.text
