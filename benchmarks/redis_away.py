"""``python -m benchmarks.redis_away``: how much later everything happens while Redis is away.

A whole installation (PostgreSQL, Redis, web, worker, clock) works under a steady load, by turns with Redis and without
it: Redis is killed, and started again. Measured are the answers to acts, the time from a request to the arrival of the
notice of its event, and how long due clocks wait. Without Redis nobody rings, so the worker looks by itself.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from dataclasses import dataclass, field

from sqlalchemy import and_, func, select

from engine.store.clocks import clocks
from tests.faults.failover.run import SteadyLoad
from tests.faults.installation import RunningInstallation, open_installation
from tests.faults.run import STEP
from tests.faults.staff import around_the_wards

WITH, WITHOUT = "with Redis", "without Redis"
WARM = 8.0  # seconds after Redis came or went that are not counted: the change is measured by bin/faults
LONGEST = 60.0  # seconds for a clock


@dataclass(slots=True)
class Lags:
    """Of one of the two ways. Seconds."""

    spans: list[tuple[float, float]] = field(default_factory=list)
    clocks: list[float] = field(default_factory=list)
    answers: list[float] = field(default_factory=list)
    notices: list[float] = field(default_factory=list)


def main() -> int:
    """Measures both ways and prints a table; 1 when something was lost or a process ended."""
    words = argparse.ArgumentParser(prog="python -m benchmarks.redis_away", description=__doc__)
    words.add_argument("--rounds", type=int, default=3, help="of each way, by turns")
    words.add_argument("--seconds", type=float, default=45.0, help="each way, each round")
    words.add_argument("--rate", type=float, default=10.0, help="requests that are begun a second")
    given = words.parse_args()
    with open_installation("postgresql", shipped=around_the_wards()) as installation:
        load = SteadyLoad(installation.base, installation.tokens, seed=1, rate=given.rate)
        load.start()
        ways = {WITH: Lags(), WITHOUT: Lags()}
        for number in range(given.rounds):
            for name, lags in ways.items():
                sys.stderr.write(f"round {number + 1}, {name}\n")
                _spend(installation, load, lags, given.seconds, away=name == WITHOUT)
        load.stop()
        time.sleep(WARM)
        _sort(installation, load, ways)
    print(table(ways))
    print("\n".join(f"! {sentence}" for sentence in load.wrong))
    return 1 if load.wrong else 0


def _spend(installation: RunningInstallation, load: SteadyLoad, lags: Lags, seconds: float, *, away: bool) -> None:
    if away:
        installation.redis.kill()
    time.sleep(WARM)
    begun = time.monotonic()
    while time.monotonic() < begun + seconds:
        lag = _until_clocks_rang(installation)
        if lag is not None:
            lags.clocks.append(lag)
        time.sleep(4)
    lags.spans.append((begun, time.monotonic()))
    load.wrong += [f"{name} ended by itself" for name in installation.look_after()]
    time.sleep(WARM)  # what was begun in this span arrives in the same way
    if away:
        installation.redis.start()


def _until_clocks_rang(installation: RunningInstallation) -> float | None:
    """Lets hours pass; seconds until every clock that is due then has fired. None when none was due."""
    installation.let_pass(STEP)
    begun, any_due = time.monotonic(), False
    while time.monotonic() < begun + LONGEST:
        if not _due(installation):
            return time.monotonic() - begun if any_due else None
        any_due = True
        time.sleep(0.05)
    return LONGEST


def _due(installation: RunningInstallation) -> int:
    due = and_(clocks.c.fired_at.is_(None), clocks.c.due_at <= installation.runtime.now())
    with installation.runtime.database.connect().execution_options(motcua_read_only=True) as connection:
        return int(connection.execute(select(func.count()).select_from(clocks).where(due)).scalar_one())


def _sort(installation: RunningInstallation, load: SteadyLoad, ways: dict[str, Lags]) -> None:
    """Puts every answer and every notice to the way in whose span its request was begun."""
    arrived = {
        (taken.body["data"]["code"], taken.body["data"]["version"]): taken.at
        for taken in installation.receiver.taken.values()
        if taken.path == "/events"
    }
    for done in load.acknowledged:
        for lags in ways.values():
            if any(begun <= done.begun < ended for begun, ended in lags.spans):
                lags.answers.append(done.told - done.begun)
                if (at := arrived.get((done.code, done.version))) is not None:
                    lags.notices.append(at - done.begun)


def table(ways: dict[str, Lags]) -> str:
    """In Markdown: median and 95th of each, and the ratio of the medians."""
    lines = ["| seconds | with Redis | without Redis | without / with |", "|---|---|---|---|"]
    for word, name in (
        ("an act is answered", "answers"),
        ("its notice has arrived", "notices"),
        ("due clocks have fired", "clocks"),
    ):
        there, away = (sorted(getattr(ways[way], name)) for way in (WITH, WITHOUT))
        ratio = statistics.median(away) / statistics.median(there)
        lines.append(f"| {word} | {_spread(there)} | {_spread(away)} | {ratio:.1f} |")
    return "\n".join(lines)


def _spread(figures: list[float]) -> str:
    middle, high = statistics.median(figures), figures[int(len(figures) * 0.95)]
    return f"{middle:.2f} (95th {high:.2f}, most {figures[-1]:.2f}; {len(figures)} measured)"


if __name__ == "__main__":
    sys.exit(main())
