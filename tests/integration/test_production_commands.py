"""What README.md tells an operator to run works as it is written; tests/integration/test_deployment.py has the rest."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
import urllib3

from tests.postgres_server import APPLICATION, OWNER
from tests.redis_server import redis_server

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
LONG_RUNNING = ("serve", "worker", "clock")
STARTS_WITHIN = 120.0


def production_block() -> tuple[str, list[list[str]]]:
    """The lines that prepare, and the commands that stay, of README's block."""
    block = README.partition("## In production")[2].partition("```sh\n")[2].partition("```")[0]
    plain = [line.split("#")[0].strip() for line in block.splitlines()]
    staying = [line.split() for line in plain if line.split()[:1] == ["motcua"] and line.split()[1] in LONG_RUNNING]
    return "\n".join(line for line in plain if line.split() not in staying), staying


@pytest.mark.skipif(shutil.which("openssl") is None, reason="the block makes a key with openssl")
@pytest.mark.postgresql
def test_the_production_block_of_the_readme(empty_postgres_url: str, tmp_path: Path) -> None:
    """Only the addresses of the servers are other ones. The demonstration starts the same processes on SQLite."""
    preparing, staying = production_block()
    assert [command[1] for command in staying] == list(LONG_RUNNING)
    with redis_server() as redis:
        app, owner = empty_postgres_url.replace(OWNER, APPLICATION), empty_postgres_url
        script = put_in(preparing, "postgresql+psycopg://motcua_app@db/motcua", app)
        script = put_in(script, "postgresql+psycopg://motcua_owner@db/motcua", owner)
        script = put_in(script, "redis://queue:6379/0", redis.url)
        script += '\nprintf "%s" "$MOTCUA_SECRET_KEYS" > key\n'
        variables = environment(tmp_path)
        subprocess.run(["bash", "-euc", script], env=variables, cwd=tmp_path, check=True, capture_output=True)
        key = (tmp_path / "key").read_text()
        assert len(key) == 64
        variables |= dict(re.findall(r"(MOTCUA_PUBLIC_URL|MOTCUA_PROXY_HOPS)=(\S+)", preparing))
        variables |= {"DATABASE_URL": app, "REDIS_URL": redis.url, "MOTCUA_SECRET_KEYS": key}
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        variables |= {"PORT": str(port), "MOTCUA_HOST": "127.0.0.1", "WEB_CONCURRENCY": "1"}
        with running(staying, variables, tmp_path) as processes:
            assert ready(port)
            assert [process.poll() for process in processes] == [None] * len(processes)
        assert [process.returncode for process in processes] == [0, 0, 0]


def put_in(script: str, written: str, real: str) -> str:
    """The script with the address of a server of the tests."""
    assert script.count(written) == 1
    return script.replace(written, f'"{real}"')


def environment(folder: Path) -> dict[str, str]:
    """The path leads to ``motcua`` of this environment, and nothing else of the installation is set."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MOTCUA_", "PROMETHEUS_"))}
    return kept | {"PATH": f"{Path(sys.executable).parent}:{kept['PATH']}", "MOTCUA_DATA": str(folder / "data")}


@contextmanager
def running(
    commands: Sequence[Sequence[str]], variables: dict[str, str], folder: Path
) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Runs the commands until the block ends, and ends them in order."""
    processes = []
    try:
        for command in commands:
            with (folder / f"{command[1]}.log").open("wb") as log:
                processes.append(subprocess.Popen(command, env=variables, cwd=folder, stdout=log, stderr=log))
        yield processes
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(60)


def ready(port: int) -> bool:
    http, deadline = urllib3.PoolManager(retries=False, timeout=5), time.monotonic() + STARTS_WITHIN
    while time.monotonic() < deadline:
        try:
            if http.request("GET", f"http://127.0.0.1:{port}/readyz").status == 200:
                return True
        except urllib3.exceptions.HTTPError:
            pass
        time.sleep(0.2)
    return False
