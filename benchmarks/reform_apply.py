"""``python -m benchmarks.reform_apply PLAN WAY PID``: loads and applies a plan; what it took, as JSON.

WAY is ``at-once`` or ``long``: every dossier by the long way, as on SQLite. PID is PostgreSQL's.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import orjson

from benchmarks.processor_time import seconds as processor_seconds
from cli.compose import compose_from_environment
from engine.acts.reform.batches import apply_all
from engine.acts.reform.load import load_plan
from engine.acts.reform.run import open_run
from engine.reform.document import read_plan


def main(plan: str, way: str, database: str) -> None:
    """Does it, and prints seconds and seconds of processor time, of this program and of PostgreSQL."""
    runtime = compose_from_environment(pooled=True)
    began = time.monotonic()
    run = open_run(runtime, load_plan(runtime, read_plan(Path(plan))))
    loaded, own, theirs = time.monotonic(), time.process_time(), processor_seconds(int(database))
    tally = apply_all(runtime, run, at_once=way == "at-once")
    took = {
        "load": loaded - began,
        "apply": time.monotonic() - loaded,
        "own": time.process_time() - own,
        "database": processor_seconds(int(database)) - theirs,
        "moved": tally.moved,
    }
    print(orjson.dumps(took).decode())


if __name__ == "__main__":
    main(*sys.argv[1:])
