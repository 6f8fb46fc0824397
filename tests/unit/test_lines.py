"""Threads take connections in the order in which something came on them, and each only once."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest

from adapters.gunicorn.lines import Lines

NEVER = 1e12


@dataclass
class Line:
    """A connection, and the client's end of it."""

    ends: tuple[socket.socket, socket.socket] = field(default_factory=socket.socketpair)
    timeout: float = 0.0

    @property
    def sock(self) -> socket.socket:
        return self.ends[0]

    def send(self) -> None:
        self.ends[1].sendall(b"x")


@pytest.fixture
def four() -> Iterator[list[Line]]:
    made = [Line() for _ in range(4)]
    yield made
    for one in made:
        for end in one.ends:
            end.close()


@pytest.fixture
def lines(four: list[Line]) -> Iterator[Lines]:
    made = Lines()
    for one in four:
        made.rest(one, NEVER)
    yield made
    made.close()


def test_the_first_on_which_something_came_is_the_first(lines: Lines, four: list[Line]) -> None:
    for place in (2, 0, 3, 1):
        four[place].send()
    assert [lines.next() for _ in four] == [four[place] for place in (2, 0, 3, 1)]
    assert lines.resting == 0


def test_what_was_taken_is_not_taken_again_until_it_rests(lines: Lines, four: list[Line]) -> None:
    four[0].send()
    assert lines.next() is four[0]
    four[0].send()
    four[1].send()
    assert lines.next() is four[1]
    lines.rest(four[0], NEVER)  # and what came meanwhile is seen
    assert lines.next() is four[0]


def test_a_client_that_went_away_is_something_that_came(lines: Lines, four: list[Line]) -> None:
    four[1].ends[1].close()
    assert lines.next() is four[1]


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_every_sleeping_thread_gets_one(lines: Lines, four: list[Line], threads: int) -> None:
    with ThreadPoolExecutor(threads) as pool:
        asked = [pool.submit(lines.next) for _ in four]
        latest = time.monotonic() + 20
        while lines._asleep < threads and time.monotonic() < latest:
            time.sleep(0.01)  # until they sleep
        for one in four:
            one.send()
        assert {id(one.result(20)) for one in asked} == {id(one) for one in four}


def test_many_threads_serve_many_connections_and_none_twice(lines: Lines, four: list[Line]) -> None:
    served: list[Any] = []

    def serve() -> None:
        while (one := lines.next()) is not None:
            one.sock.recv(1)
            served.append(one)
            lines.rest(one, NEVER)
            one.send()

    threads = [threading.Thread(target=serve) for _ in range(3)]
    for thread in threads:
        thread.start()
    for one in four:
        one.send()
    latest = time.monotonic() + 20
    while len(served) < 2_000 and time.monotonic() < latest:
        time.sleep(0.01)  # until they have served so many
    lines.close()
    for thread in threads:
        thread.join(20)
    assert len(served) >= 2_000
    assert min(sum(one is each for one in served) for each in four) > 100  # none waits for the others


def test_a_rest_ends(lines: Lines, four: list[Line]) -> None:
    lines.rest(four[2], 5.0)
    assert lines.overdue(4.9) == []
    assert lines.overdue(5.0) == [four[2]]
    assert lines.overdue(5.0) == []
    assert lines.resting == 3
    lines.hasten(7.0)
    assert {one.timeout for one in four} == {5.0, 7.0}
    assert len(lines.overdue(7.0)) == 3


def test_what_ended_meanwhile_is_passed_over(lines: Lines, four: list[Line]) -> None:
    four[0].send()
    lines.rest(four[0], 1.0)
    assert lines.overdue(1.0) == [four[0]]
    four[1].send()
    assert lines.next() is four[1]


def test_who_waits_is_let_go_at_the_end(lines: Lines) -> None:
    with ThreadPoolExecutor(3) as pool:
        asked = [pool.submit(lines.next) for _ in range(3)]
        lines.close()
        assert [one.result(20) for one in asked] == [None, None, None]
    assert lines.next() is None


def test_nobody_attends_once_all_who_took_a_connection_are_busy(lines: Lines, four: list[Line]) -> None:
    four[0].send()
    assert lines.next() is four[0]
    assert not lines.unattended(60) and lines.unattended(0)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(lines.next, 5.0)
        latest = time.monotonic() + 5
        while lines.unattended(0) and time.monotonic() < latest:
            time.sleep(0.01)  # until it waits
        assert not lines.unattended(0)
        four[1].send()
        assert waiting.result() is four[1]


def test_patience_ends(lines: Lines) -> None:
    assert lines.next(0.01) is None
