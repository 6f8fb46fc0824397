"""A real S3 store for the tests: SeaweedFS in a process of its own, on free ports of the loopback interface."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.doubles.process import free_port

KEY, SECRET = "key-of-the-tests", "secret-of-the-tests"
_ALL = ["Admin", "Read", "Write", "List"]


def program() -> str | None:
    """SeaweedFS's program beside this Python or on the path; None where there is none."""
    beside = Path(sys.executable).with_name("weed")
    return str(beside) if beside.exists() else shutil.which("weed")


@contextmanager
def s3_server(folder: Path) -> Iterator[str]:
    """The address of a store that keeps everything in ``folder`` and ends with the block."""
    identity = {"name": "tests", "credentials": [{"accessKey": KEY, "secretKey": SECRET}], "actions": _ALL}
    (folder / "s3.json").write_text(json.dumps({"identities": [identity]}))
    port = free_port()
    given = {"dir": folder, "ip": "127.0.0.1", "ip.bind": "127.0.0.1", "s3.port": port, "s3.config": folder / "s3.json"}
    given |= {"master.volumeSizeLimitMB": 30, "volume.max": 20, "master.telemetry": "false"}
    for part in ("master", "volume", "filer"):
        given |= {f"{part}.port": free_port(), f"{part}.port.grpc": free_port()}
    given |= {"s3.port.grpc": free_port(), "s3.port.iceberg": 0, "s3.port.lance": 0, "s3.autoCreateBucket": "false"}
    command = [str(program()), "server", "-filer", "-s3", *(f"-{name}={value}" for name, value in given.items())]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
    try:
        _wait(process, port, folder / "log")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=2).close()
        except urllib.error.HTTPError:
            return  # it answers, and knows nobody without a key
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"SeaweedFS did not start: {log.read_text(errors='replace')[-2000:]}")
