"""The programs of a cluster, and how one of them is run: as PostgreSQL's account, tied to this process, ended by id."""

from __future__ import annotations

import contextlib
import os
import pwd
import select
import shutil
import signal
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.postgres_server import PostgresMissing, server_programs, unprivileged_account

ROOT = Path(__file__).resolve().parents[3]
OWN_ENVIRONMENT = ROOT / ".venv-failover" / "bin"
"""Where ``bin/failover`` installs Patroni, which the product does not need."""
ENDS_WITHIN = 20.0  # seconds


class Missing(RuntimeError):
    """A program is not on this machine; the message says what to install."""


def program(name: str, install: str) -> Path:
    """The program of this name. Raises Missing."""
    own = OWN_ENVIRONMENT / name
    found = str(own) if own.is_file() else shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        raise Missing(f"{name} was not found: {install}")
    return Path(found)


def patroni() -> Path:
    return program("patroni", "run bin/failover --install")


def etcd() -> Path:
    return program("etcd", "install Debian's package etcd-server")


def what_is_missing() -> str | None:
    """Why no cluster can be started here; None when one can."""
    try:
        etcd(), server_programs()
        tried = subprocess.run([*tied(), str(patroni()), "--version"], cwd="/", capture_output=True, check=False)
    except (Missing, PostgresMissing) as error:
        return str(error)
    if tried.returncode == 0:
        return None
    return "Patroni does not start as PostgreSQL's account: it has to lie in a folder that this account may enter"


class Running:
    """One process of the cluster. Its output is kept in a file."""

    def __init__(self, command: Iterable[str | Path], log: Path, **environment: str) -> None:
        self._command = [*tied(), *map(str, command)]
        self._log, self._environment = log, environment
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        with self._log.open("ab") as output:
            self._process = subprocess.Popen(
                self._command,
                cwd=self._log.parent,
                env={"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8", **self._environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # Ctrl-C at the terminal is for the harness alone, which ends all in order
            )

    def last_words(self) -> str:
        return self._log.read_text(errors="replace")[-2000:]

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()


def tied() -> list[str]:
    """The words before a command that make it run as PostgreSQL's account and end with this process."""
    words = [str(program("setpriv", "install Debian's package util-linux")), "--pdeathsig", "TERM"]
    account = unprivileged_account()
    if account is not None:
        words += [f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]
    return words


def give(*folders: Path) -> None:
    """Makes the folders, closed to others, for the account of PostgreSQL."""
    account: pwd.struct_passwd | None = unprivileged_account()
    for folder in folders:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if account is not None:
            os.chown(folder, account.pw_uid, account.pw_gid)


def kill_tree(pid: int) -> None:
    """SIGKILL to a process and to its children; returns when all of them are gone."""
    with contextlib.ExitStack() as stack:
        handles = [handle for one in [pid, *_children(pid)] if (handle := _handle(one)) is not None]
        for handle in handles:
            stack.callback(os.close, handle)
        for handle in handles:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(handle, signal.SIGKILL)
        for handle in handles:
            select.select([handle], [], [], ENDS_WITHIN)


def _children(pid: int) -> list[int]:
    try:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def _handle(pid: int) -> Any:
    try:
        return os.pidfd_open(pid)
    except ProcessLookupError:
        return None
