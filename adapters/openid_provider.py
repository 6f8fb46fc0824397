"""Signs staff in by OpenID Connect: authorization code with PKCE, state and nonce, over Authlib.

The provider describes itself at the discovery URL. Its keys are kept, and fetched again when a token names another one
or does not match: keys rotate without a word. Only asymmetric signatures are accepted.
"""

from __future__ import annotations

import hmac
import threading
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
import structlog
from authlib.common.errors import AuthlibBaseError
from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from engine.ports import Begun, ProvenSubject, ProviderRefused, ProviderUnreachable
from engine.session_settings import ProviderSettings

SUFFIX = "/.well-known/openid-configuration"
SECONDS = 10
LEEWAY = 60
"""Seconds by which the clocks of both sides may differ."""
FRESH = 300
"""Seconds that may lie between a proof that was asked anew and its arrival."""
ALGORITHMS = ("RS256", "PS256", "ES256", "ES384", "EdDSA")
SECOND_FACTORS = frozenset({"mfa", "otp", "hwk", "swk", "sc", "fpt", "face"})
"""Values of ``amr`` (RFC 8176) that tell of a second factor."""
log = structlog.get_logger("motcua.provider")


class OpenIdProvider:
    """One provider; its description and keys are fetched when they are first needed."""

    def __init__(self, settings: ProviderSettings) -> None:
        self._settings = settings
        self._described: dict[str, Any] | None = None
        self._keys: dict[str, Any] | None = None
        self._lock = threading.Lock()

    def begin(self, back: str, *, again: bool) -> Begun:
        verifier, nonce = generate_token(64), generate_token(32)
        more = {"prompt": "login", "max_age": "0"} if again else {}
        address, state = self._client(back).create_authorization_url(
            self._description()["authorization_endpoint"], code_verifier=verifier, nonce=nonce, **more
        )
        return Begun(address, state, nonce, verifier)

    def finish(self, back: str, begun: Begun, address: str, now: float, *, again: bool) -> ProvenSubject:
        told = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        described = self._description()
        if told.get("iss", described["issuer"]) != described["issuer"]:  # RFC 9207
            raise _refused("issuer of the answer")
        if not hmac.compare_digest(told.get("state", "").encode(), begun.state.encode()):
            raise _refused("state")
        if "code" not in told:
            raise _refused(told.get("error", "no code")[:40])
        try:
            token = self._client(back).fetch_token(
                described["token_endpoint"],
                grant_type="authorization_code",
                code=told["code"],
                code_verifier=begun.verifier,
                timeout=SECONDS,
                allow_redirects=False,
            )
        except (requests.RequestException, ValueError) as error:
            raise _unreachable(error) from error
        except AuthlibBaseError as error:
            raise _refused(str(error.error)) from error
        claims = self._claims(token, begun.nonce, now)
        if again and not now - FRESH <= float(claims.get("auth_time") or 0) <= now + LEEWAY:
            raise _refused("auth_time")
        ways = claims.get("amr") or []
        second = self._settings.trusted_second_factor and bool(SECOND_FACTORS & set(ways))
        return ProvenSubject(described["issuer"], str(claims["sub"]), second)

    def _claims(self, token: dict[str, Any], nonce: str, now: float) -> dict[str, Any]:
        """The claims of the token's ID token, which is checked: signature, issuer, audience, time, nonce."""
        described, raw = self._description(), token.get("id_token")
        if not isinstance(raw, str):
            raise _refused("no id_token")
        try:
            try:
                read = self._decoded(raw, fresh=False)
            except JoseError:  # signed by a key that was not known, or under the name of an earlier one
                read = self._decoded(raw, fresh=True)
            wanted = {
                "iss": {"essential": True, "value": described["issuer"]},
                "aud": {"essential": True, "value": self._settings.client_id},
            }
            given = {"nonce": nonce, "client_id": self._settings.client_id, "access_token": token.get("access_token")}
            claims: dict[str, Any] = CodeIDToken(read.claims, read.header, wanted, given)
            claims.validate(now=int(now), leeway=LEEWAY)  # type: ignore[attr-defined]  # a dict that checks itself
        except (JoseError, AuthlibBaseError, ValueError, TypeError) as error:
            raise _refused(type(error).__name__) from error
        return claims

    def _decoded(self, raw: str, *, fresh: bool) -> jwt.Token:
        keys = KeySet.import_key_set(self._key_set(fresh=fresh))  # type: ignore[arg-type]  # as the provider wrote it
        return jwt.decode(raw, keys, registry=JWSRegistry(algorithms=list(ALGORITHMS), strict_check_header=False))

    def _key_set(self, *, fresh: bool) -> dict[str, Any]:
        with self._lock:
            if fresh or self._keys is None:
                self._keys = _fetched(self._described["jwks_uri"] if self._described else "")
            return self._keys

    def _description(self) -> dict[str, Any]:
        with self._lock:
            if self._described is None:
                found = _fetched(self._settings.discovery_url)
                if str(found.get("issuer", "")).rstrip("/") + SUFFIX != self._settings.discovery_url:
                    raise _unreachable(ValueError("the issuer is not that of the discovery URL"))
                self._described = found
            return self._described

    def _client(self, back: str) -> OAuth2Session:
        return OAuth2Session(
            self._settings.client_id,
            self._settings.client_secret,
            scope="openid",
            redirect_uri=back,
            code_challenge_method="S256",
        )


def _fetched(address: str) -> dict[str, Any]:
    try:
        answer = requests.get(address, timeout=SECONDS, allow_redirects=False)
        answer.raise_for_status()
        found = answer.json()
    except (requests.RequestException, ValueError) as error:
        raise _unreachable(error) from error
    if not isinstance(found, dict):
        raise _unreachable(ValueError("no JSON object"))
    return found


def _unreachable(error: Exception) -> ProviderUnreachable:
    log.warning("provider_unreachable", why=type(error).__name__)
    return ProviderUnreachable()


def _refused(why: str) -> ProviderRefused:
    log.warning("provider_refused", why=why)
    return ProviderRefused()
