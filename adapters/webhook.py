"""Notices to programs: signed POST requests after the Standard Webhooks specification.

The receiver checks ``webhook-id``, ``webhook-timestamp`` and ``webhook-signature`` (HMAC-SHA256) with any Standard
Webhooks library, and ignores an id that it has seen: the id is the notice's key and stays the same over every attempt.
"""

from __future__ import annotations

import binascii
import contextlib
import re
import socket
import threading
from collections.abc import Callable, Hashable, Iterator
from datetime import UTC, datetime
from http.client import HTTPException, RemoteDisconnected
from typing import Any

import orjson
import urllib3
from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook
from urllib3.connection import HTTPConnection, HTTPSConnection

from adapters.kept_lines import KeptLines
from adapters.public_address import Place, place_of
from adapters.trust import trusted
from engine.ports import DeliveryFailed, Message

SECONDS_TO_CONNECT = 5.0
SECONDS_IN_ALL = 15.0  # from the connection to the last byte: a receiver that drips holds a worker no longer
LARGEST_ANSWER = 64 * 1024  # bytes

_IDENTIFIER = re.compile(r"[\x21-\x7e]{1,200}")


class WebhookNotifier:
    """Notifier for ``webhook``: ``message.address`` is the URL, ``message.secret`` the endpoint's ``whsec_…``.

    The body is ``message.data``, or subject, body and language where there are none. 2xx is taken; 410 Gone is
    permanent; everything else, a redirect too, may be tried again. An endpoint without a secret is refused: an unsigned
    notice could be anybody's. Answers with the ``id`` of the receiver's JSON, or ''.
    """

    def __init__(self, *, allow_private: bool = False, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """``allow_private`` lets through http:// and addresses inside the office; ``now`` stamps the attempt (UTC)."""
        self._allow_private = allow_private
        self._now = now

    def send(self, message: Message) -> str:
        """POST the notice once. Raises DeliveryFailed."""
        data: dict[str, Any] = message.data or {
            "subject": message.subject,
            "body": message.body,
            "language": message.language,
        }
        return post_signed(
            message.address,
            orjson.dumps(data),
            key=message.key,
            secret=message.secret or "",
            channel="webhook",
            at=self._now(),
            allow_private=self._allow_private,
        )


def post_signed(
    url: str, body: bytes, *, key: str, secret: str, channel: str, at: datetime, allow_private: bool
) -> str:
    """POST JSON bytes, signed at a moment (UTC), to the checked and pinned address of a URL; the receiver's reference
    or ''. Raises DeliveryFailed, permanent for 410 and for what no second attempt could change."""
    headers = _signed_headers(body, key, secret, channel, at)
    place = place_of(url, channel=channel, allow_private=allow_private)
    status, answer = _post(place, body, headers, channel)
    if 200 <= status <= 299:
        return _reference(answer)
    why = f"the receiver answered {status}" + (", and redirects are not followed" if 300 <= status <= 399 else "")
    raise DeliveryFailed(permanent=status == 410, channel=channel, why=why)


def usable_secret(secret: str) -> bool:
    """Whether a text is a signing secret: base64, with or without ``whsec_`` before it, of at least 24 bytes (the
    specification's lower bound)."""
    try:
        encoded = secret.removeprefix("whsec_")
        return len(binascii.a2b_base64(encoded + "=" * (-len(encoded) % 4), strict_mode=True)) >= 24
    except (binascii.Error, ValueError):
        return False


def _signed_headers(body: bytes, key: str, secret: str, channel: str, at: datetime) -> dict[str, str]:
    if not _IDENTIFIER.fullmatch(key):
        raise DeliveryFailed(permanent=True, channel=channel, why="the key of the notice cannot stand in a header")
    if not usable_secret(secret):
        raise DeliveryFailed(permanent=True, channel=channel, why="the endpoint has no usable signing secret")
    try:
        signature = Webhook(secret).sign(key, at, body.decode())
    except EmptyWebhookSecretError as error:
        raise DeliveryFailed(permanent=True, channel=channel, why="the signing secret is empty") from error
    return {
        "content-type": "application/json",
        "user-agent": "motcua",
        "webhook-id": key,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signature,
    }


def _post(place: Place, body: bytes, headers: dict[str, str], channel: str) -> tuple[int, bytes]:
    """Status and body. Over a kept connection first, where there is one; that may have been closed while it rested."""
    receiver = (place.scheme, place.host, place.port, place.addresses)
    kept = _LINES.take(receiver)
    try:
        if kept is not None:
            try:
                return _exchange(kept, place, body, headers, receiver)
            except _CLOSED:
                pass  # the receiver knows the key, if it had read any of it
        return _exchange(_connect(place), place, body, headers, receiver)
    except (urllib3.exceptions.HTTPError, HTTPException, OSError, ValueError) as error:
        raise DeliveryFailed(channel=channel, why=f"{type(error).__name__}: {error}"[:300]) from error


_CLOSED = (ConnectionError, RemoteDisconnected, urllib3.exceptions.ProtocolError)
_LINES: KeptLines[HTTPConnection] = KeptLines(lambda line: line.close())


def _exchange(
    connection: HTTPConnection, place: Place, body: bytes, headers: dict[str, str], receiver: Hashable
) -> tuple[int, bytes]:
    """One request over a connection, which is kept when both sides can go on with it and closed otherwise."""
    whole = False
    try:
        with _ended_after(SECONDS_IN_ALL, connection) as late:
            connection.request(
                "POST", place.target, body=body, headers={**headers, "host": place.host_header}, preload_content=False
            )
            with contextlib.closing(connection.getresponse()) as response:
                if late.is_set():  # http.client reads a line cut short as if it were whole
                    raise TimeoutError(f"no complete answer within {SECONDS_IN_ALL:g} seconds")
                answer = b""
                # The status has decided; a body that breaks off must not make a taken notice a failed one.
                with contextlib.suppress(urllib3.exceptions.HTTPError, OSError):
                    answer = response.read(LARGEST_ANSWER, decode_content=False)
                    whole = not response.read(1)
                status = response.status
            # A line that the receiver has announced to close is closed by now.
            whole = whole and connection.sock is not None and not late.is_set()
    finally:
        if whole:
            _LINES.keep(receiver, connection)
        else:
            connection.close()
    return status, answer


def _connect(place: Place) -> HTTPConnection:
    """Connected to the first checked address that answers, never to the name: it might resolve differently now."""
    problem: Exception = OSError("the name has no address")
    for address in place.addresses:
        connection = _connection(place, address)
        try:
            connection.connect()
        except (urllib3.exceptions.HTTPError, OSError) as error:
            connection.close()
            problem = error
            continue
        return connection
    raise problem


def _connection(place: Place, address: str) -> HTTPConnection:
    if place.scheme == "http":
        return HTTPConnection(address, place.port, timeout=SECONDS_TO_CONNECT)
    return HTTPSConnection(
        address,
        place.port,
        timeout=SECONDS_TO_CONNECT,
        ssl_context=trusted(),
        server_hostname=place.host,
        assert_hostname=place.host,
    )


@contextlib.contextmanager
def _ended_after(seconds: float, connection: HTTPConnection) -> Iterator[threading.Event]:
    """A socket's timeout restarts with every byte; this one does not. The event says that it has struck."""
    line = connection.sock
    assert line is not None  # noqa: S101 - for the type checker; the connection is made
    line.settimeout(seconds)
    struck = threading.Event()

    def end() -> None:
        struck.set()
        with contextlib.suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)

    watch = threading.Timer(seconds, end)
    watch.daemon = True
    watch.start()
    try:
        yield struck
    finally:
        watch.cancel()


def _reference(answer: bytes) -> str:
    try:
        found = orjson.loads(answer)
    except orjson.JSONDecodeError:
        return ""
    reference = found.get("id") if isinstance(found, dict) else None
    return reference[:200] if isinstance(reference, str) else ""
