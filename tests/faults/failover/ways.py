"""The ways by which an installation reaches the primary: libpq's several hosts, HAProxy, PgBouncer before HAProxy.

The settings are those of docs/high-availability.md.
"""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.failover import programs
from tests.faults.failover.cluster import NAME, Cluster
from tests.faults.failover.programs import Running, give
from tests.postgres_server import APPLICATION

HOSTS, HAPROXY, PGBOUNCER = "hosts", "haproxy", "pgbouncer"
WAYS = (HOSTS, HAPROXY, PGBOUNCER)

_HAPROXY = """
global
    maxconn 1000
defaults
    mode tcp
    timeout connect 3s
    timeout client 30m
    timeout server 30m
    timeout check 2s
listen primary
    bind 127.0.0.1:{port}
    option httpchk
    http-check send meth GET uri /primary
    http-check expect status 200
    default-server inter 1s fall 2 rise 1 on-marked-down shutdown-sessions
{servers}
"""
_PGBOUNCER = """
[databases]
{name} = {server} connect_query='SET jit = off'
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = trust
auth_file = {users}
pool_mode = transaction
default_pool_size = 16
max_client_conn = 500
server_login_retry = 1
server_connect_timeout = 3
query_wait_timeout = 5
logfile =
"""


@dataclass(frozen=True, slots=True)
class Way:
    """How an installation reaches the primary."""

    url: str
    settings: dict[str, str] = field(default_factory=dict)


@contextlib.contextmanager
def way_to(cluster: Cluster, kind: str) -> Iterator[Way]:
    """The address and the settings of an installation. Raises programs.Missing."""
    if kind == HOSTS:
        yield Way(cluster.url(APPLICATION))
        return
    with contextlib.ExitStack() as stack:
        haproxy = stack.enter_context(_haproxy(cluster))
        if kind == HAPROXY:
            yield Way(f"postgresql://{APPLICATION}@127.0.0.1:{haproxy}/{NAME}")
            return
        port = stack.enter_context(pgbouncer(cluster.folder / "pgbouncer", f"host=127.0.0.1 port={haproxy}", NAME))
        yield Way(f"postgresql://{APPLICATION}@127.0.0.1:{port}/{NAME}", {"MOTCUA_PREPARED_STATEMENTS": "0"})


@contextlib.contextmanager
def _haproxy(cluster: Cluster) -> Iterator[int]:
    folder, port = cluster.folder / "haproxy", free_port()
    give(folder)
    servers = "\n".join(
        f"    server {name} 127.0.0.1:{one.ports.postgres_line} check port {one.ports.rest_line}"
        for name, one in cluster.members.items()
    )
    written = _write(folder / "haproxy.cfg", _HAPROXY.format(port=port, servers=servers))
    program = programs.program("haproxy", "install Debian's package haproxy")
    with _running(Running([program, "-db", "-f", written], folder / "log"), port):
        yield port


@contextlib.contextmanager
def pgbouncer(folder: Path, server: str, database: str) -> Iterator[int]:
    """A PgBouncer in transaction mode before a server, as libpq names it (``host=… port=…``); its own port."""
    port = free_port()
    give(folder)
    users = _write(folder / "users", f'"{APPLICATION}" ""\n')
    text = _PGBOUNCER.format(name=database, server=server, port=port, users=users)
    program = programs.program("pgbouncer", "install Debian's package pgbouncer")
    with _running(Running([program, _write(folder / "pgbouncer.ini", text)], folder / "log"), port):
        yield port


@contextlib.contextmanager
def _running(process: Running, port: int) -> Iterator[None]:
    process.start()
    try:
        latest = time.monotonic() + 20
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            if not process.alive or time.monotonic() > latest:
                raise RuntimeError(f"it does not listen:\n{process.last_words()}")
            time.sleep(0.05)
        yield
    finally:
        process.kill()


def _write(path: Path, text: str) -> Path:
    path.write_text(text)
    path.chmod(0o644)
    return path


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
