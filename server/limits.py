"""Rate limits per address, and per account or code, so that neither passwords nor codes can be guessed.

Tries are counted in Redis, so that all processes count together; while Redis is not reachable, in the memory of each
process.
"""

from __future__ import annotations

import hashlib
import time

import redis
from flask import request
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage, storage_from_string
from limits.strategies import FixedWindowRateLimiter

from engine.errors import Refusal
from engine.settings import Settings

SIGN_IN_PER_ADDRESS = parse("30 per minute")
SIGN_IN_PER_ACCOUNT = parse("10 per 5 minutes")
LOOK_UP_PER_ADDRESS = parse("30 per minute")
LOOK_UP_PER_CODE = parse("10 per 10 minutes")
LINK_PER_ADDRESS = parse("120 per minute")

WITHOUT_REDIS = 5.0
"""Seconds without a retry after Redis did not answer: its timeout once a request would slow down all of them."""


class TooMany(Refusal):
    """Too many attempts came from this address, or for this account or code."""

    code = "too-many-requests"
    status = 429
    vi = "Thử quá nhiều lần. Xin thử lại sau {seconds} giây."
    en = "Too many attempts. Try again in {seconds} seconds."


class Limits:
    """The limits of one application; off when the settings say so."""

    def __init__(self, settings: Settings) -> None:
        self._on = settings.rate_limits
        together = storage_from_string(_storage(settings.redis_url), socket_timeout=1, socket_connect_timeout=1)
        self._together, self._alone = FixedWindowRateLimiter(together), FixedWindowRateLimiter(MemoryStorage())
        self._asked_again_at = 0.0

    def hold(self, limit: RateLimitItem, scope: str, key: str | None = None) -> None:
        """Counts one try of ``key`` (the caller's address by default) within ``scope``. Raises TooMany."""
        if not self._on:
            return
        # A key may be a user name or a dossier's code: Redis gets a digest of it.
        digest = hashlib.sha256(f"{scope}\0{key or _address()}".encode()).hexdigest()[:32]
        if not self._counted(limit, f"motcua:{scope}:{digest}"):
            # The whole window: waiting that long is enough, wherever in it the first try was.
            raise TooMany(seconds=limit.get_expiry())

    def _counted(self, limit: RateLimitItem, key: str) -> bool:
        """Counts one more try; whether it is within the limit."""
        if time.monotonic() >= self._asked_again_at:
            try:
                return self._together.hit(limit, key)
            except redis.RedisError:
                self._asked_again_at = time.monotonic() + WITHOUT_REDIS
        return self._alone.hit(limit, key)


def _address() -> str:
    return request.remote_addr or "unknown"


def _storage(redis_url: str) -> str:
    return redis_url.replace("unix://", "redis+unix://", 1) if redis_url.startswith("unix://") else redis_url
