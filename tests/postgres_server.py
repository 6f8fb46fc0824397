"""A real PostgreSQL for the tests, started as our own child on a Unix socket and ended by its process id.

The server programs are those of the machine. PostgreSQL refuses to run as root; root starts it as the system user
``postgres``, or ``nobody`` where there is none. ``python -m tests.postgres_server`` keeps one server for a whole
test run: see ``keep``.
"""

from __future__ import annotations

import atexit
import os
import pwd
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any

import psycopg
from psycopg import sql

OWNER = "motcua_owner"  # owns the tables and runs the migrations
APPLICATION = "motcua_app"  # what web, worker and clock connect as
_PORT = "5432"  # only the name of the socket's file; nothing listens on a network
_SECONDS_TO_START = 60.0
_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_wal_size": "128MB", "jit": "off"}
_DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
_KEPT: dict[tuple[int, Path], psycopg.Connection[Any]] = {}
"""The superuser's connections that stay open, by process and folder: a new one costs as much as a short act."""


Connect = Callable[[str], AbstractContextManager[psycopg.Connection[Any]]]
"""Gives an autocommitting connection of the superuser to a database."""


class PostgresMissing(RuntimeError):
    """PostgreSQL's server programs are not on this machine; the message says what to install."""


def server_programs() -> Path:
    """The folder of initdb and postgres, the newest version first; raises PostgresMissing."""
    candidates = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    candidates += [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    pg_config = shutil.which("pg_config")
    if pg_config:
        asked = subprocess.run([pg_config, "--bindir"], capture_output=True, text=True, check=False)
        candidates.append(Path(asked.stdout.strip() or "/nonexistent"))
    for folder in candidates:
        if (folder / "initdb").is_file() and (folder / "postgres").is_file():
            return folder
    raise PostgresMissing("PostgreSQL's server programs were not found: install Debian's package 'postgresql'.")


class PostgresServer:
    """One server in a folder of its own. ``durable=True`` commits to disk as production does."""

    def __init__(self, *, durable: bool = False, folder: Path | None = None) -> None:
        self._programs = server_programs()
        self._settings = _DURABLE if durable else _FAST
        self._account = unprivileged_account()
        self.folder = folder or Path(tempfile.mkdtemp(prefix="motcua-pg-", dir=reachable_temporary_folder()))
        self.socket_folder = self.folder / "socket"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> PostgresServer:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.remove()

    @property
    def pid(self) -> int:
        """The process id of the postmaster."""
        assert self._process is not None, "the server is not running"
        return self._process.pid

    def start(self) -> None:
        """Create the cluster and its two roles the first time; return once the server answers."""
        fresh = not (self.folder / "data").exists()
        if fresh:
            self._create_cluster()
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                self._command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, **self._as_account()
            )
        self._wait_until_it_answers()
        if fresh:
            make_roles(self.connect)

    def stop(self) -> None:
        """A fast, clean shutdown."""
        self._end(signal.SIGINT)

    def crash(self) -> None:
        """An immediate shutdown: no checkpoint, so that the next start recovers from the write-ahead log.

        SIGQUIT and not SIGKILL: a killed postmaster leaves its children and its shared memory to the next start.
        """
        self._end(signal.SIGQUIT)

    def kill(self) -> None:
        """SIGKILL to the postmaster alone; the processes it leaves behind end by themselves, soon."""
        self._end(signal.SIGKILL)

    @property
    def alive(self) -> bool:
        """Whether the postmaster runs."""
        return self._process is not None and self._process.poll() is None

    def remove(self) -> None:
        """Stop, and delete the folder with everything in it."""
        try:
            self.stop()
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database: str, role: str = APPLICATION) -> str:
        """The SQLAlchemy URL of a database, as the given role."""
        return postgres_url_of(self.socket_folder, database, role)

    def connect(self, database: str = "postgres", role: str = "postgres") -> psycopg.Connection[Any]:
        """An autocommitting connection, by default of the superuser."""
        return connect_to(self.socket_folder, database, role)

    def _create_cluster(self) -> None:
        self.socket_folder.mkdir(mode=0o700)
        (self.folder / "data").mkdir(mode=0o700)
        if self._account is not None:
            for path in (self.folder, self.socket_folder, self.folder / "data"):
                os.chown(path, self._account.pw_uid, self._account.pw_gid)
        made = subprocess.run(
            [
                self._programs / "initdb",
                f"--pgdata={self.folder / 'data'}",
                "--username=postgres",
                "--auth=trust",  # the socket's folder is closed to others
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
                "--no-instructions",
            ],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            **self._as_account(),
        )
        if made.returncode != 0:
            raise RuntimeError(f"initdb failed:\n{made.stdout}{made.stderr}")

    def _command(self) -> list[str]:
        settings = {
            "listen_addresses": "",
            "port": _PORT,
            "unix_socket_directories": str(self.socket_folder),
            "max_connections": "250",  # a hundred clerks at once, twice
            "shared_buffers": "64MB",
            "log_min_messages": "warning",
            "autovacuum": "off" if self._settings is _FAST else "on",
            "timezone": "UTC",
            **self._settings,
        }
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return [str(self._programs / "postgres"), "-D", str(self.folder / "data"), *options]

    def _as_account(self) -> dict[str, Any]:
        """Popen's arguments: a working folder it may read, a session of its own, and another user when we are root."""
        arguments: dict[str, Any] = {"cwd": self.folder, "start_new_session": True}
        if self._account is not None:
            arguments |= {"user": self._account.pw_uid, "group": self._account.pw_gid, "extra_groups": []}
        return arguments

    def _wait_until_it_answers(self) -> None:
        latest = time.monotonic() + _SECONDS_TO_START
        while True:
            assert self._process is not None
            if self._process.poll() is not None:
                raise RuntimeError(f"PostgreSQL ended at once:\n{(self.folder / 'log').read_text()[-2000:]}")
            try:
                self.connect().close()
                return
            except psycopg.OperationalError:
                if time.monotonic() > latest:
                    raise
            time.sleep(0.02)

    def _end(self, with_signal: signal.Signals) -> None:
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.send_signal(with_signal)
        self._process.wait(60)
        self._process = None


def postgres_url_of(socket_folder: Path, database: str, role: str = APPLICATION) -> str:
    """The SQLAlchemy URL of a database behind a socket's folder."""
    return f"postgresql+psycopg://{role}@/{database}?host={socket_folder}&port={_PORT}"


def connect_to(socket_folder: Path, database: str, role: str = "postgres") -> psycopg.Connection[Any]:
    """An autocommitting connection."""
    return psycopg.connect(host=str(socket_folder), port=_PORT, dbname=database, user=role, autocommit=True)


def create_database(socket_folder: Path, name: str, template: str | None = None) -> None:
    """A database of the owner's on the server behind a socket's folder (see ``make_database``)."""
    make_database(partial(_connected, socket_folder), name, template)


def make_database(connect: Connect, name: str, template: str | None = None) -> None:
    """A database of the owner's. Tables that the owner makes in it are the application's to read and write;
    a migration takes away what the application must not do (change the journal)."""
    with connect("postgres") as admin:
        made_from = sql.SQL("TEMPLATE {}").format(sql.Identifier(template)) if template else sql.SQL("")
        if template and admin.info.server_version >= 150000:  # older ones know no other way than copying the files
            made_from += sql.SQL(" STRATEGY FILE_COPY")
        admin.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} {}").format(sql.Identifier(name), sql.Identifier(OWNER), made_from)
        )
    if template is None:
        with connect(name) as admin:
            admin.execute(f"ALTER SCHEMA public OWNER TO {OWNER}")
            for kind, rights in (("TABLES", "SELECT, INSERT, UPDATE, DELETE"), ("SEQUENCES", "USAGE, SELECT")):
                admin.execute(f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} GRANT {rights} ON {kind} TO {APPLICATION}")


def make_roles(connect: Connect) -> None:
    """The owner of the tables and the role of the application, in a new cluster."""
    with connect("postgres") as admin:
        admin.execute(f"CREATE ROLE {OWNER} LOGIN CREATEDB")
        admin.execute(f"CREATE ROLE {APPLICATION} LOGIN")


def keep_administrator(socket_folder: Path) -> None:
    """From now on this process makes and drops databases behind the socket's folder through one connection."""
    if (os.getpid(), socket_folder) not in _KEPT:
        _KEPT[os.getpid(), socket_folder] = kept = connect_to(socket_folder, "postgres")
        atexit.register(_close, os.getpid(), kept)


def drop_database(socket_folder: Path, name: str) -> None:
    """Remove a database even while something is still connected to it."""
    with _administrator(socket_folder) as admin:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def keep(address_file: Path, user_pid: int) -> None:
    """Run a server until the process ``user_pid`` has ended, however it ends, or SIGTERM arrives; then remove it.

    The socket's folder is written to ``address_file`` once the server answers. The keeper lets the workers of one test
    run share a server. It also removes the run's folder, where ``address_file`` lies, should the run be killed.
    """
    ended_by, told = os.pipe()
    signal.signal(signal.SIGTERM, lambda *_: os.write(told, b"."))
    user = os.pidfd_open(user_pid)
    with PostgresServer() as server:
        written = address_file.with_suffix(".part")
        written.write_text(str(server.socket_folder))
        written.rename(address_file)
        select.select([user, ended_by], [], [])
    shutil.rmtree(address_file.parent, ignore_errors=True)


def _close(opened_by: int, kept: psycopg.Connection[Any]) -> None:
    if os.getpid() == opened_by:  # a fork would end the conversation of the process that it came from
        kept.close()


@contextmanager
def _administrator(socket_folder: Path) -> Iterator[psycopg.Connection[Any]]:
    kept = _KEPT.get((os.getpid(), socket_folder))
    if kept is not None:
        yield kept
        return
    with connect_to(socket_folder, "postgres") as admin:
        yield admin


def _connected(socket_folder: Path, database: str) -> AbstractContextManager[psycopg.Connection[Any]]:
    return _administrator(socket_folder) if database == "postgres" else connect_to(socket_folder, database)


def _version(programs: Path) -> tuple[int, ...]:
    return tuple(int(part) for part in programs.parent.name.split(".") if part.isdigit())


def unprivileged_account() -> pwd.struct_passwd | None:
    """Whom the server runs as: None is ourselves. Raises PostgresMissing."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise PostgresMissing("PostgreSQL does not run as root, and there is neither a user 'postgres' nor 'nobody'.")


def reachable_temporary_folder() -> str:
    """A folder that another user may enter, with a name short enough for a socket below it."""
    usual = Path(tempfile.gettempdir())
    open_to_all = all(folder.stat().st_mode & 0o001 for folder in (usual, *usual.parents))
    return str(usual) if open_to_all and len(str(usual)) < 60 else "/tmp"  # noqa: S108 - mkdtemp makes a private folder


if __name__ == "__main__":
    keep(Path(sys.argv[1]), int(sys.argv[2]))
