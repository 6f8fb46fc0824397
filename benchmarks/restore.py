"""``python -m benchmarks.restore --folder F``: backups of a loaded folder, and the drill that restores each; timed.

The folder is that of ``python -m benchmarks`` (``--dossiers 1000000`` loads it). Backups lie beside it and are removed
after their drill, since a base backup is as large as the database.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import time
from pathlib import Path
from typing import Any

import orjson
from click.testing import CliRunner

from benchmarks.database import MeasuredServer
from benchmarks.ground import environment_of
from cli.main import main as motcua
from tests.postgres_server import OWNER

KINDS: dict[str, tuple[str, ...]] = {"dump": (), "base": ("--base",)}


def main() -> None:
    """Takes and drills what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.restore", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--kinds", nargs="+", choices=tuple(KINDS), default=list(KINDS))
    asked = parser.parse_args()
    server = MeasuredServer(asked.folder / "pg")
    server.start()
    try:
        with server.connect() as admin:
            admin.execute(f"ALTER ROLE {OWNER} REPLICATION")
        environment = environment_of(server, asked.folder, "unix:///nowhere")
        environment |= {"MOTCUA_OWNER_DATABASE_URL": server.owner_url, "LANG": "en_GB.UTF-8"}
        for kind in asked.kinds:
            print(_measured(kind, asked.folder / "backups", environment), flush=True)
    finally:
        server.stop()


def _measured(kind: str, backups: Path, environment: dict[str, str]) -> str:
    load, began = os.getloadavg()[0], time.monotonic()
    taken = _ran(environment, "take", str(backups), *KINDS[kind], "--json")
    took = time.monotonic() - began
    told = _ran(environment, "drill", taken["backup"], "--json")
    shutil.rmtree(taken["backup"])
    parts = "; ".join(f"{name} {seconds:.0f} s" for name, seconds in told["seconds"].items())
    cells = (
        kind,
        f"{told['dossiers']:,}",
        f"{told['entries']:,}",
        f"{taken['bytes'] / 1e9:.1f} GB",
        f"{took:.0f} s",
        f"{sum(told['seconds'].values()):.0f} s",
        parts,
        "whole" if told["whole"] else str(told["findings"][:1]),
        f"{load:.1f}",
    )
    return f"| {' | '.join(cells)} |"


def _ran(environment: dict[str, str], *words: str) -> dict[str, Any]:
    done = CliRunner().invoke(motcua, ["backup", *words], env=environment, catch_exceptions=False)
    if not done.stdout.startswith("{"):
        sys.exit(done.output)
    found: dict[str, Any] = orjson.loads(done.stdout)
    return found


if __name__ == "__main__":
    main()
