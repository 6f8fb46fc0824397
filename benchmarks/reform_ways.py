"""The two ways to apply a reform's plan by turns on the same ground: one statement a batch, and the long way.

Each round makes the database anew, lets four clerks act for a while, and applies the whole plan while they go on.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import orjson

from adapters.embedded_redis import embedded_redis
from benchmarks import ratios
from benchmarks.database import MeasuredServer
from benchmarks.reform import (
    CLERKS,
    REFORM,
    Acts,
    Clerk,
    longest_lock,
    run_command,
    started,
    work_beside,
    wrong_journals,
)
from benchmarks.reform_ground import JULY, June, lay
from benchmarks.served import ours

WAYS = {"before": "long", "after": "at-once"}


@dataclass(slots=True)
class Apply:
    """One apply: what ``reform_apply`` printed, and what the clerks noticed."""

    took: dict[str, float]
    before: Acts
    during: Acts
    blocked: float
    wrong: int

    @property
    def rate(self) -> float:
        """Dossiers a second, without the loading of the plan."""
        return self.took["moved"] / self.took["apply"]


def main(words: list[str]) -> None:
    """``python -m benchmarks reform-ways``."""
    asked = _arguments(words)
    folder = asked.folder / "reform"
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    (folder / "pg").mkdir(exist_ok=True)
    found: dict[str, list[Apply]] = {side: [] for side in WAYS}
    with embedded_redis(asked.folder / "redis") as redis_url, started(MeasuredServer(folder / "pg")) as server:
        plan = folder / "plan.json"
        for turn in range(asked.rounds):
            for side in list(WAYS) if turn % 2 == 0 else list(reversed(WAYS)):
                june = lay(server, folder, redis_url, asked.dossiers, _say)
                june.at(JULY)
                if not any(found.values()):
                    run_command(server, june, _say, "reform", "plan", REFORM, "--out", str(plan))
                found[side].append(_one(server, june, folder, plan, WAYS[side], asked.seconds))
                _say(_line(turn, WAYS[side], found[side][-1]))
    print(_table(found))


def _one(server: MeasuredServer, june: June, folder: Path, plan: Path, way: str, seconds: float) -> Apply:
    with ours(june.environment, folder) as web:
        clerks = [Clerk(web.port, june.acting[number::CLERKS]) for number in range(CLERKS)]
        before = work_beside(clerks, lambda: time.sleep(seconds))
        took: dict[str, float] = {}
        with longest_lock(server) as longest:
            during = work_beside(clerks, lambda: took.update(_applied(server, june, plan, way)))
    return Apply(took, before, during, longest[0], wrong_journals(server))


def _applied(server: MeasuredServer, june: June, plan: Path, way: str) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.reform_apply", str(plan), way, str(server.pid)]
    environment = {**os.environ, **june.environment}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
    found: dict[str, float] = orjson.loads(done.stdout.splitlines()[-1])
    return found


def _line(turn: int, way: str, one: Apply) -> str:
    took = one.took
    own, theirs = (took[name] / took["moved"] * 1000 for name in ("own", "database"))
    before, during = one.before, one.during
    cells = (
        f"{turn + 1}",
        way,
        f"{took['moved']:,.0f}",
        f"{took['load']:.1f}",
        f"{one.rate:,.0f}",
        f"{own:.3f}, {theirs:.3f}",
        " / ".join(f"{before.at(share):.1f}" for share in (0.5, 0.99)),
        " / ".join(f"{during.at(share):.1f}" for share in (0.5, 0.99, 1)),
        f"{one.blocked * 1000:.0f}",
        f"{during.told}, {dict(during.refused) or 0}",
        f"{one.wrong}",
    )
    return f"| {' | '.join(cells)} |"


def _table(found: dict[str, list[Apply]]) -> str:
    head = (
        "| round | way | moved | loading, s | dossiers/s | CPU ms a dossier: program, PostgreSQL "
        "| clerks' acts before, p50 / p99, ms | during, p50 / p99 / longest | longest wait for a lock, ms "
        "| told of the move, refused | journals that do not hold |"
    )
    lines = [head, "|" + "---|" * 11]
    for turn in range(len(found["before"])):
        lines += [_line(turn, way, found[side][turn]) for side, way in WAYS.items()]
    figures: dict[str, Callable[[Apply], float]] = {
        "dossiers a second": lambda one: one.rate,
        "processor time of the program": lambda one: one.took["own"],
        "processor time of PostgreSQL": lambda one: one.took["database"],
    }
    series = {name: {side: [figure(one) for one in found[side]] for side in WAYS} for name, figure in figures.items()}
    medians = {
        name: f"{ratios.spread(ratios.ratios(one))}, {statistics.median(one['after']):,.1f}"
        for name, one in series.items()
    }
    return "\n".join([*lines, "", *(f"{name}, at once to the long way: {told}" for name, told in medians.items())])


def _arguments(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks reform-ways", description=__doc__)
    parser.add_argument("--dossiers", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=10.0, help="for which the clerks act before")
    parser.add_argument("--folder", type=Path, required=True)
    return parser.parse_args(words)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
