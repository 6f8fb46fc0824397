"""A whole installation for the fault runs: database, Redis, web, worker and clock, each a child process of this one.

Children are started from the main thread, since the kernel ends them with the thread that started them.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import orjson
import redis
import urllib3

from adapters.embedded_redis import EmbeddedRedis
from cli.compose import compose
from cli.seed import seed
from cli.shipped import Shipped
from engine.acts.notices.webhooks import add_webhook
from engine.clock import told_clock
from engine.rules.procedure.permissions import Actor
from engine.settings import settings_from
from engine.store.migrate import upgrade
from engine.transaction import Runtime, in_transaction
from tests.faults import staff
from tests.faults.child import ROOT, STARTS_WITHIN, Child
from tests.faults.receiver import Receiver
from tests.installation.runtime import environment_over
from tests.postgres_server import APPLICATION, OWNER, PostgresServer, create_database

OPENS = "2026-03-03T08:00:00+07:00"
"""The time of the test clock when an installation opens: a Tuesday morning in Viet Nam."""
DISK_BYTES = 1200 << 20
"""Of the small disk: a PostgreSQL with room for some thousand dossiers."""
COMMANDS = {"web": ["serve", "--workers", "2", "--threads", "4"], "worker": ["worker"], "clock": ["clock"]}


@dataclass(slots=True)
class RunningInstallation:
    """A running installation. ``runtime`` looks into the same database from here."""

    folder: Path
    base: str
    children: dict[str, Child]
    redis: EmbeddedRedis
    receiver: Receiver
    runtime: Runtime
    database: PostgresServer | None
    tokens: dict[str, str]
    environment: dict[str, str] = field(default_factory=dict)
    small_disk: Path | None = None
    exits: dict[str, int] = field(default_factory=dict)

    @property
    def notice_file(self) -> Path:
        return self.folder / "notices.jsonl"

    def wait_until_ready(self) -> None:
        """Returns when the web process answers that it is ready."""
        http = urllib3.PoolManager(timeout=5, retries=False)
        latest = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < latest:
            with contextlib.suppress(urllib3.exceptions.HTTPError):
                if http.request("GET", f"{self.base}/readyz").status == 200:
                    return
            if not self.children["web"].alive:
                break
            time.sleep(0.05)
        raise RuntimeError(f"the web process is not ready:\n{self.children['web'].log.read_text()[-3000:]}")

    def let_pass(self, time_span: dt.timedelta) -> None:
        """Moves the told time on, for every process at once."""
        _tell(self.folder / "clock", self.runtime.now() + time_span)

    def flush_redis(self) -> None:
        with redis.Redis.from_url(self.redis.url) as client:
            client.flushall()

    def bound_redis(self, byte: int) -> None:
        """Lets Redis take no more than so many bytes: 1 is nothing at all, 0 is without a bound."""
        with redis.Redis.from_url(self.redis.url) as client:
            client.config_set("maxmemory", byte)

    def restart_database(self, *, gently: bool) -> None:
        """PostgreSQL ends without a checkpoint and starts again: told so (immediate mode), or its first process is
        killed, as by the kernel when memory runs out."""
        assert self.database is not None
        if gently:
            self.database.crash()
        else:
            self.database.kill()
        self.revive_database()

    def revive_database(self) -> None:
        """Starts PostgreSQL if it has ended; one whose first process was killed leaves others behind for a moment."""
        latest = time.monotonic() + STARTS_WITHIN
        while self.database is not None and not self.database.alive:
            try:
                self.database.start()
            except RuntimeError:
                if time.monotonic() > latest:
                    raise
                time.sleep(0.1)

    @contextlib.contextmanager
    def full_disk(self) -> Iterator[None]:
        """Nothing more fits on the disk of the database while this lasts."""
        assert self.small_disk is not None
        if self.database is None:
            with contextlib.closing(sqlite3.connect(str(self.runtime.database.url.database))) as connection:
                connection.execute("PRAGMA busy_timeout=30000")
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # a log that is reused takes writes for a while
        filler = self.small_disk / "filler"
        with filler.open("wb", buffering=0) as file:
            for size in (1 << 20, 1 << 12):
                with contextlib.suppress(OSError):
                    while True:
                        file.write(b"\0" * size)
        try:
            yield
        finally:
            filler.unlink()

    def look_after(self) -> list[str]:
        """Starts what has ended, as the supervisor of an installation does; their names."""
        ended = [name for name, child in self.children.items() if not child.alive]
        for name in ended:
            self.children[name].start()
        return ended

    def stop_all(self) -> None:
        """Stops web, worker and clock as an operator does, and keeps their exit codes."""
        for name, child in self.children.items():
            if not name.startswith("web"):
                child.wait_until_it_listens()
        for child in self.children.values():
            child.ask_to_stop()
        for name, child in self.children.items():
            self.exits[name] = child.exit_code()


@contextlib.contextmanager
def open_installation(
    kind: str, *, on_small_disk: bool = False, shipped: Shipped | None = None, program: Path = ROOT
) -> Iterator[RunningInstallation]:
    """An installation on ``postgresql`` (durable) or ``sqlite`` with content, staff and all processes running.

    ``shipped`` is the content; by default, everything that ships. With ``on_small_disk`` the database lies on a disk of
    its own that can be filled, where this user may mount one. ``program`` is the checkout whose code prepares it
    and runs.
    """
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="motcua-installation-")))
        small_disk = stack.enter_context(_small_disk(folder / "disk")) if on_small_disk else None
        database = stack.enter_context(_postgres(small_disk)) if kind == "postgresql" else None
        url = _database_url(database, small_disk or folder)
        if program == ROOT:
            upgrade(_owners(url))
        installation = stack.enter_context(installation_on(url, folder, shipped=shipped, program=program))
        installation.database, installation.small_disk = database, small_disk
        yield installation


@contextlib.contextmanager
def installation_on(
    url: str, folder: Path, *, shipped: Shipped | None = None, program: Path = ROOT, **settings: str
) -> Iterator[RunningInstallation]:
    """An installation in ``folder`` on the migrated, empty database at ``url``, with ``settings`` of its own.

    The code of another ``program`` migrates the database itself.
    """
    with contextlib.ExitStack() as stack:
        receiver = stack.enter_context(Receiver())
        redis_server = stack.enter_context(EmbeddedRedis(folder / "redis"))
        environment = environment_over(url, folder, REDIS_URL=redis_server.url, **_served_at(_free_port())) | settings
        environment |= {"MOTCUA_NOTICE_FILE": str(folder / "notices.jsonl"), "MOTCUA_SMS_URL": receiver.sms_url}
        environment["MOTCUA_TOLD_CLOCK"] = str(folder / "clock")
        _tell(folder / "clock", dt.datetime.fromisoformat(OPENS))
        if program == ROOT:
            runtime, tokens = _prepare(environment, receiver, folder, shipped)
        else:
            runtime, tokens = _prepared_by(program, environment, receiver, folder)
        stack.callback(runtime.database.dispose)
        children = {
            name: Child(name, arguments, environment, folder / f"{name}.log", program)
            for name, arguments in COMMANDS.items()
        }
        base = environment["MOTCUA_PUBLIC_URL"]
        installation = RunningInstallation(folder, base, children, redis_server, receiver, runtime, None, tokens)
        installation.environment = environment
        stack.callback(_end, children)
        installation.look_after()
        installation.wait_until_ready()
        yield installation


def _served_at(port: int) -> dict[str, str]:
    """The settings of the web process, and of those who must reach the receiver of this process."""
    address = {"MOTCUA_HOST": "127.0.0.1", "PORT": str(port), "MOTCUA_PUBLIC_URL": f"http://127.0.0.1:{port}"}
    return {"MOTCUA_WEBHOOK_ALLOW_PRIVATE": "1", **address}


@contextlib.contextmanager
def _small_disk(folder: Path) -> Iterator[Path | None]:
    """A disk in memory of some hundred megabytes; None where it cannot be mounted."""
    folder.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES},mode=0755", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(words, capture_output=True, check=False).returncode == 0
    except OSError:
        mounted = False
    try:
        yield folder if mounted else None
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)


def _postgres(small_disk: Path | None) -> PostgresServer:
    if small_disk is None:
        return PostgresServer(durable=True)
    for folder in (small_disk, *small_disk.parents[:1]):
        folder.chmod(0o755)  # PostgreSQL runs as somebody else
    (small_disk / "pg").mkdir()
    return PostgresServer(durable=True, folder=small_disk / "pg")


def _database_url(server: PostgresServer | None, folder: Path) -> str:
    """An empty database, as the application's role."""
    if server is None:
        return f"sqlite:///{folder / 'motcua.sqlite'}"
    create_database(server.socket_folder, "motcua")
    return server.url("motcua")


def _owners(url: str) -> str:
    return url.replace(f"{APPLICATION}@", f"{OWNER}@")


def _prepare(
    environment: dict[str, str], receiver: Receiver, folder: Path, shipped: Shipped | None
) -> tuple[Runtime, dict[str, str]]:
    runtime = compose(settings_from(environment), pooled=False, now=told_clock(folder / "clock"), ring=lambda: None)
    seed(runtime, shipped)
    tokens = staff.settle(runtime)
    made = in_transaction(runtime, Actor("admin", "admin"), lambda unit: add_webhook(unit, receiver.url + "/events"))
    receiver.secrets["/events"] = made["secret"]
    return runtime, tokens


_BY_ANOTHER = """
import os, sys, types, json
from pathlib import Path
from engine.store.migrate import upgrade
from tests.faults import installation, staff
owner, receiver, folder = sys.argv[1:]
upgrade(owner)
there = types.SimpleNamespace(url=receiver, secrets={})
_, tokens = installation._prepare(dict(os.environ), there, Path(folder), staff.around_the_wards())
print(json.dumps([tokens, there.secrets]))
"""


def _prepared_by(
    program: Path, environment: dict[str, str], receiver: Receiver, folder: Path
) -> tuple[Runtime, dict[str, str]]:
    """Schema, content and staff by the code of another checkout, an earlier release."""
    words = [sys.executable, "-c", _BY_ANOTHER, _owners(environment["DATABASE_URL"]), receiver.url, str(folder)]
    there = {**os.environ, **environment, "PYTHONPATH": f"{program}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"}
    done = subprocess.run(words, cwd=program, env=there, stdout=subprocess.PIPE, text=True, check=True)
    tokens, secrets = orjson.loads(done.stdout.splitlines()[-1])
    receiver.secrets |= secrets
    now = told_clock(folder / "clock")
    return compose(settings_from(environment), pooled=False, now=now, ring=lambda: None), tokens


def _tell(clock: Path, moment: dt.datetime) -> None:
    fresh = clock.with_suffix(".new")
    fresh.write_text(moment.isoformat())
    fresh.replace(clock)


def _end(children: dict[str, Child]) -> None:
    for child in children.values():
        if child.alive:
            child.kill()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
