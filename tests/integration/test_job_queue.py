"""The queue: only jobs of the closed list run, whatever stands in Redis; bells do not heap up; a ring never hurts."""

from __future__ import annotations

import datetime as dt
import json
import logging
import os
import signal
import threading
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from rq import Queue
from rq.exceptions import DeserializationError, StopRequested
from rq.job import Job

from cli.clock import Tick, Ticker
from cli.worker import Worker
from engine.jobs import registry
from engine.jobs.queue import LONGEST_QUEUE, QUEUE, READ, Bell, ClosedJob, ClosedJson, DistantBell, queue_on
from engine.jobs.ticks import TICKS, ticks_of
from engine.settings import settings_from

CALLBACK = "tests.integration.test_job_queue.smuggled"


def smuggled(*_: object) -> None:
    """What a hostile job would have called; it can be seen from any copy of this module."""
    os.environ["MOTCUA_TEST_SMUGGLED"] = "1"


@pytest.fixture
def connection(redis_url: str) -> Iterator[redis.Redis]:
    with redis.Redis.from_url(redis_url) as client:
        yield client


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which jobs ran; they do nothing else."""
    done: list[str] = []
    for name in registry.JOBS:
        monkeypatch.setitem(registry.JOBS, name, lambda name=name: done.append(name))  # type: ignore[arg-type]
    return done


@pytest.fixture(autouse=True)
def _signals_as_before() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def work(connection: redis.Redis) -> Worker:
    """Does all that waits, and returns."""
    worker = Worker(connection)
    worker.work(burst=True, logging_level=None)
    return worker


def failed(connection: redis.Redis) -> list[str]:
    return list(queue_on(connection).failed_job_registry.get_job_ids())


def smuggle(connection: redis.Redis, data: Any, **fields: Any) -> str:
    """Writes a job into Redis as somebody with access to it could, past our own code."""
    job_id = f"hostile{connection.incr('count')}"
    raw = data if isinstance(data, bytes) else zlib.compress(json.dumps(data).encode())
    known = {"data": raw, "origin": QUEUE, "status": "queued", "created_at": "2026-03-02T00:00:00.000000Z"}
    connection.hset(f"rq:job:{job_id}", mapping=known | fields)
    connection.rpush(f"rq:queue:{QUEUE}", job_id)
    return job_id


def test_a_ring_leads_to_the_job(connection: redis.Redis, redis_url: str, ran: list[str]) -> None:
    bell = Bell(redis_url)
    bell()
    assert bell.ring("sweep_clocks")
    work(connection)
    assert ran == ["drain_outbox", "sweep_clocks"]
    assert failed(connection) == []
    assert connection.keys("rq:job:*") == [], "nothing is left behind"


def test_bells_do_not_heap_up_and_ring_again_once_the_job_has_begun(
    connection: redis.Redis, redis_url: str, ran: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    bells = [Bell(redis_url) for _ in range(3)]
    for bell in bells * 10:
        bell()
    queue = queue_on(connection)
    assert len(queue) == 1
    rung_meanwhile: list[int] = []

    def drain() -> None:
        ran.append("drain_outbox")
        if not rung_meanwhile:
            bells[0]()
            rung_meanwhile.append(len(queue))

    monkeypatch.setitem(registry.JOBS, "drain_outbox", drain)  # type: ignore[arg-type]
    work(connection)
    assert rung_meanwhile == [1], "a notice written while a batch is under way rings anew"
    assert ran == ["drain_outbox"] * 2


def test_without_workers_the_queue_stays_short(connection: redis.Redis, redis_url: str) -> None:
    bell = Bell(redis_url)
    for _ in range(LONGEST_QUEUE + 20):
        connection.delete("motcua:rung:drain_outbox")  # as if the mark had run out
        bell()
    assert len(queue_on(connection)) == LONGEST_QUEUE


def test_a_lost_redis_never_hurts_and_is_left_alone_for_a_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []
    connect = redis.UnixDomainSocketConnection.connect

    def counted(connection: redis.UnixDomainSocketConnection) -> None:
        tries.append(1)
        connect(connection)

    monkeypatch.setattr(redis.UnixDomainSocketConnection, "connect", counted)
    bell = Bell(f"unix://{tmp_path / 'nobody.sock'}")
    assert bell.ring("drain_outbox") is False
    first = len(tries)
    for _ in range(100):
        bell()
    assert first > 0
    assert len(tries) == first, "an act does not wait for a Redis that is away"


def test_a_bell_survives_that_redis_was_emptied(connection: redis.Redis, redis_url: str, ran: list[str]) -> None:
    bell = Bell(redis_url)
    bell()
    connection.flushall()
    bell()
    work(connection)
    assert ran == ["drain_outbox"]


HOSTILE: tuple[Any, ...] = (
    ["os.system", None, ["touch {mark}"], {}],
    ["subprocess.check_call", None, [["touch", "{mark}"]], {}],
    ["builtins.eval", None, ["open('{mark}', 'w')"], {}],
    ["engine.jobs.registry.drain_outbox", None, [], {}],
    ["drain_outbox.__globals__", None, [], {}],
    ["drain_outbox", None, ["text"], {}],
    ["drain_outbox", None, [True], {}],
    ["drain_outbox", None, [], {"key": 1}],
    ["drain_outbox", "os", [], {}],
    ["drain_outbox", None, {"0": 1}, {}],
    [["drain_outbox"], None, [], {}],
    {"func": "drain_outbox"},
    [],
    None,
    b"cos\nsystem\n(S'touch {mark}'\ntR.",
    b"not compressed, not JSON",
)


def test_nothing_but_the_closed_list_runs(connection: redis.Redis, ran: list[str], tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    placed = [
        smuggle(connection, data.replace(b"{mark}", str(mark).encode()))
        if isinstance(data, bytes)
        else smuggle(connection, json.loads(json.dumps(data).replace("{mark}", str(mark))))
        for data in HOSTILE
    ]
    placed.append(smuggle(connection, zlib.compress(f"cos\nsystem\n(S'touch {mark}'\ntR.".encode())))  # a pickle
    smuggle(connection, ["sweep_clocks", None, [], {}])
    work(connection)
    assert not mark.exists()
    assert ran == ["sweep_clocks"], "an honest job behind them is still done"
    assert set(failed(connection)) == set(placed)


@pytest.mark.parametrize(
    "fields",
    [
        {"success_callback_name": CALLBACK},
        {"failure_callback_name": CALLBACK, "success_callback_name": CALLBACK},
        {"stopped_callback_name": CALLBACK},
        {"webhooks": json.dumps([{"url": "http://127.0.0.1:9/", "events": ["finished"]}])},
        {"repeats_left": "1000", "repeat_intervals": "[0]"},
        {"retries_left": "1000000", "retry_intervals": "[0]"},
        {"timeout": "-1", "result_ttl": "-1"},
        {"dependency_ids": json.dumps(["another"])},
        {"meta": "not json"},
        {"origin": "another"},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_what_else_a_job_may_bring_is_forgotten(
    connection: redis.Redis, ran: list[str], fields: dict[str, str]
) -> None:
    smuggle(connection, ["drain_outbox", None, [], {}], **fields)
    work(connection)
    assert ran == ["drain_outbox"]
    assert "MOTCUA_TEST_SMUGGLED" not in os.environ
    assert connection.llen("rq:queue:another") == 0


@pytest.mark.parametrize(
    "fields", [{"timeout": "soon"}, {"created_at": "yesterday"}, {"status": "hungry"}, {"ttl": "x"}]
)
def test_a_job_that_cannot_be_read_is_passed_over_and_stops_no_worker(
    connection: redis.Redis, ran: list[str], fields: dict[str, str]
) -> None:
    smuggle(connection, ["drain_outbox", None, [], {}], **fields)
    smuggle(connection, ["sweep_clocks", None, [], {}])
    work(connection)
    assert ran == ["sweep_clocks"]
    work(connection)  # its maintenance clears the unreadable one away
    assert connection.llen(f"rq:queue:{QUEUE}:intermediate") == 0


def test_a_failing_job_is_tried_again_a_little_and_then_kept_for_an_operator(
    connection: redis.Redis, redis_url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tries = []

    def fail() -> None:
        tries.append(1)
        raise RuntimeError("a fault")

    monkeypatch.setitem(registry.JOBS, "drain_outbox", fail)  # type: ignore[arg-type]
    Bell(redis_url)()
    with caplog.at_level(logging.CRITICAL, "rq.worker"):
        work(connection)
    assert len(tries) == 3
    assert len(failed(connection)) == 1


def test_a_worker_listens_to_one_queue_and_hears_no_commands(connection: redis.Redis) -> None:
    worker = Worker(connection)
    assert worker.queue_names() == [QUEUE]
    worker.subscribe()
    assert connection.pubsub_channels() == []


def test_a_maintenance_that_was_killed_keeps_nobody_from_it_for_long(connection: redis.Redis) -> None:
    queue = queue_on(connection)
    assert queue.acquire_maintenance_lock()
    assert not queue.acquire_maintenance_lock()
    assert 0 < connection.ttl(queue.registry_cleaning_key) <= 5


def test_the_clock_rings_for_every_tick_and_two_clocks_ring_once(
    connection: redis.Redis, redis_url: str, ran: list[str]
) -> None:
    for _ in range(2):
        Ticker(connection, Bell(redis_url)).enqueue_jobs()
    assert len(queue_on(connection)) == len(TICKS)
    work(connection)
    assert sorted(ran) == sorted(name for name, _ in TICKS)


def test_a_tick_is_due_again_after_its_seconds(redis_url: str, connection: redis.Redis) -> None:
    ticker = Ticker(connection, Bell(redis_url))
    assert len(ticker.enqueue_jobs()) == len(TICKS)
    assert ticker.enqueue_jobs() == []
    assert 0 < ticker.calculate_sleep_interval() <= min(seconds for _, seconds in TICKS)


def test_every_tick_rings_for_a_job_that_exists(redis_url: str) -> None:
    assert {name for name, _ in TICKS} <= set(registry.JOBS)
    assert all(isinstance(Tick(Bell(redis_url), name, seconds), Tick) for name, seconds in TICKS)


def test_rq_itself_would_have_run_the_hostile_one(connection: redis.Redis, tmp_path: Path) -> None:
    """What all this is for: rq's own job class imports and calls whatever the name says."""
    theirs = Job.create("os.getpid", connection=connection, serializer=ClosedJob(connection=connection).serializer)
    assert theirs.func is not None
    assert Queue.job_class is not ClosedJob


def test_a_job_that_was_fetched_without_saying_how_is_never_unpickled(connection: redis.Redis, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    job_id = smuggle(connection, zlib.compress(f"cos\nsystem\n(S'touch {mark}'\ntR.".encode()))
    job = ClosedJob.fetch(job_id, connection)
    with pytest.raises(DeserializationError):
        assert job.func_name is None
    assert job.serializer is ClosedJson
    assert job.retries_left == 0
    assert not mark.exists()


def test_rq_still_writes_the_fields_that_are_read(connection: redis.Redis) -> None:
    now = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
    job = Job.create("os.getpid", connection=connection, timeout=1, ttl=1, result_ttl=1, failure_ttl=1)
    job.enqueued_at = job.started_at = job.ended_at = job.last_heartbeat = now
    job.number_of_retries = job.retries_left = 1
    assert READ - set(job.to_dict()) == {"exc_info"}  # only after a failure


def test_who_was_told_to_stop_before_rq_heard_signals_does_nothing_more(
    connection: redis.Redis, redis_url: str, ran: list[str]
) -> None:
    told = threading.Event()
    told.set()
    Bell(redis_url)()
    Worker(connection, told).work(burst=True, logging_level=None)
    assert ran == []
    with pytest.raises(StopRequested):
        Ticker(connection, Bell(redis_url), told).enqueue_jobs()
    assert len(queue_on(connection)) == 1


def test_rq_ends_its_clock_at_a_signal_and_says_so_by_returning(connection: redis.Redis, redis_url: str) -> None:
    class Interrupted(Ticker):
        def calculate_sleep_interval(self) -> float:
            os.kill(os.getpid(), signal.SIGTERM)
            return 60.0

    Interrupted(connection, Bell(redis_url)).start()  # type: ignore[no-untyped-call]  # rq gives it no types
    assert len(queue_on(connection)) == len(TICKS)


def test_a_distant_bell_rings_once_for_all_that_asked_at_once_and_again_for_later_ones() -> None:
    rung: list[str] = []
    heard = threading.Event()

    def ring() -> None:
        rung.append(threading.current_thread().name)
        heard.set()

    bell = DistantBell(ring)
    for _ in range(50):
        bell()
    assert heard.wait(5)
    first = len(rung)
    heard.clear()
    bell()
    assert heard.wait(5)
    assert first < 50
    assert set(rung) == {"bell"}  # never the thread that acts


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_fork_rings_with_a_thread_of_its_own(tmp_path: Path) -> None:
    heard = tmp_path / "heard"
    written = threading.Event()

    def ring() -> None:
        heard.write_text(str(os.getpid()))
        written.set()

    bell = DistantBell(ring)
    bell()
    assert written.wait(30)  # or it could write over what the fork wrote
    child = os.fork()
    if child == 0:
        bell()
        for _ in range(500):
            if heard.exists() and heard.read_text() == str(os.getpid()):
                os._exit(0)
            time.sleep(0.01)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_a_connection_rings_only_where_it_is_set_up(tmp_path: Path) -> None:
    """Each ring is a fork of the worker: what is not connected must not cost any."""
    plain = {"MOTCUA_DATA": str(tmp_path)}
    assert ticks_of(settings_from(plain)) == TICKS
    portal = {"MOTCUA_PORTAL_URL": "http://127.0.0.1:1", "MOTCUA_PORTAL_USER": "u", "MOTCUA_PORTAL_PASSWORD": "p"}
    payment = {"MOTCUA_PAYMENT_URL": "http://127.0.0.1:1", "MOTCUA_PAYMENT_TOKEN": "t" * 20}
    payment |= {"MOTCUA_PAYMENT_SECRETS": "whsec_" + "A" * 32}
    filing = {"MOTCUA_FILINGS_URL": "http://127.0.0.1:1"}
    signing = {"MOTCUA_REMOTE_SIGNING_URL": "http://127.0.0.1:1", "MOTCUA_REMOTE_SIGNING_SECRET": "s" * 40}
    signing |= {"MOTCUA_REMOTE_SIGNING_SIGNERS": str(tmp_path / "signers.csv")}
    connected = plain | portal | {"MOTCUA_PORTAL_AGENCY": "H79"} | payment | filing | signing
    more = {name for name, _ in ticks_of(settings_from(connected))}
    assert more == set(registry.JOBS)
