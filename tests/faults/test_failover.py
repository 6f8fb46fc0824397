"""A small form of ``bin/failover``, and its parts: the lines that can be cut, and a report that hides nothing."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.faults.failover.lines import Line, Lines
from tests.faults.failover.programs import what_is_missing
from tests.faults.failover.report import Recovery, Report
from tests.faults.failover.run import kinds_of, run
from tests.faults.failover.strikes import CUT, MACHINE, SERVER, OldPrimary
from tests.faults.failover.ways import free_port
from tests.faults.staff import around_the_wards


@pytest.mark.postgresql
def test_no_answered_act_is_lost_or_doubled_when_a_standby_takes_over() -> None:
    if (why := what_is_missing()) is not None:
        pytest.skip(why)
    report = run(1, rate=20, seed=4, cut=False, durable=False, shipped=around_the_wards())
    assert report.broken == [], report.table()
    assert [one.kind for one in report.recoveries] == [SERVER]
    assert report.acts > 20 and report.repeated > 0


def test_nothing_passes_a_line_that_is_cut_and_it_breaks_when_it_is_mended() -> None:
    with (
        _echo() as port,
        Lines([Line("a", listen := free_port(), port), Line("b", other := free_port(), port)]) as lines,
    ):
        first, beside = (socket.create_connection(("127.0.0.1", one), 5) for one in (listen, other))
        assert _says(first) and _says(beside)
        lines.cut("a")
        assert not _says(first) and _says(beside)
        fresh = socket.create_connection(("127.0.0.1", listen), 5)
        assert not _says(fresh)
        lines.mend("a")
        assert not _says(first), "what was on its way before is not heard later"
        again = socket.create_connection(("127.0.0.1", listen), 5)
        assert _says(again)
        for end in (first, beside, fresh, again):
            end.close()


@pytest.mark.parametrize(
    "recovery",
    [
        Recovery(SERVER, None, 0, 0, True, None),
        Recovery(SERVER, 3.0, 1, 0, True, None),
        Recovery(SERVER, 3.0, 0, 1, True, None),
        Recovery(MACHINE, 3.0, 0, 0, False, None),
        Recovery(CUT, 3.0, 0, 0, True, OldPrimary(acknowledged=1, read_only_after=2.0)),
        Recovery(CUT, 3.0, 0, 0, True, OldPrimary()),
    ],
)
def test_the_report_names_what_was_not_as_promised(recovery: Recovery) -> None:
    fine = Recovery(SERVER, 2.0, 0, 0, True, None)
    for recoveries, broken in (([fine], 0), ([fine, recovery], 1)):
        report = Report("hosts", 1, 9.0, 5, 2, 2, recoveries, [], [])
        assert len(report.broken) == broken
        assert ("  ! " in report.table()) == bool(broken)


def test_the_server_is_killed_alone_and_with_its_patroni_by_turns_and_cut_off_once() -> None:
    assert kinds_of(4, cut=True) == [SERVER, MACHINE, CUT, SERVER, MACHINE]
    assert kinds_of(1, cut=False) == [SERVER]


@contextmanager
def _echo() -> Iterator[int]:
    """A server that says back what it hears; its port."""

    def answer(line: socket.socket) -> None:
        with line:
            while said := line.recv(100):
                line.sendall(said)

    def serve() -> None:
        while True:
            try:
                line, _ = door.accept()
            except OSError:
                return
            threading.Thread(target=answer, args=(line,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as door:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield int(door.getsockname()[1])
        door.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def _says(line: socket.socket) -> bool:
    """Whether a word comes back. Half a second is long on the loopback."""
    line.settimeout(0.5)
    try:
        line.sendall(b"word")
        return line.recv(100).endswith(b"word")
    except OSError:
        return False
