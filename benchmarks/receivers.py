"""The outside world of an installation: a mail server, and one for SMS and events, that take whatever comes.

They run in the event loop of whoever measures, or in a process of their own, on the loopback only, and count.
"""

from __future__ import annotations

import asyncio
import multiprocessing
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection

SMS_SECRET = "whsec_" + "c21zLWdhdGV3YXktb2YtdGhlLWJlbmNobWFya3M="


@dataclass(slots=True)
class Receivers:
    """Where they listen, and how many notices came by ``mail``, ``/sms`` and ``/events``."""

    http: int = 0
    smtp: int = 0
    taken: Counter[str] = field(default_factory=Counter)

    @property
    def environment(self) -> dict[str, str]:
        """The settings that send every notice here."""
        secret = SMS_SECRET.replace("=", "%3D")
        return {
            "MOTCUA_SMS_URL": f"http://:{secret}@127.0.0.1:{self.http}/sms",
            "MOTCUA_SMTP_URL": f"smtp://127.0.0.1:{self.smtp}",
            "MOTCUA_WEBHOOK_ALLOW_PRIVATE": "1",
        }

    @property
    def events(self) -> str:
        """The address for events."""
        return f"http://127.0.0.1:{self.http}/events"


@asynccontextmanager
async def receivers() -> AsyncIterator[Receivers]:
    """Both, until the end of the block."""
    told = Receivers()
    loop = asyncio.get_running_loop()
    http = await loop.create_server(lambda: _Http(told), "127.0.0.1", 0)
    smtp = await loop.create_server(lambda: _Smtp(told), "127.0.0.1", 0)
    told.http, told.smtp = (int(one.sockets[0].getsockname()[1]) for one in (http, smtp))
    try:
        yield told
    finally:
        http.close()
        smtp.close()


@contextmanager
def elsewhere() -> Iterator[Receivers]:
    """Both in a process of their own, whose processor time is not the sender's; what they count stays there."""
    ours, theirs = multiprocessing.Pipe()
    child = multiprocessing.get_context("spawn").Process(target=_take_until_told, args=(theirs,), daemon=True)
    child.start()
    try:
        yield Receivers(*ours.recv())
    finally:
        ours.send("enough")
        child.join()


def _take_until_told(pipe: Connection) -> None:
    async def take() -> None:
        async with receivers() as taking:
            pipe.send((taking.http, taking.smtp))
            await asyncio.get_running_loop().run_in_executor(None, pipe.recv)

    asyncio.run(take())


class _Taking(asyncio.Protocol):
    def __init__(self, told: Receivers) -> None:
        self._told = told
        self._data = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport


class _Http(_Taking):
    def data_received(self, data: bytes) -> None:
        self._data += data
        while (end := self._data.find(b"\r\n\r\n")) >= 0:
            head = self._data[:end].lower()
            at = head.find(b"content-length:")
            length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            if len(self._data) < end + 4 + length:
                return
            self._data = self._data[end + 4 + length :]
            self._told.taken[head.split(b" ", 2)[1].decode()] += 1
            self._transport.write(b"HTTP/1.1 204 No Content\r\n\r\n")


class _Smtp(_Taking):
    """As much of RFC 5321 as a client needs to hand over a message."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._content = False
        self._transport.write(b"220 ready\r\n")

    def data_received(self, data: bytes) -> None:
        self._data += data
        while True:
            end = self._data.find(b"\r\n.\r\n" if self._content else b"\r\n")
            if end < 0:
                return
            line, self._data = self._data[:end], self._data[end + (5 if self._content else 2) :]
            if self._content:
                self._content = False
                self._told.taken["mail"] += 1
                self._transport.write(b"250 taken\r\n")
            else:
                self._answer(line[:4].upper())

    def _answer(self, verb: bytes) -> None:
        self._content = verb == b"DATA"
        self._transport.write({b"DATA": b"354 go on\r\n", b"QUIT": b"221 bye\r\n"}.get(verb, b"250 yes\r\n"))
        if verb == b"QUIT":
            self._transport.close()
