"""Three PostgreSQL servers under Patroni, and the etcd in which Patroni keeps who is the primary, on the loopback.

Every member is reached by lines (``lines.py``): clients, the standbys that follow it, Patroni's questions to it and its
own questions to etcd. The settings are explained in docs/high-availability.md.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import urllib3

from tests.faults.failover import programs
from tests.faults.failover.lines import Line, Lines
from tests.faults.failover.programs import Running, give, kill_tree
from tests.postgres_server import make_database, make_roles, reachable_temporary_folder, server_programs

NAME = "motcua"
MEMBERS = ("pg1", "pg2", "pg3")
WAITS = 120.0  # seconds until a cluster is whole
TIMES = {"ttl": 20, "loop_wait": 2, "retry_timeout": 3, "primary_start_timeout": 0}
"""Seconds. ``ttl`` is the least that Patroni takes. A server that ended is not started again: another takes over."""
PARAMETERS = {
    "max_connections": 120,
    "shared_buffers": "64MB",
    "synchronous_commit": "on",
    "wal_level": "replica",
    "wal_log_hints": "on",  # pg_rewind needs it
    "wal_keep_size": "256MB",
    "max_wal_senders": 8,
    "wal_sender_timeout": "5s",
    "wal_receiver_timeout": "5s",
    "tcp_user_timeout": "10s",
    "timezone": "UTC",
}


@dataclass(frozen=True, slots=True)
class Ports:
    """Of one member: what it listens on, and the lines that lead there; ``etcd`` is its own line to etcd."""

    postgres: int
    rest: int
    postgres_line: int
    rest_line: int
    etcd: int


class Member:
    """One machine of the cluster: a PostgreSQL server and the Patroni that looks after it."""

    def __init__(self, name: str, folder: Path, ports: Ports, *, durable: bool) -> None:
        self.name, self.folder, self.ports = name, folder, ports
        give(folder)
        settings = folder / "patroni.json"  # JSON is YAML
        settings.write_text(json.dumps(_settings(name, folder, ports, durable), indent=2))
        settings.chmod(0o644)
        self.patroni = Running([programs.patroni(), settings], folder / "patroni.log")

    @property
    def postmaster(self) -> int | None:
        """The process id of its PostgreSQL; None where none has been started."""
        with contextlib.suppress(FileNotFoundError, IndexError, ValueError):
            pid = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
            told = Path(f"/proc/{pid}/cmdline").read_bytes()
            return pid if str(self.folder).encode() in told else None
        return None

    def kill_postgres(self) -> None:
        """SIGKILL to the server and to all of its processes, as when memory runs out."""
        if (pid := self.postmaster) is not None:
            kill_tree(pid)

    def end(self) -> None:
        """However it stands: nothing of it is left running."""
        self.patroni.kill()
        self.kill_postgres()

    def connect(self, database: str, user: str = "postgres") -> psycopg.Connection[Any]:
        """Past the lines, so also while it is cut off."""
        return psycopg.connect(
            host="127.0.0.1", port=self.ports.postgres, dbname=database, user=user, autocommit=True, connect_timeout=3
        )


class Cluster:
    """A running cluster. ``members`` by name."""

    def __init__(self, folder: Path, lines: Lines, members: dict[str, Member], etcd: Running) -> None:
        self.folder, self.lines, self.members, self.etcd = folder, lines, members, etcd
        self._http = urllib3.PoolManager(timeout=2, retries=False)

    def roles(self) -> dict[str, str]:
        """The roles of the members that run, as one of them knows it: ``leader``, ``sync_standby``, ``replica``."""
        for member in self.members.values():
            with contextlib.suppress(urllib3.exceptions.HTTPError, json.JSONDecodeError):
                answer = self._http.request("GET", f"http://127.0.0.1:{member.ports.rest}/cluster")
                told = json.loads(answer.data)["members"]
                return {one["name"]: one["role"] for one in told if one["state"] in ("running", "streaming")}
        return {}

    @property
    def primary(self) -> Member:
        """Raises RuntimeError while there is none."""
        for name, role in self.roles().items():
            if role == "leader":
                return self.members[name]
        raise RuntimeError("the cluster has no primary")

    def wait_until_whole(self, ticking: Callable[[], object] = lambda: None) -> None:
        """Returns when there are a primary, a synchronous standby and an asynchronous one. Raises RuntimeError."""
        latest = time.monotonic() + WAITS
        while sorted(found := list(self.roles().values())) != ["leader", "replica", "sync_standby"]:
            if time.monotonic() > latest:
                raise RuntimeError(f"the cluster is not whole: {found}\n{self.last_words()}")
            ticking()
            time.sleep(0.2)

    def last_words(self) -> str:
        """The ends of the logs of Patroni."""
        logs = [member.folder / "patroni.log" for member in self.members.values()]
        return "\n".join(f"-- {log.parent.name}\n{log.read_text()[-1500:]}" for log in logs if log.exists())

    def url(self, user: str, database: str = NAME) -> str:
        """The address with all members, as libpq takes it: whoever connects gets the one that takes writes."""
        hosts = ",".join(f"127.0.0.1:{member.ports.postgres_line}" for member in self.members.values())
        return f"postgresql://{user}@{hosts}/{database}?connect_timeout=2"


@contextlib.contextmanager
def open_cluster(*, durable: bool = True) -> Iterator[Cluster]:
    """A cluster with an empty database of the owner's. Raises programs.Missing.

    With ``durable=False`` nothing is synced to disk, which a killed process does not notice.
    """
    if (why := programs.what_is_missing()) is not None:
        raise programs.Missing(why)
    with contextlib.ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="motcua-cluster-", dir=reachable_temporary_folder()))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        give(folder, folder / "etcd")
        client, peer, *free = _free_ports(2 + 5 * len(MEMBERS))
        ports = {name: Ports(*free[5 * number : 5 * number + 5]) for number, name in enumerate(MEMBERS)}
        lines = stack.enter_context(Lines(list(_lines(ports, client))))
        etcd = Running(_etcd(folder / "etcd", client, peer), folder / "etcd" / "log")
        stack.callback(etcd.kill)
        members = {name: Member(name, folder / name, mine, durable=durable) for name, mine in ports.items()}
        for member in members.values():
            stack.callback(member.end)
        cluster = Cluster(folder, lines, members, etcd)
        etcd.start()
        for member in members.values():
            member.patroni.start()
        cluster.wait_until_whole()
        make_roles(cluster.primary.connect)
        make_database(cluster.primary.connect, NAME)
        yield cluster


def _lines(ports: dict[str, Ports], etcd: int) -> Iterator[Line]:
    for name, mine in ports.items():
        yield Line(name, mine.postgres_line, mine.postgres)
        yield Line(name, mine.rest_line, mine.rest)
        yield Line(name, mine.etcd, etcd)


def _etcd(folder: Path, client: int, peer: int) -> list[str | Path]:
    """One etcd is enough to show what PostgreSQL does; an installation has three (docs/high-availability.md)."""
    here = f"http://127.0.0.1:{client}"
    words: dict[str, str | Path] = {
        "--data-dir": folder / "data",
        "--listen-client-urls": here,
        "--advertise-client-urls": here,
        "--listen-peer-urls": f"http://127.0.0.1:{peer}",
        "--initial-advertise-peer-urls": f"http://127.0.0.1:{peer}",
        "--initial-cluster": f"default=http://127.0.0.1:{peer}",
    }
    return [programs.etcd(), *(word for pair in words.items() for word in pair)]


def _settings(name: str, folder: Path, ports: Ports, durable: bool) -> dict[str, Any]:
    """Patroni's settings of one member."""
    return {
        "scope": NAME,
        "name": name,
        "restapi": {"listen": f"127.0.0.1:{ports.rest}", "connect_address": f"127.0.0.1:{ports.rest_line}"},
        "etcd3": {"hosts": [f"127.0.0.1:{ports.etcd}"], "use_proxies": True},  # etcd is reached by the line alone
        "bootstrap": {
            "dcs": {
                **TIMES,
                "synchronous_mode": True,
                "maximum_lag_on_failover": 1 << 20,
                "postgresql": {"use_pg_rewind": True, "parameters": PARAMETERS},
            },
            "initdb": [{"encoding": "UTF8"}, {"auth": "trust"}],
        },
        "postgresql": {
            "listen": f"127.0.0.1:{ports.postgres}",
            "connect_address": f"127.0.0.1:{ports.postgres_line}",
            "data_dir": str(folder / "data"),
            "bin_dir": str(server_programs()),
            "create_replica_methods": ["basebackup"],
            "basebackup": {"checkpoint": "fast"},
            "pgpass": str(folder / "pgpass"),
            "parameters": {"unix_socket_directories": str(folder), "fsync": "on" if durable else "off"},
            "pg_hba": [
                "local all all trust",
                "host all all 127.0.0.1/32 trust",
                "host replication all 127.0.0.1/32 trust",
            ],
            "authentication": {
                "superuser": {"username": "postgres", "password": "of-this-test"},
                "replication": {"username": "replicator", "password": "of-this-test"},
            },
        },
        "watchdog": {"mode": "off"},
    }


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]
