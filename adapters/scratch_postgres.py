"""A PostgreSQL of our own beside the installation's, in a folder that goes with it: what a backup is restored into.

It listens on a socket in that folder alone, and archives nothing. Its programs are PostgreSQL's own, of the version of
the installation's server; they do not run as root, so for root they run as ``postgres`` or ``nobody``.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TypedDict

import psycopg
from psycopg import sql

from adapters.tied_child import tied
from engine.errors import Refusal

STOPS_WITHIN = 120.0  # seconds
_OWN = {
    "listen_addresses": "",
    "port": "5432",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_wal_size": "8GB",
    "maintenance_work_mem": "512MB",
    "timezone": "UTC",
    # A copy of the installation's settings must not reach anything of the installation.
    "archive_mode": "off",
    "primary_conninfo": "",
    "synchronous_standby_names": "",
    "shared_preload_libraries": "",
    "ssl": "off",
    "logging_collector": "off",
    "log_destination": "stderr",
    "external_pid_file": "",
    "hot_standby": "off",
    "dynamic_shared_memory_type": "mmap",  # a container has little of /dev/shm
}


class ProgramMissing(Refusal):
    """A program of PostgreSQL is not on this machine."""

    code = "program-missing"
    status = 503
    vi = "Không tìm thấy {program}: cài PostgreSQL cùng phiên bản với máy chủ trên máy này."
    en = "{program} was not found: install PostgreSQL of the server's version on this machine."


class RestoreFailed(Refusal):
    """A program of PostgreSQL ended with an error, or the cluster did not come up."""

    code = "restore-failed"
    status = 500
    vi = "{program} không làm được: {why}."
    en = "{program} failed: {why}."


class _Run(TypedDict, total=False):
    cwd: Path
    user: int
    group: int
    extra_groups: list[int]


class ScratchPostgres:
    """One cluster in ``folder``, ended with the block. Raises ProgramMissing, RestoreFailed."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._account = folder, _unprivileged_account()
        self.data, self.socket = folder / "cluster", folder / "socket"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> ScratchPostgres:
        self.socket.mkdir(mode=0o700, parents=True)
        self._give(self._folder)
        self._give(self.socket)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def create(self) -> None:
        """An empty cluster, running."""
        self.data.mkdir(mode=0o700)
        self._give(self.data)
        self.run(
            "initdb",
            f"--pgdata={self.data}",
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
            "--no-instructions",
        )
        self.start({})

    def take(self, base: Path) -> None:
        """Copies a base backup, which must be whole; it is not started."""
        self.run("pg_verifybackup", "--quiet", "--no-parse-wal", str(base), as_ourselves=True)
        shutil.copytree(base, self.data, symlinks=True)
        self.data.chmod(0o700)
        for name in ("postgresql.auto.conf", "standby.signal", "recovery.signal", "postmaster.pid"):
            (self.data / name).unlink(missing_ok=True)
        (self.data / "postgresql.conf").write_text("# of a restore drill: everything is said on the command line\n")
        (self.data / "pg_ident.conf").write_text("")
        (self.data / "pg_hba.conf").write_text("local all all trust\n")
        for path in (self.data, *self.data.rglob("*")):
            self._give(path)

    def recover(self, wal: Path | None, to: str | None) -> None:
        """Starts what was taken. With ``wal`` it replays that archive, up to ``to`` (ISO 8601) where that is given."""
        settings = {}
        if wal is not None:
            signal_file = self.data / "recovery.signal"
            signal_file.touch(mode=0o600)
            self._give(signal_file)
            settings = {"restore_command": f'cp "{wal}/%f" "%p"', "recovery_target_timeline": "latest"}
            if to is not None:
                settings |= {"recovery_target_time": to, "recovery_target_inclusive": "off"}
                settings |= {"recovery_target_action": "promote"}
        self.start(settings)

    def start(self, more: dict[str, str]) -> None:
        """Runs the cluster with these settings over its own; returns once it takes writes."""
        settings = {**_OWN, "unix_socket_directories": str(self.socket), **more}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        command = [_program("postgres"), "-D", str(self.data), *options]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - PostgreSQL's own program
                tied(command), stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, **self._as()
            )
        self._wait_until_it_takes_writes()

    def stop(self) -> None:
        """A fast, clean shutdown."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(STOPS_WITHIN)
        self._process = None

    def make_roles(self, roles: list[str]) -> None:
        """Roles that a dump names."""
        with self.connect("postgres") as admin:
            for role in dict.fromkeys(roles):
                admin.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))

    def make_database(self, name: str, owner: str) -> None:
        with self.connect("postgres") as admin:
            made = sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), sql.Identifier(owner))
            admin.execute(made)

    def connect(self, database: str, role: str = "postgres") -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(host=str(self.socket), port=5432, dbname=database, user=role, autocommit=True)

    def url(self, database: str, role: str) -> str:
        """The address as ``DATABASE_URL`` writes it."""
        return f"postgresql+psycopg://{role}@/{database}?host={self.socket}&port=5432"

    def run(self, program: str, *arguments: str, as_ourselves: bool = False) -> None:
        """Runs a program of PostgreSQL to its end. Raises ProgramMissing, RestoreFailed."""
        run_program(program, arguments, None if as_ourselves else self._as())

    def _wait_until_it_takes_writes(self) -> None:
        while True:
            if self._process is None or self._process.poll() is not None:
                raise RestoreFailed(program="postgres", why=_last_fault(self._folder / "log"))
            try:
                with self.connect("postgres") as one:
                    if one.execute("SELECT pg_is_in_recovery()").fetchone() == (False,):
                        return
            except psycopg.OperationalError as error:
                if "does not exist" in str(error):
                    raise RestoreFailed(program="postgres", why=str(error)) from error
            time.sleep(0.05)

    def _as(self) -> _Run:
        if self._account is None:
            return {"cwd": self._folder}
        return {
            "cwd": self._folder,
            "user": self._account.pw_uid,
            "group": self._account.pw_gid,
            "extra_groups": [],
        }

    def _give(self, path: Path) -> None:
        if self._account is not None:
            os.chown(path, self._account.pw_uid, self._account.pw_gid, follow_symlinks=False)


def run_program(
    program: str,
    arguments: tuple[str, ...],
    run: _Run | None = None,
    environment: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Runs a program of PostgreSQL. Raises ProgramMissing, and RestoreFailed with its first error."""
    done = subprocess.run(  # noqa: S603 - PostgreSQL's own program
        [_program(program), *arguments],
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        **(run or {}),
    )
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines() or [f"exit {done.returncode}"]
        first = next((line for line in said if "error:" in line), said[-1])  # what follows tells of its consequences
        raise RestoreFailed(program=program, why=first[:300])


def _program(name: str) -> str:
    """The newest of Debian's places, else what the path has. Raises ProgramMissing."""
    places = sorted(
        Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[4].split(".")[0])
    )
    found = str(places[-1]) if places else shutil.which(name)
    if found is None:
        raise ProgramMissing(program=name)
    return found


def _unprivileged_account() -> pwd.struct_passwd | None:
    """Whom the cluster runs as: None is ourselves."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise ProgramMissing(program="an account that is not root")


def _last_fault(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines()
    faults = [line.partition("FATAL:")[2].strip() for line in lines if "FATAL:" in line]
    faults = [one for one in faults if not one.startswith("the database system is")]  # said to whoever asks too early
    return (faults or lines or ["no log"])[-1][:300]
