"""``python -m benchmarks.calls --folder F``: how many Python calls an act takes in the web process, without a server.

The figure is the same on a busy machine and on a quiet one. ``submit`` and ``send_back`` are taken by turns, through
the whole application and PostgreSQL; the calls of functions written in C count too.
"""

from __future__ import annotations

import argparse
import cProfile
import io
import pstats
from pathlib import Path
from typing import Any

from flask import Flask

from adapters.logging import set_up_logging
from api.app import create_app
from benchmarks.acts import DOSSIERS_A_CLIENT, clerks, number_dossiers
from benchmarks.client import Client
from benchmarks.database import MeasuredServer
from benchmarks.ground import Ground, lay

ROUNDS = 2 * DOSSIERS_A_CLIENT
"""Each dossier once there and once back."""


def measure(server: MeasuredServer, ground: Ground) -> float:
    """Calls an act, once statements are prepared and caches are filled."""
    number_dossiers(server, ground)
    runtime = ground.runtime()
    set_up_logging(ground.settings, "web")
    app, clerk = create_app(runtime), clerks(server, ground, 1)[0]
    for _ in range(ROUNDS):
        _act(app, clerk)
    profile = cProfile.Profile()
    profile.enable()
    for _ in range(ROUNDS):
        _act(app, clerk)
    profile.disable()
    runtime.database.dispose()
    return float(vars(pstats.Stats(profile))["total_calls"]) / ROUNDS


def _act(app: Flask, clerk: Client) -> None:
    request, told = clerk()
    said: list[str] = []
    start: Any = lambda status, _headers, _error=None: said.append(status)  # noqa: E731 - its type is Werkzeug's own
    body = b"".join(app(_environment(request), start))
    assert said[0].startswith("200"), body
    told(200, body)


def _environment(request: bytes) -> dict[str, Any]:
    """The environment of WSGI for a request as it would be sent."""
    head, _, body = request.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    method, path, _ = first.split(" ")
    made: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "SCRIPT_NAME": "",
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
    }
    for line in lines:
        name, value = line.split(": ", 1)
        named = name.upper().replace("-", "_")
        made[named if named in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{named}"] = value
    return made


def main() -> None:
    """Measures in the folder of an earlier run."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.calls", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--folder", type=Path, required=True, help="a folder that python -m benchmarks has loaded")
    folder = parser.parse_args().folder
    server = MeasuredServer(folder / "pg")
    server.start()
    try:
        print(f"{measure(server, lay(server, folder, 'redis://127.0.0.1:1/0')):,.0f} calls an act")
    finally:
        server.stop()


if __name__ == "__main__":
    main()
