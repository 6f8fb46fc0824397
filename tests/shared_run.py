"""What the processes of one test run share: one PostgreSQL server, and a migrated template of each kind of database.

The first process of a run makes a folder and names it in the environment; the workers that it starts inherit the
name. Whichever process first needs a thing makes it, under a lock, so that a run of pure tests starts nothing.

The folder lies in memory where there is room, and everything temporary of the run in it: thousands of small databases
come and go, and each of their commits would wait for a disk. A killed process loses nothing that lies in memory.
"""

from __future__ import annotations

import fcntl
import os
import select
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tests.postgres_server import OWNER, create_database, keep_administrator, postgres_url_of

TEMPLATE = "motcua_template"
_VARIABLE = "MOTCUA_TEST_RUN"
_ROOT = Path(__file__).resolve().parent.parent
_MEMORY, _ROOM = Path("/dev/shm"), 2 << 30  # noqa: S108 - mkdtemp makes a folder of our own in it


def has_begun() -> bool:
    """Whether this process, or the one that started it, began a run."""
    return _VARIABLE in os.environ


def begin() -> None:
    """Called once, by the process that the person started."""
    roomy = _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ROOM
    folder = Path(tempfile.mkdtemp(prefix="motcua-run-", dir=_MEMORY if roomy else None))
    folder.chmod(0o711)  # PostgreSQL, who is somebody else when we are root, comes through
    (folder / "owner.pid").write_text(str(os.getpid()))
    os.environ |= {_VARIABLE: str(folder), "TMPDIR": str(folder)}
    tempfile.tempdir = None  # TMPDIR is looked at anew


def end() -> None:
    """Called by the same process, as its last: ends the run's PostgreSQL server, if there is one, and removes the
    folder."""
    folder = Path(os.environ.pop(_VARIABLE))
    os.environ.pop("TMPDIR")
    tempfile.tempdir = None
    keeper = folder / "keeper.pid"
    if keeper.exists():
        _end_and_wait(int(keeper.read_text()))
    shutil.rmtree(folder, ignore_errors=True)


def postgres_sockets() -> Path:
    """The socket folder of the run's PostgreSQL server, which is started now if nobody needed it before."""
    folder = run_folder()
    address = folder / "postgres.address"
    with lock("postgres"):
        if not address.exists():
            _start_keeper(folder, address)
    sockets = Path(address.read_text())
    keep_administrator(sockets)
    return sockets


def postgres_template() -> str:
    """The name of a migrated, otherwise empty database on the run's server, to make others from."""
    from engine.store.migrate import upgrade

    sockets = postgres_sockets()
    done = run_folder() / "postgres.migrated"
    with lock("postgres-template"):
        if not done.exists():
            create_database(sockets, TEMPLATE)
            upgrade(postgres_url_of(sockets, TEMPLATE, OWNER))
            done.touch()
    return TEMPLATE


def sqlite_template() -> Path:
    """A migrated, otherwise empty SQLite file, to copy."""
    from engine.store.migrate import upgrade

    template = run_folder() / "template.sqlite"
    with lock("sqlite-template"):
        if not template.exists():
            growing = template.with_suffix(".part")
            upgrade(f"sqlite:///{growing}")
            with closing(sqlite3.connect(growing)) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # everything in the one file that is copied
            growing.rename(template)
    return template


def run_folder() -> Path:
    """The folder that the processes of the run share."""
    return Path(os.environ[_VARIABLE])


@contextmanager
def lock(name: str) -> Iterator[None]:
    """Keeps the other processes of the run from making the thing of this name at the same time."""
    with (run_folder() / f"{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _start_keeper(folder: Path, address: Path) -> None:
    log = folder / "keeper.log"
    with log.open("wb") as output:
        keeper = subprocess.Popen(
            [sys.executable, "-m", "tests.postgres_server", str(address), (folder / "owner.pid").read_text()],
            cwd=_ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    (folder / "keeper.pid").write_text(str(keeper.pid))
    latest = time.monotonic() + 90
    while not address.exists():
        if keeper.poll() is not None or time.monotonic() > latest:
            raise RuntimeError(f"the tests' PostgreSQL did not start:\n{log.read_text()[-3000:]}")
        time.sleep(0.02)
    # The keeper outlives this process when another worker still needs it; end() waits for it, not this object.
    keeper.returncode = 0


def _end_and_wait(pid: int) -> None:
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        signal.pidfd_send_signal(process, signal.SIGTERM)
        select.select([process], [], [], 30)
    except ProcessLookupError:
        return
    finally:
        os.close(process)
