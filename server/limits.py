"""Limits against guessing: wrong passwords, receipt codes and links, and too many requests with one link.

What was wrong is counted for each pair of an account (or code) and an address. So nobody locks an account: the right
password from another address always opens it. After some failures a pair waits, and twice as long after each further
one. An IPv6 address counts with its whole /64, which one subscriber holds.

Failures are counted in Redis, so that all processes count together; while Redis is not reachable, in the memory of each
process.
"""

from __future__ import annotations

import hashlib
import ipaddress
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import redis
from flask import request
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage, RedisStorage, storage_from_string
from limits.strategies import FixedWindowRateLimiter

from engine.errors import Refusal
from engine.settings import Settings

FAILURES_PER_ADDRESS = parse("30 per minute")
"""Wrong passwords, or wrong receipt codes, from one address, whatever they were tried on."""
WRONG_LINKS_PER_ADDRESS = parse("60 per minute")
REQUESTS_PER_LINK = parse("120 per minute")
"""Requests with one link from one address."""

FREE_FAILURES = 10
"""Failures of a pair that cost no waiting."""
FIRST_WAIT, LONGEST_WAIT = 10, 900  # seconds
REMEMBERED = 3600
"""Seconds after its first failure for which a pair's failures count."""

WITHOUT_REDIS = 5.0
"""Seconds without a retry after Redis did not answer: its timeout once a request would slow down all of them."""

T = TypeVar("T")
_Storage = MemoryStorage | RedisStorage


class TooMany(Refusal):
    """Too many attempts came from this address, or from it for this account or code."""

    code = "too-many-requests"
    status = 429
    vi = "Thử quá nhiều lần. Xin thử lại sau {seconds} giây."
    en = "Too many attempts. Try again in {seconds} seconds."


class Limits:
    """The limits of one application; off when the settings say so."""

    def __init__(self, settings: Settings) -> None:
        self._on = settings.rate_limits
        together = storage_from_string(_redis(settings.redis_url), socket_timeout=1, socket_connect_timeout=1)
        self._together: _Storage = together  # type: ignore[assignment] # the storage of a Redis address is Redis'
        self._alone: _Storage = MemoryStorage()
        self._asked_again_at = 0.0

    def hold(self, limit: RateLimitItem, scope: str, key: str = "") -> None:
        """Counts one request of the caller's address with ``key`` within ``scope``. Raises TooMany."""
        if self._on and not self._ask(lambda storage: _window(storage).hit(limit, _name(scope, key))):
            # The whole window: waiting that long is enough, wherever in it the first request was.
            raise TooMany(seconds=limit.get_expiry())

    @contextmanager
    def guessing(self, scope: str, key: str, wrong: type[Refusal]) -> Iterator[None]:
        """Surrounds the check of a secret of ``key`` (an account or a code), which raises ``wrong`` when it fails.

        Raises TooMany before the check while the pair of key and address waits, or its address failed too often.
        """
        if not self._on:
            yield
            return
        pair, address = _name(scope, key), _name(scope)
        if not self._ask(lambda storage: _window(storage).test(FAILURES_PER_ADDRESS, address)):
            raise TooMany(seconds=FAILURES_PER_ADDRESS.get_expiry())
        self._ask(lambda storage: _take_turn(storage, pair))
        try:
            yield
        except wrong:
            self._ask(lambda storage: _window(storage).hit(FAILURES_PER_ADDRESS, address))
            raise
        self._ask(lambda storage: _forget(storage, pair))

    @contextmanager
    def guessing_links(self, wrong: type[Refusal]) -> Iterator[None]:
        """Surrounds the reading of a link, which raises ``wrong`` when it opens nothing. Raises TooMany."""
        if not self._on:
            yield
            return
        address = _name("wrong-link")
        if not self._ask(lambda storage: _window(storage).test(WRONG_LINKS_PER_ADDRESS, address)):
            raise TooMany(seconds=WRONG_LINKS_PER_ADDRESS.get_expiry())
        try:
            yield
        except wrong:
            self._ask(lambda storage: _window(storage).hit(WRONG_LINKS_PER_ADDRESS, address))
            raise

    def _ask(self, question: Callable[[_Storage], T]) -> T:
        """The answer of Redis, or of this process while Redis is away."""
        if time.monotonic() >= self._asked_again_at:
            try:
                return question(self._together)
            except redis.RedisError:
                self._asked_again_at = time.monotonic() + WITHOUT_REDIS
        return question(self._alone)


def caller() -> str:
    """The caller's address as limits count it: an IPv4 address, or the /64 of an IPv6 one."""
    return network_of(request.remote_addr or "")


def network_of(address: str) -> str:
    """The network of one subscriber.

    >>> network_of("2001:db8:1:2:3::4"), network_of("::ffff:192.0.2.7"), network_of("192.0.2.7")
    ('2001:db8:1:2::/64', '192.0.2.7', '192.0.2.7')
    """
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(ip, ipaddress.IPv6Address):
        return str(ip.ipv4_mapped or ipaddress.ip_network((ip, 64), strict=False))
    return str(ip)


def wait_after(failures: int) -> int:
    """The seconds that a pair waits after so many failures.

    >>> [wait_after(number) for number in (9, 10, 11, 12, 30)]
    [0, 10, 20, 40, 900]
    """
    if failures < FREE_FAILURES:
        return 0
    return int(min(LONGEST_WAIT, FIRST_WAIT << min(failures - FREE_FAILURES, 16)))


def _take_turn(storage: _Storage, pair: str) -> None:
    """Counts a try before it is made, so that tries at the same moment do not all pass. Raises TooMany."""
    if storage.get(_waiting(pair)):
        raise TooMany(seconds=wait_after(storage.get(pair)))
    if (failures := storage.incr(pair, REMEMBERED)) >= FREE_FAILURES:
        storage.incr(_waiting(pair), wait_after(failures))


def _forget(storage: _Storage, pair: str) -> None:
    storage.clear(pair)
    storage.clear(_waiting(pair))


def _waiting(pair: str) -> str:
    return f"{pair}:waits"


def _window(storage: _Storage) -> FixedWindowRateLimiter:
    return FixedWindowRateLimiter(storage)


def _name(scope: str, key: str = "") -> str:
    """The name of a count. A key may be a user name or a dossier's code: Redis gets a digest of it."""
    digest = hashlib.sha256(f"{scope}\0{key}\0{caller()}".encode()).hexdigest()[:32]
    return f"motcua:{scope}:{digest}"


def _redis(redis_url: str) -> str:
    return redis_url.replace("unix://", "redis+unix://", 1) if redis_url.startswith("unix://") else redis_url
