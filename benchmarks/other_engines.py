"""The same process by other engines, on the same PostgreSQL: what one step costs, and what it costs after many.

Each way runs in a process of its own and takes its turn in every round, so that what else the machine does falls on
all alike. The others need the packages of ``benchmarks/requirements.txt``; the product does not.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any

import orjson

from benchmarks.database import NAME, MeasuredServer
from benchmarks.ground import Ground
from benchmarks.other_ways import WAYS, Durable, Spiff
from benchmarks.processor_time import seconds as processor_seconds

STEPS = 6
LEVELS = (0, 30, 120)
NEEDS = {Spiff.name: "SpiffWorkflow", Durable.name: "dbos"}


@dataclass(slots=True)
class Measured:
    """What the rounds of one way gave after so many done tasks: steps a second, and milliseconds of processor time a
    step, of the program and of PostgreSQL."""

    rates: list[float] = field(default_factory=list)
    program: list[float] = field(default_factory=list)
    database: list[float] = field(default_factory=list)


Results = dict[tuple[str, int], Measured]


def measure(server: MeasuredServer, ground: Ground, *, walks: int, rounds: int, say: Callable[[str], None]) -> Results:
    """All ways whose packages are there, ``rounds`` times, over ``walks`` processes of six steps at every level."""
    with server.connect(NAME) as admin:
        admin.execute("CREATE TABLE IF NOT EXISTS bench_workflows (code text PRIMARY KEY, document text NOT NULL)")
        admin.execute("GRANT SELECT, INSERT, UPDATE ON bench_workflows TO motcua_app")
    results: Results = {}
    for turn in range(rounds):
        for way in WAYS:
            if find_spec(NEEDS.get(way, "psycopg")) is None:
                say(f"{way} is left out: pip install -r benchmarks/requirements.txt")
                continue
            for level, (rate, program, database) in _turn(server, ground, way, walks).items():
                one = results.setdefault((way, level), Measured())
                one.rates.append(rate)
                one.program.append(program)
                one.database.append(database)
                say(f"round {turn + 1}: {way} after {level}: {rate:.0f}/s, {program + database:.2f} ms CPU")
    return results


def table(results: Results) -> str:
    """In Markdown: medians of the rounds."""
    lines = [
        "| engine | done before | steps/s, one after the other | CPU ms a step: program + PostgreSQL | times ours |",
        "|---|---|---|---|---|",
    ]
    costs = {
        key: statistics.median(map(sum, zip(one.program, one.database, strict=True))) for key, one in results.items()
    }
    for (way, level), one in results.items():
        rate, program, database = (statistics.median(each) for each in (one.rates, one.program, one.database))
        share = costs[way, level] / costs["ours", level]
        lines.append(f"| {way} | {level} | {rate:.0f} | {program:.2f} + {database:.2f} | {share:.1f} |")
    return "\n".join(lines)


def _turn(server: MeasuredServer, ground: Ground, way: str, walks: int) -> dict[int, tuple[float, float, float]]:
    asked = {
        "way": way,
        "walks": walks,
        "ground": {"tokens": ground.tokens, "wards": ground.wards, "environment": ground.environment, "models": []},
        "libpq": server.libpq,
        "owner": server.owner_url,
        "server": server.pid,
    }
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.other_engines"], input=orjson.dumps(asked), capture_output=True, check=False
    )
    if done.returncode != 0:
        raise RuntimeError(f"{way}: {done.stderr.decode()[-3000:]}")
    return {int(level): tuple(told) for level, told in orjson.loads(done.stdout.splitlines()[-1]).items()}


def _in_a_process_of_its_own(asked: dict[str, Any]) -> dict[str, Sequence[float]]:
    way = WAYS[asked["way"]](Ground(**asked["ground"]), asked["libpq"], asked["owner"])
    told: dict[str, Sequence[float]] = {}
    for level in LEVELS:
        processes = [way.begin() for _ in range(asked["walks"] + 1)]
        for process in processes:
            way.bring_to(process, level)
        for _ in range(STEPS):
            way.step(processes[-1])  # warm
        steps = (len(processes) - 1) * STEPS
        database, program, started = processor_seconds(asked["server"]), time.process_time(), time.perf_counter()
        for process in processes[:-1]:
            for _ in range(STEPS):
                way.step(process)
        wall, program = time.perf_counter() - started, time.process_time() - program
        database = processor_seconds(asked["server"]) - database
        told[str(level)] = (steps / wall, program / steps * 1000, database / steps * 1000)
    way.close()
    return told


if __name__ == "__main__":
    print(orjson.dumps(_in_a_process_of_its_own(orjson.loads(sys.stdin.buffer.read()))).decode())
