"""Two checkouts of this project, measured by turns in one run: ratios of after to before.

    python -m benchmarks compare --before PATH [--parts start acts statements reading outbox] [--rounds 3] [--pages 0]

Acts go over HTTP to ``motcua serve`` of each checkout, both running all the time on one database. The other parts are
each checkout's own ``python -m benchmarks``. Every other round begins with the other side. What counts is the ratio
within a round: what else the machine does falls on both sides of it.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import orjson

from adapters.embedded_redis import embedded_redis
from benchmarks.acts import Measured, clerks, measure_over_http, number_dossiers
from benchmarks.checkouts import Checkout, notices_in, readings_in, statements_in
from benchmarks.client import load
from benchmarks.database import MeasuredServer
from benchmarks.ground import Ground, environment_of
from benchmarks.open_pages import clerks_sessions, turning
from benchmarks.processor_time import seconds as processor_seconds
from benchmarks.ratios import Series, overall, table
from benchmarks.served import Served, of_checkout

PARTS = ("start", "acts", "statements", "reading", "outbox")
HERE = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Side:
    """A checkout and the folder of the database that it works on."""

    checkout: Checkout
    folder: Path

    @property
    def label(self) -> str:
        return self.checkout.label


Sides = tuple[Side, Side]


def main(words: Sequence[str]) -> None:
    """Compares what was asked for, and prints Markdown."""
    asked = _arguments(words)
    before, after = Checkout("before", asked.before.resolve()), Checkout("after", asked.after.resolve())
    asked.folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    sides = _sides(before, after, asked.folder)
    spoken = {side.label: _lay(side, asked.dossiers) for side in sides}
    load_before = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    print(
        f"Before: {before.commit()}; after: {after.commit()}. {asked.rounds} rounds, {asked.dossiers:,} dossiers, "
        f"{os.cpu_count()} processors, load {load_before}. Medians; the ratio is the median of the rounds' own "
        "ratios (their middle half; least–most)."
    )
    for part in asked.parts or PARTS:
        print(f"\n## {part}\n\n{_PARTS[part](sides, asked, spoken)}", flush=True)


def _sides(before: Checkout, after: Checkout, folder: Path) -> Sides:
    """One database for both, or one each where their schemas differ."""
    if before.revision() == after.revision():
        return Side(before, folder), Side(after, folder)
    return Side(before, folder / "before"), Side(after, folder / "after")


def _lay(side: Side, dossiers: int) -> str:
    """What its ``statements`` prints; the first time this also loads the dossiers."""
    _say(f"{side.label}: statements, and dossiers where there are none")
    (side.folder / "pg").mkdir(mode=0o755, parents=True, exist_ok=True)
    return side.checkout.benchmark("statements", "--dossiers", str(dossiers), "--folder", str(side.folder))


def _start(sides: Sides, asked: argparse.Namespace, _spoken: dict[str, str]) -> str:
    """Processor time of a web process until it listens."""
    series: Series = {}
    with _databases(sides) as grounds:
        for side in _turns(sides, asked.rounds):
            _, ground = grounds[side.label]
            with of_checkout(side.checkout.folder, _environment(side, ground), side.folder / "start.log") as web:
                _note(series, "seconds of processor until it listens", side, processor_seconds(web.pid))
    return table(series, digits=2)


def _acts(sides: Sides, asked: argparse.Namespace, _spoken: dict[str, str]) -> str:
    """The same acts as ``python -m benchmarks acts``."""
    series: Series = {}
    with _databases(sides) as grounds, ExitStack() as stack:
        webs: dict[str, Served] = {}
        for side in sides:
            server, ground = grounds[side.label]
            log = side.folder / f"{side.label}.log"
            web = stack.enter_context(of_checkout(side.checkout.folder, _environment(side, ground), log))
            number_dossiers(server, ground)
            load(web.port, clerks(server, ground, 8), 3.0)  # warm
            webs[side.label] = web
        for turn in range(asked.rounds):
            for count in asked.clients:
                for side in _turn(sides, turn):
                    server, ground = grounds[side.label]
                    measured = Measured()
                    with _pages_beside(ground, webs[side.label], asked) as pages:
                        measure_over_http(server, ground, webs[side.label], count, asked.seconds, measured)
                    _note_acts(series, count, side, measured)
                    for name, figure in pages.items():
                        _note(series, f"{count} clients: {name}", side, figure)
                    _say(f"round {turn + 1}: {side.label}, {count} clients, {measured.cpu[-1]:.2f} ms an act")
    return table(series, digits=2)


@contextmanager
def _pages_beside(ground: Ground, web: Served, asked: argparse.Namespace) -> Iterator[dict[str, float]]:
    """Lets clerks look at pages meanwhile, and tells afterwards what they saw."""
    told: dict[str, float] = {}
    if not asked.pages:
        yield told
        return
    asking = [turning(token) for token in clerks_sessions(ground, asked.pages)]
    with ThreadPoolExecutor(1) as beside:
        looking = beside.submit(load, web.port, asking, asked.seconds)
        yield told
        seen = looking.result()
    if seen.wrong:
        raise RuntimeError(f"pages other than 200: {seen.wrong} {seen.example!r}")
    told["pages a second"] = len(seen.latencies) / seen.seconds
    told["pages, p99 ms"] = seen.percentile(0.99)


def _note_acts(series: Series, count: int, side: Side, measured: Measured) -> None:
    cpu, database = measured.cpu[-1], measured.cpu_database[-1]
    of = f"{count} client{'s' if count > 1 else ''}:"
    for name, figure in (
        ("acts a second", measured.rates[-1]),
        ("processor ms an act, web", cpu - database),
        ("processor ms an act, PostgreSQL", database),
        ("processor ms an act, together", cpu),
        ("p50 ms", measured.p50[-1]),
        ("p99 ms", measured.p99[-1]),
    ):
        _note(series, f"{of} {name}", side, figure)


def _statements(_sides: Sides, _asked: argparse.Namespace, spoken: dict[str, str]) -> str:
    before, after = (statements_in(spoken[label]) for label in ("before", "after"))
    lines = ["| request | statements before → after | round trips before → after |", "|---|---|---|"]
    for name in [*before, *(name for name in after if name not in before)]:
        old, new = before.get(name, ("–", "–")), after.get(name, ("–", "–"))
        lines.append(f"| {name} | {old[0]} → {new[0]} | {old[1]} → {new[1]} |")
    return "\n".join(lines)


def _reading(sides: Sides, asked: argparse.Namespace, _spoken: dict[str, str]) -> str:
    """Processor time of the median call of each round, program and PostgreSQL together."""
    series: Series = {}
    for side in _turns(sides, asked.rounds):
        side.checkout.benchmark("reading", "--dossiers", str(asked.dossiers), "--folder", str(side.folder))
        for name, milliseconds in readings_in(side.folder, asked.dossiers).items():
            _note(series, name, side, milliseconds)
    return f"Milliseconds of processor:\n\n{table(series, digits=2)}\n\n{overall(series)}"


def _outbox(sides: Sides, asked: argparse.Namespace, _spoken: dict[str, str]) -> str:
    series: Series = {}
    for side in _turns(sides, asked.rounds):
        words = ("outbox", "--rounds", "1", "--dossiers", str(asked.dossiers), "--folder", str(side.folder))
        rate, worker, database = notices_in(side.checkout.benchmark(*words))
        _note(series, "notices a second", side, rate)
        _note(series, "µs of processor a notice, worker", side, worker)
        _note(series, "µs of processor a notice, PostgreSQL", side, database)
    return table(series, digits=0)


_PARTS: dict[str, Callable[[Sides, argparse.Namespace, dict[str, str]], str]] = {
    "start": _start,
    "acts": _acts,
    "statements": _statements,
    "reading": _reading,
    "outbox": _outbox,
}


@contextmanager
def _databases(sides: Sides) -> Iterator[dict[str, tuple[MeasuredServer, Ground]]]:
    """The running server and the ground of each side."""
    with ExitStack() as stack:
        servers: dict[Path, MeasuredServer] = {}
        found = {}
        redis_url = stack.enter_context(embedded_redis(sides[0].folder / "redis"))
        for side in sides:
            if side.folder not in servers:
                servers[side.folder] = MeasuredServer(side.folder / "pg")
                servers[side.folder].start()
                stack.callback(servers[side.folder].stop)
            told = orjson.loads((side.folder / "ground.json").read_bytes())
            environment = environment_of(servers[side.folder], side.folder, redis_url)
            ground = Ground(told["tokens"], tuple(told["wards"]), environment, ())
            found[side.label] = servers[side.folder], ground
        yield found


def _environment(side: Side, ground: Ground) -> dict[str, str]:
    return {**ground.environment, "PROMETHEUS_MULTIPROC_DIR": str(side.folder / f"metrics-{side.label}")}


def _turns(sides: Sides, rounds: int) -> Iterator[Side]:
    for turn in range(rounds):
        for side in _turn(sides, turn):
            _say(f"round {turn + 1}: {side.label}")
            yield side


def _turn(sides: Sides, turn: int) -> Sequence[Side]:
    return sides if turn % 2 == 0 else sides[::-1]


def _note(series: Series, name: str, side: Side, figure: float) -> None:
    series.setdefault(name, {"before": [], "after": []})[side.label].append(figure)


def _arguments(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks compare",
        description="Two checkouts, by turns in one run. Each needs bin/setup test and benchmarks/requirements.txt.",
    )
    parser.add_argument("--before", type=Path, required=True, help="the other checkout")
    parser.add_argument("--after", type=Path, default=HERE, help="this checkout when not given")
    parser.add_argument("--parts", nargs="+", choices=PARTS, help="all when not given")
    parser.add_argument("--rounds", type=int, default=3, help="interleaved rounds (3)")
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 16], help="of acts, how many at once (1 16)")
    parser.add_argument("--pages", type=int, default=0, help="clerks who look at pages beside the acts (none)")
    parser.add_argument("--seconds", type=float, default=6.0, help="of each measurement of acts (6)")
    parser.add_argument("--dossiers", type=int, default=100_000, help="how many to load at least (100000)")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "motcua-compare")
    return parser.parse_args(words)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
