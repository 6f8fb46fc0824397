"""The worker and the clock as processes, with a real Redis: killed, stopped, robbed of Redis, and nothing is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

import pytest
import redis
from sqlalchemy import insert, select

from cli.shipped import Shipped
from engine.acts.publish import publish_template
from engine.jobs.queue import Bell
from engine.store.outbox import outbox
from tests.installation.runtime import KEY
from tests.installation.world import World
from tests.redis_server import redis_server

SECRET = "whsec_" + "b25seS1mb3ItdGhlLXRlc3RzLW9mLXRoZS13b3JrZXI="
LONGEST = 60.0  # seconds; far beyond what it takes, so that a slow machine does not fail


# What a process does when it is killed or told to stop hardly depends on the database, and starting it takes seconds.
on_sqlite = pytest.mark.parametrize("world", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize(
    "world", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True
)


class Gateway:
    """An SMS gateway that ignores what it knows already, and holds its answers back while ``closed``."""

    def __init__(self) -> None:
        self.tries: Counter[str] = Counter()
        self.taken: list[str] = []
        self.open = threading.Event()
        self.open.set()
        self._lock = threading.Lock()
        gateway = self

        class Door(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                gateway.take(self.headers["webhook-id"])
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Nothing is printed."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: object) -> None:
                """A sender that was killed is what this is for."""

        self.server = Server(("127.0.0.1", 0), Door)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://:{quote(SECRET, safe='')}@127.0.0.1:{self.server.server_port}/sms"

    def take(self, key: str) -> None:
        with self._lock:
            self.tries[key] += 1
            if key not in self.taken:
                self.taken.append(key)
        self.open.wait(LONGEST)

    def close(self) -> None:
        self.open.set()
        self.server.shutdown()
        self.server.server_close()


class Crew:
    """Starts processes of the installation and ends them by their ids."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        self.environment = environment
        self.folder = folder
        self.children: list[subprocess.Popen[bytes]] = []

    def start(self, name: str) -> subprocess.Popen[bytes]:
        with (self.folder / f"{name}.log").open("ab") as log:
            child = subprocess.Popen(
                [sys.executable, "-m", "cli", name],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self.children.append(child)
        return child

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text()

    def end(self) -> None:
        for child in self.children:
            if child.poll() is None:
                child.kill()
            child.wait()


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    made = Gateway()
    yield made
    made.close()


@contextmanager
def crew_of(world: World, gateway: Gateway, redis_url: str, folder: Path) -> Iterator[Crew]:
    told = folder / "clock"
    told.write_text(world.now.isoformat())
    url = world.database.url.render_as_string(hide_password=False)
    environment = {
        **os.environ,
        "MOTCUA_DATA": str(folder),
        "DATABASE_URL": url,
        "REDIS_URL": redis_url,
        "MOTCUA_SECRET_KEYS": KEY,
        "MOTCUA_SMS_URL": gateway.url,
        "MOTCUA_NOTICE_FILE": str(folder / "notices.jsonl"),
        "MOTCUA_TOLD_CLOCK": str(told),
    }
    made = Crew(environment, folder)
    try:
        yield made
    finally:
        made.end()


@pytest.fixture
def crew(world: World, gateway: Gateway, redis_url: str, tmp_path: Path) -> Iterator[Crew]:
    templates(world)
    with crew_of(world, gateway, redis_url, tmp_path) as made:
        yield made


def templates(world: World) -> None:
    for key, document in Shipped().templates.items():
        world.try_act("system", publish_template, key, document)


def until(holds: Callable[[], bool], crew: Crew) -> None:
    latest = time.monotonic() + LONGEST
    while not holds():
        assert time.monotonic() < latest, crew.log("worker")[-3000:]
        time.sleep(0.02)


def waiting(world: World) -> int:
    with world.database.connect() as connection:
        return len(connection.execute(select(outbox.c.id).where(outbox.c.status == "waiting")).all())


def stop(child: subprocess.Popen[bytes]) -> int:
    child.send_signal(signal.SIGTERM)
    return child.wait(LONGEST)


def add(world: World, code: str, count: int, channel: str = "sms") -> list[str]:
    row = world.row(code)
    rows = [
        {
            "key": f"worker-test:{channel}:{number}",
            "dossier_id": row["id"],
            "channel": channel,
            "recipient": "applicant",
            "template": "da-tiep-nhan",
            "data": {"code": code, "release": row["release"], "procedure": row["procedure"], "state": row["state"]},
            "created_at": world.now,
            "status": "waiting",
            "attempts": 0,
            "next_attempt_at": world.now,
        }
        for number in range(count)
    ]
    world.try_act("system", lambda unit: unit.begin().execute(insert(outbox), rows))
    return [str(one["key"]) for one in rows]


@on_sqlite
def test_an_act_rings_and_the_worker_delivers_and_both_stop_when_told(
    world: World, crew: Crew, gateway: Gateway, redis_url: str
) -> None:
    worker = crew.start("worker")
    until(lambda: "started" in crew.log("worker"), crew)
    world.land_at("accepted")
    assert Bell(redis_url).ring("drain_outbox")
    until(lambda: waiting(world) == 0, crew)
    assert len(gateway.taken) == 1
    assert stop(worker) == 0
    assert "stopped" in crew.log("worker")
    assert "Traceback" not in crew.log("worker")


@on_postgresql
def test_a_killed_worker_loses_nothing_and_the_orphaned_job_is_done_by_another(
    world: World, crew: Crew, gateway: Gateway, redis_url: str
) -> None:
    code = world.land_at("accepted")
    keys = add(world, code, 20)
    gateway.open.clear()
    first = crew.start("worker")
    assert Bell(redis_url).ring("drain_outbox")
    until(lambda: bool(gateway.tries), crew)  # a job is under way, and the receiver does not answer
    first.kill()
    first.wait()
    gateway.open.set()
    assert waiting(world) > 0
    crew.start("worker")  # no clock: only the orphaned job itself brings this about
    until(lambda: waiting(world) == 0, crew)
    assert set(keys) <= set(gateway.taken)
    assert len(gateway.taken) == len(set(gateway.taken))


@on_sqlite
def test_emptying_redis_costs_a_moment_while_a_clock_runs(
    world: World, crew: Crew, gateway: Gateway, redis_url: str
) -> None:
    code = world.land_at("accepted")
    keys = add(world, code, 5)
    worker, first_clock, second_clock = crew.start("worker"), crew.start("clock"), crew.start("clock")
    until(lambda: waiting(world) == 0 and crew.log("clock").count("started") == 2, crew)
    with redis.Redis.from_url(redis_url) as client:
        client.flushall()
    more = add(world, code, 5, channel="email")
    until(lambda: waiting(world) == 0, crew)
    assert set(keys) <= set(gateway.taken)
    notices = (crew.folder / "notices.jsonl").read_text()
    assert all(notices.count(f'"{key}"') == 1 for key in more)
    codes = [stop(child) for child in (first_clock, second_clock, worker)]
    assert codes == [0, 0, 0], crew.log("clock")[-3000:]


@on_sqlite
def test_a_worker_told_to_stop_finishes_what_it_began(
    world: World, crew: Crew, gateway: Gateway, redis_url: str
) -> None:
    world.land_at("accepted")
    gateway.open.clear()
    worker = crew.start("worker")
    assert Bell(redis_url).ring("drain_outbox")
    until(lambda: bool(gateway.tries), crew)
    worker.send_signal(signal.SIGTERM)
    gateway.open.set()
    assert worker.wait(LONGEST) == 0
    assert waiting(world) == 0
    assert set(gateway.tries.values()) == {1}


@on_postgresql
def test_without_redis_the_worker_looks_for_itself_and_comes_back_to_the_bell(
    world: World, gateway: Gateway, tmp_path: Path
) -> None:
    templates(world)
    code = world.land_at("accepted")
    with redis_server() as server, crew_of(world, gateway, server.url, tmp_path) as crew:
        worker = crew.start("worker")
        until(lambda: "started" in crew.log("worker"), crew)
        server.kill()
        add(world, code, 3)
        until(lambda: waiting(world) == 0, crew)
        assert worker.poll() is None
        server.start()
        add(world, code, 3, channel="email")
        bell = Bell(server.url)
        until(lambda: bell.ring("drain_outbox") and waiting(world) == 0, crew)
        assert stop(worker) == 0
    assert len(gateway.taken) == 1 + 3


@on_sqlite
def test_a_redis_that_hangs_counts_as_away(world: World, gateway: Gateway, tmp_path: Path) -> None:
    """It keeps its connections and takes new ones, and says nothing: a machine out of memory, a network that is cut."""
    templates(world)
    code = world.land_at("accepted")
    with redis_server() as server, crew_of(world, gateway, server.url, tmp_path) as crew:
        worker = crew.start("worker")
        until(lambda: "started" in crew.log("worker"), crew)
        os.kill(server.pid, signal.SIGSTOP)
        for channel in ("sms", "email"):  # the one it was listening on, and each it tries again
            add(world, code, 3, channel=channel)
            until(lambda: waiting(world) == 0, crew)
        assert crew.log("worker").count("redis-away") >= 1
        os.kill(server.pid, signal.SIGCONT)
        assert stop(worker) == 0
