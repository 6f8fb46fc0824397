"""The settings of signing PDF files, a part of ``engine.settings``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from engine.setting_values import WrongSetting, address, choice, flag, path


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
    forms: bool = False
    """Whether the PDF of each form that is issued carries the seal of the key in ``pkcs12`` or ``pkcs11``."""


def signing_from(environment: Mapping[str, str]) -> SigningSettings:
    """What the environment says (names in docs/operations.md). Raises WrongSetting."""
    kind = choice(environment, "MOTCUA_SIGNING", "LOCAL", ("LOCAL", "PKCS12", "PKCS11"))
    needed = {"PKCS12": ("PKCS12",), "PKCS11": ("PKCS11_MODULE", "PKCS11_TOKEN", "PKCS11_KEY")}.get(kind, ())
    for name in (f"MOTCUA_SIGNING_{one}" for one in needed):
        if not environment.get(name):
            raise WrongSetting(name=name, why=f"it is needed with MOTCUA_SIGNING={kind.lower()}")
    module = path(environment, "MOTCUA_SIGNING_PKCS11_MODULE")
    token, key = (environment.get(f"MOTCUA_SIGNING_PKCS11_{name}", "") for name in ("TOKEN", "KEY"))
    return SigningSettings(
        kind=cast(Literal["LOCAL", "PKCS12", "PKCS11"], kind),
        pkcs12=path(environment, "MOTCUA_SIGNING_PKCS12"),
        pkcs11=TokenSettings(module=module, token=token, key=key) if module else None,
        pin=environment.get("MOTCUA_SIGNING_PIN", ""),
        roots=path(environment, "MOTCUA_SIGNING_ROOTS"),
        tsa_url=address(environment, "MOTCUA_SIGNING_TSA_URL", ("http://", "https://")),
        remote=_remote(environment),
        forms=_forms(environment, kind),
    )


def _forms(environment: Mapping[str, str], kind: str) -> bool:
    forms = flag(environment, "MOTCUA_SIGN_FORMS", False)
    if forms and kind == "LOCAL":
        raise WrongSetting(name="MOTCUA_SIGN_FORMS", why="it needs MOTCUA_SIGNING=pkcs12 or pkcs11")
    return forms


def _remote(environment: Mapping[str, str]) -> RemoteSettings | None:
    url = environment.get("MOTCUA_REMOTE_SIGNING_URL")
    if not url:
        return None
    if not re.fullmatch(r"https://\S+|http://(127\.0\.0\.1|localhost)(:\d+)?(/\S*)?", url):
        raise WrongSetting(name="MOTCUA_REMOTE_SIGNING_URL", why="it must be an https address, or one of this machine")
    secret, signers = (environment.get(f"MOTCUA_REMOTE_SIGNING_{name}", "") for name in ("SECRET", "SIGNERS"))
    if len(secret) < 32:
        raise WrongSetting(name="MOTCUA_REMOTE_SIGNING_SECRET", why="it must have at least 32 characters")
    if not signers:
        raise WrongSetting(name="MOTCUA_REMOTE_SIGNING_SIGNERS", why="it must name the file of the signatories (CSV)")
    mapping = path(environment, "MOTCUA_REMOTE_SIGNING_MAPPING")
    return RemoteSettings(url=url.rstrip("/"), secret=secret, signers=Path(signers).absolute(), mapping=mapping)
