"""How often one may try: per address, and per account or code, so that neither passwords nor codes can be guessed.

Counted in Redis, so that all processes count together; in this process's memory while Redis is not reachable.
"""

from __future__ import annotations

import hashlib

from flask import Flask, request
from flask_limiter import Limiter, RateLimitExceeded

from engine.errors import Refusal
from engine.settings import Settings

SIGN_IN_PER_ADDRESS = "30 per minute"
SIGN_IN_PER_ACCOUNT = "10 per 5 minutes"
LOOK_UP_PER_ADDRESS = "30 per minute"
LOOK_UP_PER_CODE = "10 per 10 minutes"
LINK_PER_ADDRESS = "120 per minute"


class TooMany(Refusal):
    """Tried too often."""

    code = "too-many-requests"
    status = 429
    vi = "Thử quá nhiều lần. Xin thử lại sau {seconds} giây."
    en = "Too many attempts. Try again in {seconds} seconds."


class Limits:
    """The limits of one application; off when the settings say so."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        self._limiter = Limiter(
            key_func=_address,
            app=app,
            storage_uri=_storage(settings.redis_url),
            storage_options={"socket_timeout": 1, "socket_connect_timeout": 1},
            strategy="fixed-window",
            in_memory_fallback_enabled=True,
            enabled=settings.rate_limits,
            key_prefix="motcua",
        )

    def hold(self, limit: str, scope: str, key: str | None = None) -> None:
        """Counts one try of ``key`` (the caller's address by default) within ``scope``. Raises TooMany."""
        # A key may be a name or a code: Redis is given a digest of it, not the thing itself.
        digest = hashlib.sha256(f"{scope}\0{key or _address()}".encode()).hexdigest()[:32]
        try:
            with self._limiter.limit(limit, key_func=lambda: f"{scope}:{digest}"):
                pass
        except RateLimitExceeded as error:
            # The whole window: waiting that long is enough, whenever in it the first try was.
            raise TooMany(seconds=error.limit.limit.get_expiry()) from error


def _address() -> str:
    return request.remote_addr or "unknown"


def _storage(redis_url: str) -> str:
    return redis_url.replace("unix://", "redis+unix://", 1) if redis_url.startswith("unix://") else redis_url
