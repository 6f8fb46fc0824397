"""The network between the machines of a cluster: TCP lines through one process, which can cut a machine off.

While a machine is cut off, nothing passes its lines and new ones are not answered, as when a switch dies: nobody is
told. After ``SILENT_FOR`` seconds the lines of before break, as ``tcp_user_timeout`` breaks them on a real network,
where the system of the sender knows that nothing was acknowledged; a process in between cannot show that.

``python -m tests.faults.failover.lines`` reads one line of JSON with the lines, and then orders, from its input.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass
from types import TracebackType
from typing import Any

SILENT_FOR = 10.0  # seconds, as engine.store.sql.schema asks libpq for


@dataclass(frozen=True, slots=True)
class Line:
    """A line to a port of a machine, or of a machine to etcd: what is said at ``listen`` is heard at ``reach``."""

    machine: str
    listen: int
    reach: int


class Lines:
    """The process of the lines, as seen by whoever gives it orders."""

    def __init__(self, lines: list[Line]) -> None:
        self._lines = lines

    def __enter__(self) -> Lines:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.failover.lines"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        self._order([asdict(line) for line in self._lines])
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()

    def cut(self, machine: str) -> None:
        """From now on nothing reaches the machine, and nothing of it reaches others."""
        self._order({"cut": machine})

    def mend(self, machine: str) -> None:
        """It is on the network again; lines of before are broken."""
        self._order({"mend": machine})

    def _order(self, order: Any) -> None:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        self._process.stdin.flush()
        if self._process.stdout.readline() != b"done\n":
            raise RuntimeError("the process of the lines has ended")


class _Exchange:
    """What the process does: one loop, all lines."""

    def __init__(self) -> None:
        self._cut: set[str] = set()
        self._open: dict[str, set[asyncio.StreamWriter]] = {}
        self._whole = asyncio.Event()

    async def serve(self, line: Line) -> None:
        async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await self._carry(line, reader, writer)

        await asyncio.start_server(carry, "127.0.0.1", line.listen, backlog=256)

    def cut(self, machine: str) -> None:
        self._cut.add(machine)
        self._whole.clear()
        asyncio.get_running_loop().call_later(SILENT_FOR, self._break, machine)

    def mend(self, machine: str) -> None:
        self._break(machine)
        self._cut.discard(machine)
        self._whole.set()

    def _break(self, machine: str) -> None:
        if machine in self._cut:
            for writer in self._open.pop(machine, set()):
                writer.transport.abort()

    async def _carry(self, line: Line, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        mine = self._open.setdefault(line.machine, set())
        mine.add(writer)
        try:
            await self._until_whole(line.machine)
            there = await asyncio.open_connection("127.0.0.1", line.reach)
        except OSError:
            writer.transport.abort()
            return
        self._open.setdefault(line.machine, mine).add(there[1])
        ways = self._pass(line.machine, reader, there[1]), self._pass(line.machine, there[0], writer)
        await asyncio.gather(*ways, return_exceptions=True)
        for end in (writer, there[1]):
            mine.discard(end)
            self._open.get(line.machine, set()).discard(end)
            with contextlib.suppress(OSError):
                end.close()

    async def _pass(self, machine: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while said := await reader.read(1 << 16):
                await self._until_whole(machine)
                writer.write(said)
                await writer.drain()
        finally:
            await self._until_whole(machine)
            with contextlib.suppress(OSError):
                writer.close()

    async def _until_whole(self, machine: str) -> None:
        while machine in self._cut:
            await self._whole.wait()


async def _work() -> None:
    loop, exchange = asyncio.get_running_loop(), _Exchange()
    orders = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    for told in json.loads(await orders.readline()):
        await exchange.serve(Line(**told))
    os.write(1, b"done\n")
    while order := await orders.readline():
        for what, machine in json.loads(order).items():
            (exchange.cut if what == "cut" else exchange.mend)(machine)
        os.write(1, b"done\n")
    os._exit(0)  # whoever still speaks is cut off


if __name__ == "__main__":
    asyncio.run(_work())
