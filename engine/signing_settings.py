"""The settings of signing PDF files, a part of ``engine.settings``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteSettings:
    """The remote-signing provider: its address, the secret shared with it, who is known there by what."""

    url: str
    secret: str
    signers: Path
    mapping: Path | None
    """A mapping file of the installation; None for the shipped one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenSettings:
    """A key in a PKCS#11 token: the module's library, the token's label and the key's."""

    module: Path
    token: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningSettings:
    """What signs results: ``local`` is the installation's own key beside the file, the others sign within PDF files."""

    kind: Literal["LOCAL", "PKCS12", "PKCS11"]
    pkcs12: Path | None
    pkcs11: TokenSettings | None
    pin: str
    """Of the PKCS#12 file or the token."""
    roots: Path | None
    tsa_url: str | None
    remote: RemoteSettings | None
