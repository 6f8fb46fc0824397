"""A key in a PKCS#11 token: it signs there and is never given away."""

from __future__ import annotations

import os
import threading
from typing import Any

import pkcs11
from asn1crypto import algos, x509
from pkcs11 import Attribute, Mechanism, ObjectClass

from adapters.pades.local import Key
from engine.ports import SigningFailed
from engine.setting_values import WrongSetting
from engine.signing_settings import TokenSettings


class _Token:
    """A token that is opened when it is first used, and again after it was away."""

    def __init__(self, settings: TokenSettings, pin: str) -> None:
        self._settings, self._pin, self._lock = settings, pin, threading.Lock()
        self._session: Any = None
        self._process: int | None = None

    def chain(self) -> tuple[x509.Certificate, ...]:
        """The key's certificate, and those of authorities that lie beside it."""
        with self._lock:
            found = self._opened().get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE})
            kept = [(one[Attribute.LABEL], x509.Certificate.load(one[Attribute.VALUE])) for one in found]
        own = [one for label, one in kept if label == self._settings.key]
        return (*own[:1], *(one for label, one in kept if label != self._settings.key and one.ca))

    def sign(self, data: bytes) -> bytes:
        """The signature of bytes (SHA-256, RSA or ECDSA). Raises SigningFailed."""
        with self._lock:
            try:
                return self._signed(data)
            except (pkcs11.exceptions.PKCS11Error, pkcs11.exceptions.NoSuchKey):
                self._session = None
            try:
                return self._signed(data)
            except (pkcs11.exceptions.PKCS11Error, pkcs11.exceptions.NoSuchKey) as error:
                why = f"thiết bị khóa không ký được / the token cannot sign ({type(error).__name__})"
                raise SigningFailed(why=why) from error

    def _signed(self, data: bytes) -> bytes:
        key = self._opened().get_key(object_class=ObjectClass.PRIVATE_KEY, label=self._settings.key)
        if key.key_type == pkcs11.KeyType.RSA:
            return bytes(key.sign(data, mechanism=Mechanism.SHA256_RSA_PKCS))
        raw = key.sign(data, mechanism=Mechanism.ECDSA_SHA256)
        return bytes(algos.DSASignature.from_p1363(raw).dump())

    def _opened(self) -> Any:
        if self._session is None or self._process != os.getpid():
            library = pkcs11.lib(str(self._settings.module))
            if self._process not in (None, os.getpid()):
                library.reinitialize()  # a forked process must not speak over its parent's sessions
            token = library.get_token(token_label=self._settings.token)
            try:
                self._session = token.open(user_pin=self._pin)
            except pkcs11.exceptions.UserAlreadyLoggedIn:
                self._session = token.open()
            self._process = os.getpid()
        return self._session


def pkcs11_key(settings: TokenSettings, pin: str) -> Key:
    """The key of a token. Raises WrongSetting."""
    token = _Token(settings, pin)
    try:
        chain = token.chain()
    except (pkcs11.exceptions.PKCS11Error, OSError, RuntimeError, ValueError) as error:
        why = f"the token {settings.token} cannot be opened ({type(error).__name__})"
        raise WrongSetting(name="MOTCUA_SIGNING_PKCS11_TOKEN", why=why) from error
    if not chain or chain[0].ca:
        why = f"the token {settings.token} has no certificate with the label {settings.key}"
        raise WrongSetting(name="MOTCUA_SIGNING_PKCS11_KEY", why=why)
    return Key(chain, token.sign)
