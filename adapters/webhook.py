"""Sends notices to programs as signed POST requests, by the Standard Webhooks specification.

The receiver checks ``webhook-id``, ``webhook-timestamp`` and ``webhook-signature`` (HMAC-SHA256) with any Standard
Webhooks library, and ignores an id that it has seen: the id is the notice's key and stays the same over every attempt.
"""

from __future__ import annotations

import binascii
import contextlib
import io
import re
import socket
import ssl
import time
from collections.abc import Callable, Hashable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from http.client import HTTPException, HTTPResponse, RemoteDisconnected
from types import MappingProxyType
from typing import Any

import orjson
from standardwebhooks.webhooks import Webhook

from adapters.cloud_events import binary, structured
from adapters.connection_pool import KeptLines
from adapters.public_address import Place, place_of
from adapters.tls import trusted
from engine.errors import in_log
from engine.notices.cloud_event import BINARY, STRUCTURED
from engine.ports import DeliveryFailed, Message

SECONDS_TO_CONNECT = 5.0
SECONDS_IN_ALL = 15.0  # from the connection to the last byte, so that a slow receiver cannot hold a worker
LARGEST_ANSWER = 64 * 1024  # bytes
PLACE_KEPT = 5.0  # seconds for which a checked address is cached

_IDENTIFIER = re.compile(r"[\x21-\x7e]{1,200}")


class WebhookNotifier:
    """Notifier for ``webhook``: ``message.address`` is the URL, ``message.secret`` the endpoint's ``whsec_…``.

    The body is ``message.data``, or subject, body and language where there are none; a CloudEvent is carried as its
    webhook asks. An answer of 2xx is a success, 410
    Gone a permanent failure; after any other answer, also a redirect, the notice is retried. An endpoint without a
    secret is refused, since an unsigned notice could be anybody's.
    """

    def __init__(self, *, allow_private: bool = False, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """``allow_private`` permits http:// and addresses inside the office; ``now`` stamps the attempt (UTC)."""
        self._allow_private = allow_private
        self._now = now

    def send(self, message: Message) -> str:
        """POSTs the notice once; returns the ``id`` of the receiver's JSON or ''. Raises DeliveryFailed."""
        headers, body = _carried(message)
        return post_signed(
            message.address,
            body,
            key=message.key,
            secret=message.secret or "",
            channel="webhook",
            at=self._now(),
            allow_private=self._allow_private,
            more=headers,
        )


def post_signed(
    url: str,
    body: bytes,
    *,
    key: str,
    secret: str,
    channel: str,
    at: datetime,
    allow_private: bool,
    more: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """POSTs JSON bytes, signed at a moment (UTC), to the checked and pinned address of a URL.

    ``more`` are further headers, or another ``content-type``; they are no part of what is signed. Returns the
    receiver's reference or ''. Raises DeliveryFailed, permanent for 410 and where a retry cannot help.
    """
    headers = {**_signed_headers(body, key, secret, channel, at), **more}
    place = _known_place(url, channel, allow_private)
    status, answer = _post(place, _request(place, headers, body), channel)
    if 200 <= status <= 299:
        return _reference(answer)
    why = f"the receiver answered {status}" + (", and redirects are not followed" if 300 <= status <= 399 else "")
    raise DeliveryFailed(permanent=status == 410, channel=channel, why=why)


def usable_secret(secret: str) -> bool:
    """Whether a text is a signing secret: base64 of at least 24 bytes (the specification's lower bound).

    The prefix ``whsec_`` is optional.

    >>> usable_secret("whsec_" + 32 * "A"), usable_secret("whsec_AAAA")
    (True, False)
    """
    try:
        encoded = secret.removeprefix("whsec_")
        return len(binascii.a2b_base64(encoded + "=" * (-len(encoded) % 4), strict_mode=True)) >= 24
    except (binascii.Error, ValueError):
        return False


def _carried(message: Message) -> tuple[dict[str, str], bytes]:
    """The headers beside those of the signature, and the body."""
    if message.form == STRUCTURED:
        return structured(message.data)
    if message.form == BINARY:
        return binary(message.data)
    words = {"subject": message.subject, "body": message.body, "language": message.language}
    return {}, orjson.dumps(message.data or words)


def _signed_headers(body: bytes, key: str, secret: str, channel: str, at: datetime) -> dict[str, str]:
    if not _IDENTIFIER.fullmatch(key):
        raise DeliveryFailed(permanent=True, channel=channel, why="the key of the notice cannot stand in a header")
    signer = _signer(secret)
    if signer is None:
        raise DeliveryFailed(permanent=True, channel=channel, why="the endpoint has no usable signing secret")
    return {
        "content-type": "application/json",
        "user-agent": "motcua",
        "webhook-id": key,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signer.sign(key, at, body.decode()),
    }


@lru_cache(maxsize=64)
def _signer(secret: str) -> Webhook | None:
    return Webhook(secret) if usable_secret(secret) else None


_PLACES: dict[tuple[str, bool], tuple[float, Place]] = {}


def _known_place(url: str, channel: str, allow_private: bool) -> Place:
    """``place_of``, cached for ``PLACE_KEPT`` seconds. Raises DeliveryFailed."""
    now = time.monotonic()
    kept = _PLACES.get((url, allow_private))
    if kept is not None and kept[0] > now:
        return kept[1]
    place = place_of(url, channel=channel, allow_private=allow_private)
    if len(_PLACES) > 1000:
        _PLACES.clear()
    _PLACES[url, allow_private] = now + PLACE_KEPT, place
    return place


def _request(place: Place, headers: dict[str, str], body: bytes) -> bytes:
    """The bytes of the whole request. The caller has checked that no value in its head has a line break."""
    told = {"host": place.host_header, "accept-encoding": "identity", **headers, "content-length": str(len(body))}
    head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    return f"POST {place.target} HTTP/1.1\r\n{head}\r\n".encode("ascii") + body


def _post(place: Place, request: bytes, channel: str) -> tuple[int, bytes]:
    """Status and body. A kept connection is tried first; the receiver may have closed it. Raises DeliveryFailed."""
    receiver = (place.scheme, place.host, place.port, place.addresses)
    kept = _LINES.take(receiver)
    try:
        if kept is not None:
            try:
                return _exchange(kept, request, receiver)
            except _CLOSED:
                pass  # a second try is safe: a receiver that has read the first one knows its key
        return _exchange(_connected(place), request, receiver)
    except (HTTPException, OSError, ValueError) as error:
        raise DeliveryFailed(channel=channel, why=in_log(error)[:300]) from error


_CLOSED = (ConnectionError, RemoteDisconnected, ssl.SSLError)
_LINES: KeptLines[socket.socket] = KeptLines(lambda line: line.close())


def _exchange(line: socket.socket, request: bytes, receiver: Hashable) -> tuple[int, bytes]:
    """One request over a connection, which is kept if both sides can reuse it and closed otherwise."""
    whole = False
    told = _Told(line, time.monotonic() + SECONDS_IN_ALL)
    try:
        line.settimeout(SECONDS_IN_ALL)
        line.sendall(request)
        # ``HTTPResponse`` uses only ``makefile`` of a socket, which ``_Told`` has.
        with contextlib.closing(HTTPResponse(told, method="POST")) as response:  # type: ignore[arg-type]
            response.begin()
            answer = b""
            # The status decides; a truncated body must not turn an accepted notice into a failed one.
            with contextlib.suppress(HTTPException, OSError):
                answer = response.read(LARGEST_ANSWER)
                whole = response.isclosed() or not response.read(1)
            whole = whole and not response.will_close
            return response.status, answer
    finally:
        if whole:
            _LINES.keep(receiver, line)
        else:
            line.close()


class _Told(io.RawIOBase):
    """A reader of a socket with one deadline for the whole answer: a socket's timeout restarts with every byte."""

    def __init__(self, line: socket.socket, latest: float) -> None:
        self._line, self._latest = line, latest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        left = self._latest - time.monotonic()
        if left <= 0:
            raise TimeoutError(f"no complete answer within {SECONDS_IN_ALL:g} seconds")
        self._line.settimeout(left)
        return self._line.recv_into(buffer)

    def makefile(self, _mode: str) -> io.BufferedReader:
        """The method that ``HTTPResponse`` calls on a socket."""
        return io.BufferedReader(self)


def _connected(place: Place) -> socket.socket:
    """A socket to the first checked address that answers, never to the name, which might resolve differently now."""
    problem: Exception = OSError("the name has no address")
    for address in place.addresses:
        try:
            line = socket.create_connection((address, place.port), SECONDS_TO_CONNECT)
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return line if place.scheme == "http" else _encrypted(line, place.host)
        except OSError as error:
            problem = error
    raise problem


def _encrypted(line: socket.socket, host: str) -> socket.socket:
    try:
        return trusted().wrap_socket(line, server_hostname=host)
    except BaseException:
        line.close()
        raise


def _reference(answer: bytes) -> str:
    try:
        found = orjson.loads(answer)
    except orjson.JSONDecodeError:
        return ""
    reference = found.get("id") if isinstance(found, dict) else None
    return reference[:200] if isinstance(reference, str) else ""
