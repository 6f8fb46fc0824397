"""Connections to receivers are kept between notices, and one that was closed meanwhile loses nothing."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from adapters.connection_pool import KeptLines
from adapters.email import EmailNotifier
from adapters.webhook import WebhookNotifier
from engine.ports import DeliveryFailed
from tests.integration import test_adapter_email, test_adapter_webhook

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


@contextmanager
def receiver(requests_each: int) -> Iterator[tuple[str, list[int]]]:
    """A web server that closes each connection after so many requests without having said so; the requests of each."""
    counts: list[int] = []
    lines: list[socket.socket] = []

    def serve(listening: socket.socket) -> None:
        while True:
            try:
                line, _ = listening.accept()
            except OSError:
                return
            counts.append(0)
            lines.append(line)
            with line, line.makefile("rb") as read:
                for _ in range(requests_each):
                    length = 0
                    while (header := read.readline()) not in (b"\r\n", b""):
                        if header.lower().startswith(b"content-length:"):
                            length = int(header.split(b":")[1])
                    if not header:
                        break
                    read.read(length)
                    counts[-1] += 1
                    line.sendall(ANSWER)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve, args=(listening,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/x", counts
        finally:
            for line in [listening, *lines]:  # the sender keeps its end for a while
                with contextlib.suppress(OSError):
                    line.shutdown(socket.SHUT_RDWR)
    thread.join(5)
    assert not thread.is_alive()


def test_notices_to_one_receiver_share_a_connection() -> None:
    notifier = WebhookNotifier(allow_private=True)
    with receiver(requests_each=5) as (url, counts):
        for number in range(5):
            notifier.send(replace(test_adapter_webhook.NOTICE, address=url, key=f"k{number}"))
        assert counts == [5]


def test_a_connection_that_was_closed_while_it_rested_is_made_anew() -> None:
    notifier = WebhookNotifier(allow_private=True)
    with receiver(requests_each=2) as (url, counts):
        for number in range(5):
            notifier.send(replace(test_adapter_webhook.NOTICE, address=url, key=f"k{number}"))
        assert counts == [2, 2, 1]


class Counting(test_adapter_email.Mailbox):
    """Counts connections; ``leaves`` ends each after its first mail."""

    def __init__(self, leaves: bool = False) -> None:
        super().__init__()
        self.peers: set[Any] = set()
        self.leaves = leaves

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.peers.add(session.peer)
        told = await super().handle_DATA(server, session, envelope)
        if self.leaves:
            server.transport.write(b"250 queued\r\n")
            server.transport.close()
        return told


@pytest.mark.parametrize(("leaves", "connections"), [(False, 1), (True, 3)])
def test_mails_share_a_connection_unless_the_server_leaves(leaves: bool, connections: int) -> None:
    mailbox = Counting(leaves)
    with test_adapter_email.served(mailbox) as port:
        notifier = EmailNotifier(f"smtp://127.0.0.1:{port}", "mot-cua@example.vn")
        for number in range(3):
            notifier.send(replace(test_adapter_email.NOTICE, key=f"k{number}"))
    assert len(mailbox.taken) == 3
    assert len(mailbox.peers) == connections


def test_a_refused_recipient_does_not_spoil_the_connection_for_the_next_mail() -> None:
    mailbox = Counting()
    with test_adapter_email.served(mailbox) as port:
        notifier = EmailNotifier(f"smtp://127.0.0.1:{port}", "mot-cua@example.vn")
        notifier.send(test_adapter_email.NOTICE)
        mailbox.on_recipient = "550 no such mailbox"
        with pytest.raises(DeliveryFailed):
            notifier.send(test_adapter_email.NOTICE)
        mailbox.on_recipient = ""
        notifier.send(test_adapter_email.NOTICE)
    assert (len(mailbox.taken), len(mailbox.peers)) == (2, 1)


def test_what_rested_too_long_is_closed_and_not_given_out() -> None:
    closed: list[str] = []
    lines: KeptLines[str] = KeptLines(closed.append, seconds=-1)
    lines.keep("one", "a")
    assert lines.take("one") is None
    assert closed == ["a"]


def test_what_rests_is_closed_with_its_keeper() -> None:
    closed: list[str] = []
    lines: KeptLines[str] = KeptLines(closed.append)
    lines.keep("one", "a")
    assert lines.take("other") is None
    del lines
    assert closed == ["a"]
