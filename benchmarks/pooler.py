"""``python -m benchmarks.pooler``: what an act costs without prepared statements, and through PgBouncer.

The variants take turns, round by round, on one PostgreSQL with durable commits. A dossier is received, forwarded and
asked for again, in this process, so the time is that of the program, PgBouncer and the server. Needs ``pgbouncer``.
"""

from __future__ import annotations

import argparse
import logging
import statistics
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from benchmarks.processor_time import seconds
from engine.store.migrate import upgrade
from tests.faults.failover.ways import pgbouncer
from tests.installation.runtime import runtime_over
from tests.installation.served import ServedInstallation, open_installation
from tests.installation.trial_content import fill
from tests.postgres_server import APPLICATION, OWNER, PostgresServer, create_database

NAME = "pooled"
PREPARED, PLAIN, POOLED = "prepared, direct", "not prepared, direct", "not prepared, through PgBouncer"
UNPREPARED = {"MOTCUA_PREPARED_STATEMENTS": "0"}


@dataclass(slots=True)
class Cost:
    """Of one variant, a figure a round: milliseconds an act by the clock, and of processor in program and server."""

    clock: list[float] = field(default_factory=list)
    program: list[float] = field(default_factory=list)
    server: list[float] = field(default_factory=list)


def main() -> None:
    """Measures the three variants and prints a table."""
    words = argparse.ArgumentParser(prog="python -m benchmarks.pooler", description=__doc__)
    words.add_argument("--rounds", type=int, default=9)
    words.add_argument("--walks", type=int, default=20, help="dossiers a round and variant, three requests each")
    given = words.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with ExitStack() as stack:
        server = stack.enter_context(PostgresServer(durable=True))
        create_database(server.socket_folder, NAME)
        upgrade(server.url(NAME, OWNER))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        fill(runtime_over(server.url(NAME), folder))
        port = stack.enter_context(pgbouncer(server.folder / "pooler", f"host={server.socket_folder} port=5432", NAME))
        pooled = f"postgresql+psycopg://{APPLICATION}@127.0.0.1:{port}/{NAME}"
        variants = {
            PREPARED: open_installation(server.url(NAME), folder),
            PLAIN: open_installation(server.url(NAME), folder, **UNPREPARED),
            POOLED: open_installation(pooled, folder, **UNPREPARED),
        }
        for installation in variants.values():
            stack.callback(installation.close)
            _walk(installation, 5)
        print(table(measure(variants, server, given.rounds, given.walks)))


def measure(
    variants: dict[str, ServedInstallation], server: PostgresServer, rounds: int, walks: int
) -> dict[str, Cost]:
    """The variants by turns; each round begins with another one."""
    costs = {name: Cost() for name in variants}
    order = list(variants)
    for number in range(rounds):
        for name in order[number % 3 :] + order[: number % 3]:
            clock, program, there = time.perf_counter(), time.process_time(), seconds(server.pid)
            acts = _walk(variants[name], walks)
            costs[name].clock.append((time.perf_counter() - clock) / acts * 1000)
            costs[name].program.append((time.process_time() - program) / acts * 1000)
            costs[name].server.append((seconds(server.pid) - there) / acts * 1000)
    return costs


def _walk(installation: ServedInstallation, dossiers: int) -> int:
    """How many requests it sent."""
    counter = installation.person("counter")
    for _ in range(dossiers):
        code = installation.filed()["code"]
        path = f"/api/v1/dossiers/{code}"
        version = counter.get(path).json["version"]
        answer = counter.post(f"{path}/actions", {"action": "forward"}, version=version)
        assert answer.status_code == 200, answer.text
    return 3 * dossiers


def table(costs: dict[str, Cost]) -> str:
    """In Markdown: medians, and the median of the rounds' own ratios to the prepared, direct one."""
    lines = [
        "| | milliseconds a request | of processor in the program | in PostgreSQL | time, ratio | processor, ratio |",
        "|---|---|---|---|---|---|",
    ]
    base = costs[PREPARED]
    for name, cost in costs.items():
        both = [(own + there) / (one + two) for own, there, one, two in _side_by_side(cost, base)]
        clock = [after / before for after, before in zip(cost.clock, base.clock, strict=True)]
        figures = (statistics.median(one) for one in (cost.clock, cost.program, cost.server))
        lines.append(f"| {name} | {' | '.join(f'{one:.2f}' for one in figures)} | {_spread(clock)} | {_spread(both)} |")
    return "\n".join(lines)


def _side_by_side(cost: Cost, base: Cost) -> list[tuple[float, float, float, float]]:
    return list(zip(cost.program, cost.server, base.program, base.server, strict=True))


def _spread(ratios: list[float]) -> str:
    return f"{statistics.median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f})"


if __name__ == "__main__":
    main()
